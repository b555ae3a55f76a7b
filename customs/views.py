"""Pages of this room: handing in, the table of inventory lists, the page of a list."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from customs import uploads
from customs.forms import ListFilterForm, UploadForm
from customs.models import CustomsReply, DocumentEvent, Inventory
from customs.onelist.drafts import may_correct
from customs.presenters import NEXT
from customs.selectors import filtered, list_page, lists_visible_to, whole_among
from identity.misuse import mark_name, mark_of
from submissions import live
from submissions.views import person

PAGE = 25
# What the pages that both directions share call a list.
IMPORT = {
    "lists": "customs_lists",
    "noun": _("Inventory list"),
    "lists_noun": _("Inventory lists"),
    "type_in": "one_list_import",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CEB_SEND)
def upload(request: HttpRequest) -> HttpResponse:
    """Hand in one or many messages as files."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        outcomes = uploads.take_in(form.cleaned_data["documents"], person(request))
        return redirect("customs_uploaded", key=uploads.keep(outcomes, person(request)))
    return render(request, "customs/upload.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
@requires(Permission.CEB_SEND)
def uploaded(request: HttpRequest, key: str) -> HttpResponse:
    """What became of each file."""
    outcomes = uploads.kept(key, person(request))
    if outcomes is None:
        raise Http404
    accepted = sum(outcome.is_accepted for outcome in outcomes)
    context = {"outcomes": outcomes, "accepted": accepted, "refused": len(outcomes) - accepted}
    return render(request, "customs/uploaded.html", context)


@never_cache
@require_safe
@requires(Permission.CEB_READ)
def lists(request: HttpRequest) -> HttpResponse:
    """Inventory lists the reader may see, newest first."""
    form = ListFilterForm(request.GET)
    rows = filtered(lists_visible_to(person(request)), form.asked())
    if after := form.cleaned_data.get("after"):
        rows = rows.filter(pk__lt=after)
    wide = ("personal", "findings")
    rows = rows.select_related("message__submission").defer(*wide).annotate(misuse=mark_of(OuterRef("pk")))
    taken = list(rows[: PAGE + 1])
    shown = taken[:PAGE]
    whole = whole_among(shown, person(request))
    context = {
        "form": form,
        "rows": [_in_table(row, whole=row.pk in whole) for row in shown],
        "after": shown[-1].pk if len(taken) > PAGE else None,
    }
    part = live.fragment(request, "customs/_lists.html", context, name="lists")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    return render(request, "customs/lists.html", {"form": form, "live": part, **IMPORT})


def _in_table(row: Any, *, whole: bool) -> tuple[Inventory, Any, bool, str]:
    """A list, what is next, and for who reads it whole its tax and whether its buyer reported misuse."""
    return row, NEXT.get(row.state, ""), whole, mark_name(row.misuse) if whole else ""


@never_cache
@require_safe
@requires(Permission.CEB_READ)
def inventory(request: HttpRequest, inventory_id: UUID) -> HttpResponse:
    """One inventory list: its documents side by side, tax, findings, what happened."""
    principal = person(request)
    rows = lists_visible_to(principal).defer("personal")
    rows = rows.annotate(misuse=mark_of(OuterRef("pk")), report=mark_of(OuterRef("pk"), "reference"))
    found: Any = get_object_or_404(rows, pk=inventory_id)
    version = version_of(found, request, found.misuse)
    if (same := live.unchanged(request, version)) is not None:
        return same
    page = list_page(inventory_id, principal)
    if page is None:
        raise Http404
    misuse = (mark_name(found.misuse), found.report) if found.misuse and page.scope == "all" else None
    context: dict[str, Any] = {"page": page, "misuse": misuse}
    part = live.fragment(request, "customs/_list.html", context, name="list", version=version)
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    context = {"page": page, "live": part, "may_correct": may_correct(found, principal), **IMPORT}
    return render(request, "customs/list.html", context)


def version_of(inventory: Inventory, request: HttpRequest, misuse: str | None = None) -> str:
    """What decides the page: the list's row, its history, the answers to it, a report, the reader's language."""
    documents = (inventory.order_document, inventory.payment_document, inventory.waybill_document)
    known = [one for one in (inventory.pk, *documents) if one]
    told = (
        DocumentEvent.objects.filter(document_id__in=known).count(),
        CustomsReply.objects.filter(document_id__in=known).count(),
    )
    row = (inventory.state, inventory.state_at, inventory.findings, inventory.tax_total)
    facts = (getattr(request, "LANGUAGE_CODE", ""), row, known, told, misuse)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
