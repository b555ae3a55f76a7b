"""What rooms tell the officials' desk: its pages, and what a kind of case has besides the common.

The desk is Django's admin (`portal.admin_site`). Pages are registered by the rooms' `admin.py`, which the
admin finds by itself; the site only mounts them. No room below a desk ever imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.decorators import requires
from accounts.permissions import Permission
from submissions.models import Referral
from submissions.registry import Text

if TYPE_CHECKING:
    from accounts.principals import Principal

ELSEWHERE: Text = _("This kind of case is decided by the agency's own system.")
View = Callable[..., HttpResponseBase]

# The words of the menu under which pages are folded.
DESKS: Text = _("Records and desks")
LINE: Text = _("Messages and agencies")


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of the desk. `label` is its word in the menu, "" for pages one reaches from others.

    `count` is the number beside the word: what waits there for this person; 0 shows none. `rank` orders the
    menu, lowest first; `sentence` says on the desk's first page what one does there. `concerns` keeps a page out
    of the menus of agencies whose business it is not; left out, it is everybody's who holds the permission.
    `group` folds it under a word of the menu; left out, it stands there itself.
    """

    name: str
    route: str
    view: View
    permission: Permission
    label: Text = ""
    count: Callable[[Principal], int] | None = None
    rank: int = 0
    sentence: Text = ""
    concerns: Callable[[Principal], bool] | None = None
    group: Text = ""

    def is_for(self, principal: Principal) -> bool:
        """Whether this person finds it in the menu: a word, the permission, and the agency's business."""
        return (
            bool(self.label)
            and principal.may(self.permission)
            and (self.concerns is None or self.concerns(principal))
        )


@dataclass(frozen=True, slots=True)
class CaseFlag:
    """A question only cases of some kind answer ("has returned lists"): a filter and a mark in the queue.

    `condition` is a Q over referrals. With `attention` such cases come first.
    """

    code: str
    label: Text
    condition: Callable[[], Q]
    attention: bool = False


@dataclass(frozen=True, slots=True)
class CaseSection:
    """A part of the case page: a template and what it needs."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Something of a form an official can name in a question: its path ("/<field>", "/papers/<paper>")."""

    path: str
    label: Text
    shown: str = ""


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """What a desk adds to the cases of its kinds.

    `decided_here`: officials decide by button; otherwise the agency's own system answers through the inbox,
    and `elsewhere` says so to who tries.
    `sections` gets the request and the referral (with its submission). `places`: what a question can name.
    """

    kinds: tuple[str, ...]
    decided_here: bool = True
    elsewhere: Text = ELSEWHERE
    sections: Callable[[HttpRequest, Referral], Sequence[CaseSection]] | None = None
    places: Callable[[Referral], Sequence[Place]] | None = None


Search = Callable[[str], Q]

_pages: dict[str, DeskPage] = {}
_desks: dict[str, CaseDesk] = {}
_flags: dict[str, CaseFlag] = {}
_searches: list[Search] = []


def of_agencies(*codes: str, portal: bool = False) -> Callable[[Principal], bool]:
    """`concerns` of pages that are the business of these agencies; `portal`: of the portal's own people too."""

    def concerns(principal: Principal) -> bool:
        return principal.agency.code in codes if principal.agency else portal

    return concerns


def register_page(page: DeskPage) -> None:
    """Mount a page on the desk; the last registration of a name counts."""
    _pages[page.name] = page


def pages() -> tuple[DeskPage, ...]:
    """All pages, as the menu has them."""
    return tuple(sorted(_pages.values(), key=lambda page: page.rank))


def door(page: DeskPage) -> View:
    """The view of a page behind its permission; strangers go to the login, others get 403."""
    return requires(page.permission)(page.view)


def register_case_desk(desk: CaseDesk) -> None:
    """What the cases of some kinds have besides the common."""
    _desks.update(dict.fromkeys(desk.kinds, desk))


def case_desk(kind: str) -> CaseDesk:
    """What was registered for a kind; the common case when nothing was."""
    return _desks.get(kind) or CaseDesk((kind,))


def register_flag(flag: CaseFlag) -> None:
    """One more question the queue can be asked."""
    _flags[flag.code] = flag


def flags() -> tuple[CaseFlag, ...]:
    """All such questions."""
    return tuple(_flags.values())


def register_search(search: Search) -> None:
    """Numbers of a desk by which a case is found; `search` gets the text and returns a Q over referrals."""
    if search not in _searches:
        _searches.append(search)


def search(text: str) -> Q:
    """Everything the desks find under that number."""
    found = Q()
    for one in _searches:
        found |= one(text)
    return found


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the desk in its frame."""
    return render(request, template, admin.site.each_context(request) | context, status=status)
