"""For which company a page is: the reader's own, or one whose mandate it holds (`?company=` its USCC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.models import Company
from submissions.views import person
from tax.lines import Key
from tax.selectors import SERVICE

LONGEST = 4  # digits of a line's number


@dataclass(frozen=True, slots=True)
class Firm:
    """`code`: what addresses and forms carry, "" for the reader's own company."""

    company: Company
    code: str

    def url(self, name: str, month: date | None = None) -> str:
        """The address of a page for this company."""
        asked = {"month": f"{month:%Y-%m}" if month else "", "company": self.code}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"{reverse(name)}?{query}" if query else reverse(name)


def firm_of(request: HttpRequest) -> Firm:
    """As the page or the form says; 404 for a company one may not act for, as for one that is not there."""
    principal = person(request)
    asked = request.POST if request.method == "POST" else request.GET
    code = asked.get("company", "")
    if principal.company is None:
        raise Http404
    if not code or code == principal.company.uscc:
        return Firm(principal.company, "")
    company = Company.objects.filter(uscc=code, pk__in=principal.acting_for(SERVICE)).first()
    if company is None:
        raise Http404
    return Firm(company, company.uscc)


def firms(request: HttpRequest) -> list[Firm]:
    """All that the reader may look at: the own one first, then principals by name."""
    principal = person(request)
    own = principal.company
    rows = Company.objects.filter(pk__in=principal.acting_for(SERVICE)).order_by("name", "pk")
    found = [Firm(row, row.uscc) for row in rows if own is None or row.pk != own.pk]
    return [Firm(own, ""), *found] if own is not None else found


def month_of(text: str) -> date | None:
    """The first day of "2026-10"."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def key_of(text: str) -> Key | None:
    """The key written as "list number/line"."""
    list_no, _slash, gnum = text.rpartition("/")
    return (list_no, int(gnum)) if list_no and gnum.isdecimal() and len(gnum) <= LONGEST else None
