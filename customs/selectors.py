"""Reads of customs documents: who may see which, and the page of one inventory list.

A list is readable by the companies it names and their mandates, and by the agency customs (R13.02). All four
documents side by side are for declarant, e-commerce firm, platform and customs; payment firm and logistics
firm see their own document and what the match says about it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.selectors import companies_by_codes
from customs import ceb
from customs.comparison import COLUMNS, CompareRow, LinePair, compare_rows, pair_lines
from customs.models import (
    CustomsReply,
    DocumentEvent,
    DocumentState,
    Inventory,
    InventoryLine,
    Order,
    OrderLine,
    Payment,
    Waybill,
)
from customs.numbers import MODELS, Document
from customs.presenters import NEXT, Line, state_name, timeline
from customs.reading import AGENCY, IMPORTS, L
from customs.replies import UNKNOWN_NUMBER
from customs.tax_view import TaxView, tax_view
from reference.problems import Problem
from submissions.services import unseal_payload

if TYPE_CHECKING:
    from accounts.principals import Principal

SERVICE = IMPORTS.service


# --- who may see what -------------------------------------------------------------------------------------


lists_visible_to = IMPORTS.visible_to
whole_lists_visible_to = IMPORTS.whole_visible_to
whole_among = IMPORTS.whole_among


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What people look for; every field narrows. Dates are those of loading, both ends included."""

    tab: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    order_no: str = ""
    invt_no: str = ""
    logistics_no: str = ""
    return_code: str = ""
    cop_no: str = ""
    reference: str = ""


def filtered(
    rows: QuerySet[L], asked: ListFilter, tabs: Mapping[str, Collection[str]] | None = None
) -> QuerySet[L]:
    """The lists that fit, newest first. `tabs`: the states behind each tab; those of import when not given."""
    from customs.workbench import STATES

    for tab, states in (STATES if tabs is None else tabs).items():
        if asked.tab == tab:
            rows = rows.filter(state__in=states)
    exact = {
        "state": asked.state,
        "order_no": asked.order_no.strip(),
        "logistics_no": asked.logistics_no.strip(),
        "return_code": asked.return_code.strip(),
        "cop_no": asked.cop_no.strip(),
        "message__submission__reference": asked.reference.strip().upper(),
        "message__received_at__date__gte": asked.since,
        "message__received_at__date__lte": asked.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    number = asked.invt_no.strip()
    if number:
        rows = rows.filter(Q(invt_no=number) | Q(pre_no=number))
    return rows.order_by("-id")


def unknown_replies() -> QuerySet[CustomsReply]:
    """Replies for numbers that nobody here knows, newest first: for officials."""
    return CustomsReply.objects.filter(outcome=UNKNOWN_NUMBER).order_by("-received_at")


# --- the page of a list -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the page of one inventory list shows to this reader."""

    inventory: Inventory
    scope: str  # "all", or the column that alone is shown: "payment", "waybill", "inventory"
    columns: tuple[str, ...]
    documents: Mapping[str, Document]
    state_name: str
    next_sentence: str
    rows: tuple[CompareRow, ...]
    line_pairs: tuple[LinePair, ...]
    findings: tuple[Problem, ...]
    tax: TaxView | None
    timeline: tuple[Line, ...]
    raw: str  # the declarant's message, masked; "" where the reader does not see it
    reference: str

    @property
    def list(self) -> Inventory:
        """As the pages that both directions share call it."""
        return self.inventory


def list_page(inventory_id: UUID, principal: Principal | None) -> ListPage | None:
    """The page, as far as this principal may see it; None when it may not, or when there is no such list."""
    if principal is None:
        return None
    inventory = (
        Inventory.objects.select_related("message__submission__payload").filter(pk=inventory_id).first()
    )
    if inventory is None:
        return None
    documents = _documents(inventory)
    scope = _scope(inventory, documents, principal)
    if scope is None:
        return None
    if scope == "all" and principal.agency is None:
        documents = _told(documents, principal)
    return _page(inventory, documents, scope)


def _documents(inventory: Inventory) -> dict[str, Document]:
    found: dict[str, Document] = {"inventory": inventory}
    for kind in COLUMNS[1:]:
        key = getattr(inventory, f"{kind}_document")
        row = MODELS[kind].objects.filter(pk=key).first() if key else None
        if row is not None:
            found[kind] = row
    return found


def _told(documents: dict[str, Document], principal: Principal) -> dict[str, Document]:
    """Without what belongs to another firm's order: who names its number in a list learns nothing of it."""
    inventory, order = documents["inventory"], documents.get("order")
    if not (isinstance(inventory, Inventory) and isinstance(order, Order)):
        return documents
    if order.ebc_code == inventory.ebc_code or (acting := principal.acting_for(SERVICE)) & set(order.parties):
        return documents
    own = {kind: document for kind, document in documents.items() if acting & set(document.parties)}
    return own | {"inventory": inventory}


def _scope(inventory: Inventory, documents: Mapping[str, Document], principal: Principal) -> str | None:
    """How much of the page the principal sees; None: nothing, not even that it exists."""
    if principal.agency is not None:
        return "all" if principal.agency.code == AGENCY else None
    acting = principal.acting_for(SERVICE)
    if IMPORTS.is_whole(inventory, acting):
        return "all"
    payment, waybill = documents.get("payment"), documents.get("waybill")
    for kind, document, code in (
        ("payment", payment, payment.pay_code if isinstance(payment, Payment) else ""),
        (
            "waybill",
            waybill,
            waybill.logistics_code if isinstance(waybill, Waybill) else inventory.logistics_code,
        ),
    ):
        company = companies_by_codes([code]).get(code) if code else None
        if company is not None and company.pk in acting:
            return kind if document is not None else "inventory"
    return "inventory" if acting & set(inventory.parties) else None


_OWN_PATHS = {"payment": ("/PaymentHead", "/OrderHead/pay"), "waybill": ("/LogisticsHead",)}


def _page(inventory: Inventory, documents: Mapping[str, Document], scope: str) -> ListPage:
    columns = COLUMNS if scope == "all" else (scope,)
    lines = list(InventoryLine.objects.filter(inventory_id=inventory.pk).order_by("gnum"))
    order = documents.get("order")
    ordered = (
        list(OrderLine.objects.filter(order_id=order.pk).order_by("gnum")) if order and scope == "all" else []
    )
    own = scope in ("all", "inventory")
    shown = {name: document for name, document in documents.items() if name in columns}
    submission = inventory.message.submission
    return ListPage(
        inventory=inventory,
        scope=scope,
        columns=columns,
        documents=shown,
        state_name=state_name(inventory.state),
        next_sentence=str(NEXT[DocumentState(inventory.state)]),
        rows=compare_rows(shown, {"inventory": lines, "order": ordered}, columns),
        line_pairs=pair_lines(lines, ordered) if own else (),
        findings=_findings(inventory, scope),
        tax=tax_view(inventory, lines) if own else None,
        timeline=tuple(_timeline(shown[scope].pk if scope in shown else inventory.pk)),
        raw=ceb.mask(unseal_payload(submission)) if scope == "all" and inventory.message.document_count == 1
        else _masked_document(inventory) if scope == "all" else "",
        reference=submission.reference or "",
    )  # fmt: skip


def _masked_document(inventory: Inventory) -> str:
    """Of a message with many lists only this one: the others have other parties."""
    from customs.raw import mask_one

    return mask_one(unseal_payload(inventory.message.submission), inventory.index)


def _findings(inventory: Inventory, scope: str) -> tuple[Problem, ...]:
    found = [Problem.from_stored(row) for row in inventory.findings]
    if scope in ("all", "inventory"):
        return tuple(found)
    return tuple(problem for problem in found if problem.path.startswith(_OWN_PATHS[scope]))


def _timeline(document_id: UUID) -> list[Line]:
    events = DocumentEvent.objects.filter(document_id=document_id).order_by("at", "id")
    replies = CustomsReply.objects.filter(document_id=document_id).order_by("received_at", "id")
    return timeline(list(events), list(replies))
