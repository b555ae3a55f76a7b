"""What every page knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from submissions.models import Notice
from submissions.outages import speaking
from submissions.registry import Text


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the main menu; with `entries` a word under which others are folded, their counts its own."""

    label: Text
    url: str
    is_current: bool = False
    count: int = 0
    entries: tuple[Item, ...] = ()


_MENU: tuple[tuple[Text, str, Permission], ...] = (
    (_("Workbench"), "workbench", Permission.SUBMISSION_READ),
    (_("Overview"), "overview", Permission.SUBMISSION_READ),
    (_("Submissions"), "submissions", Permission.SUBMISSION_READ),
    (_("Inventory lists"), "customs_lists", Permission.CEB_READ),
    (_("Hand in documents"), "customs_upload", Permission.CEB_SEND),
    (_("My goods"), "goods", Permission.FILING_READ),
    (_("FX"), "forex_payments", Permission.FOREX_READ),
    (_("Integrity"), "credit_own", Permission.SUBMISSION_READ),
    (_("Notices"), "notices", Permission.NOTICE_READ),
    (_("Mandates"), "mandates", Permission.MANDATE_MANAGE),
)


def address(name: str) -> str:
    """The address of a named page, "" where this installation has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def unread(principal: Principal) -> int:
    """Notices nobody of the company has opened yet."""
    if principal.company is None or not principal.may(Permission.NOTICE_READ):
        return 0
    return Notice.objects.filter(company=principal.company, read_at__isnull=True).count()


def navigation(request: HttpRequest) -> list[Item]:
    """The main menu: what this person may open, as the company they act for now."""
    principal = principal_of(request)
    if principal is None:
        return []
    pages = [(label, address(name)) for label, name, permission in _MENU if principal.may(permission)]
    bench, notices = address("workbench"), address("notices")
    return [
        Item(
            label=label,
            url=url,
            is_current=request.path == url or (url != bench and request.path.startswith(url)),
            count=unread(principal) if url == notices else 0,
        )
        for label, url in pages
        if url
    ]


def portal(request: HttpRequest) -> dict[str, Any]:
    """Demo banner, notices of agencies, who acts, and the menu; read only when a template asks."""
    return {
        "DEMO": settings.DEMO,
        "SITE_URL": settings.SITE_URL,
        "API_DOCS_URL": SimpleLazyObject(lambda: address("api_docs")),
        "AGENCY_NOTICES": SimpleLazyObject(speaking),
        "PRINCIPAL": SimpleLazyObject(lambda: principal_of(request)),
        "NAVIGATION": SimpleLazyObject(lambda: navigation(request)),
    }
