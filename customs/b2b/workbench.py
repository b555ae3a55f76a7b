"""This desk's numbers on the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customs.b2b.selectors import visible_to
from customs.models.b2b import B2BState as S
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal
    from submissions.registry import Text

Tab = Literal["action", "progress", "done"]
STATES: dict[Tab, tuple[str, ...]] = {
    "action": (S.SENT_BACK,),
    "progress": (S.DECLARED, S.ACCEPTED, S.RELEASED),
    "done": (S.CLOSED, S.REFUSED),
}
LABELS: dict[Tab, Text] = {
    "action": _("B2B declarations to be corrected"),
    "progress": _("B2B declarations under way"),
    "done": _("B2B declarations decided"),
}


def counters() -> Iterable[Counter]:
    """One a tab."""
    return [Counter(f"b2b-{tab}", LABELS[tab], tab, partial(count, tab), partial(url, tab)) for tab in STATES]


def count(tab: Tab, principal: Principal) -> int:
    """How many declarations stand in the tab."""
    return visible_to(principal).filter(state__in=STATES[tab]).count()


def url(tab: Tab, principal: Principal) -> str:
    """The declarations of the tab."""
    return f"{reverse('b2b_declarations')}?tab={tab}"
