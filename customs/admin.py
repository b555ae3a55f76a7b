"""The officials' desk of this room: documents on the case page, the page of a list, unknown numbers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from customs import panels, parking, unmask  # noqa: F401 - the last registers its page
from customs.export import desk  # noqa: F401 - registers its pages
from customs.lifecycle import TO_CORRECT
from customs.models import DocumentKey, DocumentState, ExportList, Inventory, Order, Payment, Waybill
from customs.numbers import MODELS
from customs.reading import AGENCY
from customs.selectors import list_page, unknown_replies
from customs.senders import SENDINGS
from identity.misuse import marks
from submissions.admin_registry import (
    LINE,
    CaseDesk,
    CaseFlag,
    CaseSection,
    DeskPage,
    of_agencies,
    page,
    register_case_desk,
    register_flag,
    register_page,
    register_search,
)
from submissions.admin_selection import uuids
from submissions.models import Referral

PAGE = 50
# Customs has the case or its goods in hand beyond the ordinary.
HELD_BACK = (DocumentState.INSPECTION, DocumentState.DETAINED, DocumentState.REVIEW)


# --- case page --------------------------------------------------------------------------------------------


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """The documents of the message, each list with a link to its own page; what is wrong with the message."""
    principal = principal_of(request)
    if principal is None or not hasattr(referral.submission, "ceb_message"):
        return ()
    panel = panels.documents(referral.submission, principal)
    findings = _findings(referral)
    rows = panel.context["rows"]
    names = {key: report.get_state_display() for key, report in marks(row.id for row in rows).items()}
    listed = [(row, findings.get(row.id, 0), names.get(row.id, "")) for row in rows]
    return (CaseSection("admin/desk/documents.html", {**panel.context, "listed": listed}),)


def _findings(referral: Referral) -> dict[UUID, int]:
    """Number of our findings by list; shown beside the list, told in full on its page."""
    return {
        key: len(findings)
        for model in (Inventory, ExportList)
        for key, findings in model._default_manager.filter(message_id=referral.submission_id)
        .exclude(findings=[])
        .values_list("pk", "findings")
    }


# --- the page of a list -----------------------------------------------------------------------------------


@never_cache
@require_safe
def inventory(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The four documents side by side, as customs may see them, personal data masked."""
    principal = principal_of(request)
    found = list_page(list_id, principal)
    if found is None or principal is None:
        raise Http404
    case = Referral.objects.filter(submission=found.inventory.message_id, agency=principal.agency).first()
    number = found.inventory.invt_no or found.inventory.cop_no or found.inventory.order_no
    context = {
        "title": " ".join((gettext("Inventory list"), number)),
        "page": found,
        "noun": gettext("Inventory list"),
        "case": case,
        "misuse": _misuse(list_id),
        "may_unmask": principal.may(Permission.PERSONAL_UNMASK),
        "number": number,
    }
    return page(request, "admin/desk/list.html", context)


def _misuse(list_id: UUID) -> tuple[str, str] | None:
    """State and number of the report that marks the list."""
    report = marks([list_id]).get(list_id)
    return (report.get_state_display(), report.reference) if report else None


# --- answers for numbers nobody knows ---------------------------------------------------------------------


# What customs sent, and what nobody could take apart: theirs and the platform's own people's.
_concerned = of_agencies(AGENCY, portal=True)


def unknown_count(principal: Principal) -> int:
    """The number in the menu."""
    return unknown_replies().count() if _concerned(principal) else 0


@never_cache
@require_safe
def unknown(request: HttpRequest) -> HttpResponse:
    """Answers of customs that name a document nobody here has (yet): kept, and tried again when one comes."""
    principal = principal_of(request)
    if principal is None or not _concerned(principal):
        raise Http404
    sheet = Paginator(unknown_replies(), PAGE).get_page(request.GET.get("page"))
    return page(
        request, "admin/desk/replies.html", {"title": gettext("Answers for unknown numbers"), "sheet": sheet}
    )


# --- messages that could not be loaded ----------------------------------------------------------------------


def parked_count(principal: Principal) -> int:
    """The number in the menu."""
    return parking.parked().count() if _concerned(principal) else 0


@never_cache
@require_safe
def unloaded(request: HttpRequest) -> HttpResponse:
    """Messages given up after many tries, each with the kind of its error."""
    principal = principal_of(request)
    if principal is None or not _concerned(principal):
        raise Http404
    sheet = Paginator(parking.parked(), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "admin/desk/unloaded.html",
        {"title": gettext("Messages that could not be loaded"), "sheet": sheet},
    )


@require_POST
def load_again(request: HttpRequest) -> HttpResponse:
    """Have parked messages tried anew, one or many."""
    principal = principal_of(request)
    if principal is None or not _concerned(principal):
        raise Http404
    done = parking.load_again(uuids(request.POST.getlist("message")), by=principal.actor)
    if done:
        messages.success(request, gettext("They are tried again: {count}").format(count=done))
    else:
        messages.warning(request, gettext("Nothing was selected."))
    return redirect("admin:unloaded")


# --- queue ------------------------------------------------------------------------------------------------


_NAMED: dict[str, type[Model]] = {
    "order": Order,
    "payment": Payment,
    "waybill": Waybill,
    "inventory": Inventory,
}


def _with_lists(states: Sequence[str]) -> Q:
    found = Q(submission__in=Inventory.objects.filter(state__in=states).values("message"))
    return found | Q(submission__in=ExportList.objects.filter(state__in=states).values("message"))


def returned() -> Q:
    """Cases with a list to be corrected."""
    return _with_lists(sorted(TO_CORRECT))


def held_back() -> Q:
    """Cases with a list under review, inspection or detention."""
    return _with_lists(HELD_BACK)


def by_number(text: str) -> Q:
    """Cases with a document of that order, list, pre-entry, waybill, transaction or own number.

    By the keys of the companies on record, so that an index answers; an order's number also finds the
    documents that name it.
    """
    codes = {code for pair in Company.objects.values_list("uscc", "customs_code") for code in pair if code}
    keys = DocumentKey.objects.filter(kind__in=MODELS, number=text).filter(
        Q(scope__in=codes) | Q(kind="export_order")
    )
    ids: dict[str, list[UUID]] = {}
    for kind, key in keys.values_list("kind", "document_id"):
        ids.setdefault(kind, []).append(key)
    orders = {text}
    for kind, found in ids.items():
        if kind in _NAMED:
            orders.update(
                _NAMED[kind]._default_manager.filter(pk__in=found).values_list("order_no", flat=True)
            )
    lists = Inventory.objects.filter(
        Q(pk__in=ids.get("inventory", []))
        | Q(invt_no=text) & ~Q(invt_no="")
        | Q(ebp_code__in=codes, order_no__in=orders)
    )
    messages = set(lists.values_list("message", flat=True))
    for model, kind in ((Order, "order"), (Payment, "payment")):
        rows = model.objects.filter(Q(pk__in=ids.get(kind, [])) | Q(ebp_code__in=codes, order_no__in=orders))
        messages.update(rows.values_list("message", flat=True))
    waybills = Waybill.objects.filter(pk__in=ids.get("waybill", []))
    messages.update(waybills.values_list("message", flat=True))
    for kind in set(ids) - {"inventory", "order", "payment", "waybill"}:
        messages.update(MODELS[kind].objects.filter(pk__in=ids[kind]).values_list("message", flat=True))
    exported = ExportList.objects.filter(
        Q(invt_no=text) & ~Q(invt_no="") | Q(order_no=text, ebc_code__in=codes)
    )
    messages.update(exported.values_list("message", flat=True))
    return Q(submission__in=messages)


# Customs decides in its own system; what it says comes through the inbox.
register_case_desk(
    CaseDesk(
        kinds=tuple(sending.kind for sending in SENDINGS.values()), decided_here=False, sections=sections
    )
)
register_flag(CaseFlag("returned", _("returned lists"), returned, attention=True))
register_flag(CaseFlag("held_back", _("lists under review or inspection"), held_back))
register_search(by_number)
register_page(DeskPage("list", "lists/<uuid:list_id>/", inventory, Permission.QUEUE_READ))
register_page(
    DeskPage(
        "replies",
        "replies/",
        unknown,
        Permission.DISPATCH_SEND_AGAIN,
        _("Unknown numbers"),
        unknown_count,
        4,
        _("What customs said of documents that are not here."),
        _concerned,
        LINE,
    )
)
register_page(
    DeskPage(
        "unloaded",
        "unloaded/",
        unloaded,
        Permission.DISPATCH_SEND_AGAIN,
        _("Messages not loaded"),
        parked_count,
        5,
        _("What could not be taken apart into documents after many tries."),
        _concerned,
        LINE,
    )
)
register_page(DeskPage("load_again", "unloaded/again/", load_again, Permission.DISPATCH_SEND_AGAIN))
