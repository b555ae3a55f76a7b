"""The service guides: what the directory says about each kind, in the words its desk registers."""

from __future__ import annotations

from dataclasses import dataclass

from submissions.registry import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a service: who acts, and what happens."""

    who: Text
    what: Text


@dataclass(frozen=True, slots=True)
class Guide:
    """What somebody wants to know before beginning.

    `basis`: the acts it rests on. `who`: who may apply. `papers`: what is handed in. `promised`: the time
    promised in words; left out, the promised working days of the agencies speak.
    `fee`: what it costs. `notes`: what one should know besides. `faq`: questions about this service with
    their answers; what is asked of every service the portal answers itself.
    """

    basis: tuple[Text, ...]
    who: Text
    papers: tuple[Text, ...]
    steps: tuple[Step, ...] = ()
    promised: Text = ""
    statutory: Text = ""
    fee: Text = ""
    group: Text = ""
    notes: tuple[Text, ...] = ()
    faq: tuple[tuple[Text, Text], ...] = ()


_guides: dict[str, Guide] = {}


def register_guide(kind_code: str, guide: Guide) -> None:
    """Called by a desk's `apps.py: ready()`; the last registration counts."""
    _guides[kind_code] = guide


def guide(kind_code: str) -> Guide | None:
    """The guide of a kind; None when its desk gave none."""
    return _guides.get(kind_code)
