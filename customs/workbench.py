"""This room's numbers on the workbench: import and export lists by what has to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from customs.lifecycle import TERMINAL, TO_CORRECT
from customs.models import DocumentState as S
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal
    from submissions.registry import Text

Tab = Literal["action", "progress", "done"]
# A fault can still be mended by a later version; a returned list has to be.
ACTION = frozenset({*TO_CORRECT, S.FAULTED})
DONE = frozenset(TERMINAL - TO_CORRECT - {S.SUPERSEDED})
PROGRESS = frozenset(set(S) - ACTION - DONE - {S.SUPERSEDED})
STATES: dict[Tab, frozenset[S]] = {"action": ACTION, "progress": PROGRESS, "done": DONE}
# An export list is done only when customs has closed it; between release and closing it is on its way.
EXPORT_STATES: Mapping[str, frozenset[S]] = {
    "action": ACTION,
    "progress": PROGRESS,
    "released": frozenset({S.RELEASED}),
    "done": DONE - {S.RELEASED},
}
EXPORT_LABELS: Mapping[str, tuple[Tab, Text]] = {
    "action": ("action", _("export lists to be corrected")),
    "progress": ("progress", _("export lists under way")),
    "released": ("progress", _("export lists released, not closed yet")),
    "done": ("done", _("export lists closed")),
}
LABELS: dict[Tab, Text] = {
    "action": _("inventory lists to be corrected"),
    "progress": _("inventory lists under way"),
    "done": _("inventory lists decided"),
}


def counters() -> Iterable[Counter]:
    """One a tab, of either direction."""
    imports = [
        Counter(
            f"customs-lists-{tab}", LABELS[tab], tab, partial(count, tab), partial(_url, "customs_lists", tab)
        )
        for tab in STATES
    ]
    return imports + [
        Counter(
            f"customs-exports-{part}",
            label,
            tab,
            partial(export_count, part),
            partial(_url, "export_lists", part),
        )
        for part, (tab, label) in EXPORT_LABELS.items()
    ]


def count(tab: Tab, principal: Principal) -> int:
    """How many import lists stand in the tab."""
    from customs.reading import IMPORTS

    return IMPORTS.visible_to(principal).filter(state__in=STATES[tab]).count()


def export_count(part: str, principal: Principal) -> int:
    """How many export lists stand in that part of their way."""
    from customs.reading import EXPORTS

    return EXPORTS.visible_to(principal).filter(state__in=EXPORT_STATES[part]).count()


def _url(page: str, tab: str, principal: Principal) -> str:
    """The lists of the tab; empty where no pages are mounted."""
    try:
        return f"{reverse(page)}?tab={tab}"
    except NoReverseMatch:
        return ""
