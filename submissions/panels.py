"""What a desk adds to the page of a submission: its documents, say; registered by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from submissions.models import Submission

if TYPE_CHECKING:
    from accounts.principals import Principal


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: a template and what it shows to this reader."""

    template: str
    context: Mapping[str, Any]


Maker = Callable[[Submission, "Principal"], Panel]
_makers: dict[str, Maker] = {}


def register_panel(kind_code: str, maker: Maker) -> None:
    """Called by a desk's `ready()`. The maker shows only what the reader may see."""
    _makers[kind_code] = maker


def panel(submission: Submission, principal: Principal) -> Panel | None:
    """The desk's part of this submission's page; None when its kind has none."""
    maker = _makers.get(submission.kind)
    return maker(submission, principal) if maker else None
