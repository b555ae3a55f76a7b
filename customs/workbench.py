"""This room's numbers on the workbench: inventory lists by what has to be done."""

from __future__ import annotations

from collections.abc import Iterable
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
LABELS: dict[Tab, Text] = {
    "action": _("inventory lists to be corrected"),
    "progress": _("inventory lists under way"),
    "done": _("inventory lists decided"),
}


def counters() -> Iterable[Counter]:
    """One a tab."""
    return [
        Counter(
            code=f"customs-lists-{tab}",
            label=LABELS[tab],
            tab=tab,
            count=partial(count, tab),
            url=partial(url, tab),
        )
        for tab in STATES
    ]


def count(tab: Tab, principal: Principal) -> int:
    """How many lists stand in the tab."""
    from customs.selectors import lists_visible_to

    return lists_visible_to(principal).filter(state__in=STATES[tab]).count()


def url(tab: Tab, principal: Principal) -> str:
    """The lists of the tab; empty where no pages are mounted."""
    try:
        return f"{reverse('customs_lists')}?tab={tab}"
    except NoReverseMatch:
        return ""
