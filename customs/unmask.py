"""A list's people in full, for an official who says why: each look leaves a row before anything is shown."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.personal import mask_number, unseal_fields
from accounts.principals import principal_of
from customs.selectors import ListPage, list_page
from identity import looks
from identity.models import Ground
from submissions.admin_forms import ReasonForm
from submissions.admin_registry import DeskPage, page, register_page

# Column of the page, element on the wire → what it is called.
PERSONAL = {
    ("order", "buyerName"): _("Buyer"),
    ("order", "buyerIdNumber"): _("Buyer's identity number"),
    ("payment", "payerName"): _("Payer"),
    ("payment", "payerIdNumber"): _("Payer's identity number"),
    ("inventory", "buyerName"): _("Buyer in the list"),
    ("inventory", "buyerIdNumber"): _("Buyer's identity number in the list"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Ask for the reason; with one, write the look down and show names and numbers once."""
    principal = principal_of(request)
    found = list_page(list_id, principal)
    if found is None or principal is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    shown: list[tuple[str, str]] = []
    if form.is_valid():
        with transaction.atomic():
            shown = _values(found)
            looks.record(
                by=principal.actor,
                ground=Ground.CASE,
                reason=form.cleaned_data["reason"],
                subject_type="inventory",
                subject_id=list_id,
                subject=", ".join(dict.fromkeys(mask_number(value) for value in _numbers(found))),
                count=len(set(_numbers(found))) or 1,
            )
    context = {"title": gettext("Full names and numbers"), "page": found, "form": form, "shown": shown}
    answer = page(request, "admin/desk/unmask.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _clear(found: ListPage) -> dict[tuple[str, str], str]:
    """What the documents hold in clear, by column and element."""
    values: dict[tuple[str, str], str] = {}
    for column, document in found.documents.items():
        if document.personal is not None:
            fields = unseal_fields(document.personal, context=str(document.pk))
            values |= {(column, name): value for name, value in fields.items()}
    return values


def _values(found: ListPage) -> list[tuple[str, str]]:
    clear = _clear(found)
    return [(str(label), clear[key]) for key, label in PERSONAL.items() if clear.get(key)]


def _numbers(found: ListPage) -> list[str]:
    return [value for (_column, name), value in _clear(found).items() if name.endswith("IdNumber")]


register_page(DeskPage("list_unmask", "lists/<uuid:list_id>/unmask/", unmask, Permission.PERSONAL_UNMASK))
