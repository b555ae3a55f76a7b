"""The buyer's page: was my identity used, this was me, this was not me. Without login; nothing in an address."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity import claims, misuse
from identity.claims import PERSON, Claim
from identity.forms import ClaimForm, ReportForm, ReportNumberForm
from identity.library import Pair
from identity.models import MisuseReport, UseAnswer
from identity.ports import Use, years_of

TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Row:
    """A list as the person sees it, and what they have said of it. `whole`: with goods and amounts."""

    use: Use
    answer: UseAnswer | None
    whole: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Who one is."""
    form = ClaimForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        given = form.cleaned_data
        pair = Pair.of(given["name"], given["number"])
        if claims.may_try(request, pair):
            claims.begin(request, pair, given["telephone"])
            return redirect("identity_uses")
        form.add_error(None, _("Too many tries. Come back later."))
        status = TOO_MANY
    return render(request, "identity/claim.html", {"form": form}, status=status)


@never_cache
@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """The lists that used this identity: one by one with the telephone of an order, else how many."""
    found = claims.current(request)
    if found is None:
        return redirect("identity_claim")
    listed = found.uses()
    year = timezone.localdate().year
    context = {
        "claim": found,
        "count": len(listed),
        "rows": _rows(found, listed) if found.own else [],
        "years": years_of(bytes(found.check.number_hash), year) if found.verified and found.own else [],
        "form": ReportForm(),
    }
    return render(request, "identity/uses.html", context)


def _rows(found: Claim, listed: list[Use]) -> list[Row]:
    rows = UseAnswer.objects.filter(number_hash=bytes(found.check.number_hash)).select_related("report")
    answers = {row.use_id: row for row in rows}
    return [Row(use, answers.get(use.id), use.id in found.own) for use in listed]


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """ "This was me" for one list; "this was not me" for one, or for all by who cannot see them one by one."""
    found = claims.current(request)
    form = ReportForm(request.POST)
    if found is None or not found.verified or not form.is_valid():
        return redirect("identity_claim")
    named = request.POST.get("use", "")
    meant = [use for use in found.uses() if str(use.id) == named] if found.own else found.uses()
    if found.own and request.POST.get("answer") == "mine":
        for use in meant:
            if not misuse.confirm_mine(found.check, use, by=PERSON):
                messages.warning(request, _("You have reported this list; officials examine it."))
        return redirect("identity_uses")
    made = misuse.report(found.check, meant, by=PERSON, **form.cleaned_data) if meant else None
    if made is None:
        messages.warning(request, _("There is nothing new to report."))
        return redirect("identity_uses")
    return render(request, "identity/reported.html", {"report": made})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget who asked."""
    claims.end(request)
    return redirect("identity_claim")


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Where a report stands, to whoever holds its number: state, day and reason, nobody's name."""
    form = ReportNumberForm(request.GET if "reference" in request.GET else None)
    found = None
    if form.is_valid():
        found = MisuseReport.objects.filter(reference=form.cleaned_data["reference"]).first()
    context = {"form": form, "found": found, "searched": form.is_bound and form.is_valid()}
    return render(request, "identity/progress.html", context)
