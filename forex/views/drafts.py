"""What somebody types is kept by itself: the fragment that says so, and giving a draft up."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from forex import drafts
from forex.views.payments import acting
from submissions.drafts import Stale

TEMPLATE = "submissions/apply/_saved.html"


def keep(request: HttpRequest, place: drafts.Place, form: forms.Form) -> HttpResponse:
    """Save as it stands, readable or not; another window's newer draft is not overwritten unseen."""
    names = [name for name, field in form.fields.items() if not isinstance(field, forms.FileField)]
    values = {
        name: request.POST[name][:1000] for name in names if name in request.POST and name != "confirmed"
    }
    given = request.POST.get("keep") or request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0  # noqa: PLR2004
    try:
        kept = drafts.save(place, values, version, by=acting(request, place.company))
    except Stale as stale:
        return render(
            request,
            TEMPLATE,
            {"stale": True, "keep_here": True, "version": version, "current": stale.current},
        )
    return render(request, TEMPLATE, {"version": kept.version, "saved_at": kept.saved_at})


def given_up(request: HttpRequest, place: drafts.Place) -> bool:
    """Whether the button was pressed that throws the draft away."""
    if "give_up" not in request.POST:
        return False
    drafts.discard(place)
    messages.info(request, _("What was typed is thrown away."))
    return True
