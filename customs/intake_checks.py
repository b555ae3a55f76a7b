"""What is in the way of taking a message in, besides its form: rights, kinds of declaration, changes, sizes.

A few queries whatever the number of documents; everything is said at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from accounts.models import Company, CompanyRole, Mandate
from customs.ceb import Document, Message, message_spec
from customs.claims import CHANGE, NEW, holders, main_claim, may_replace, place
from customs.models import CebMessage
from customs.senders import SENDINGS
from reference.problems import Problem

DECLARED = "2"  # appStatus: 1 saves only, 2 declares
MOST_LINES = 9999  # gnum is N4
# Amounts have 14 digits before the point on the wire; a purchase of a person has fewer.
MOST = Decimal(10) ** 9

TEXTS: Mapping[str, str] = {
    "customs.message.unsupported": _("{type} is not taken here yet; taken are {taken}."),
    "customs.sender.not_yours": _("You may not send for the company {code}."),
    "customs.sender.role": _("{company} is not registered as a sender of {type}; needed: {roles}."),
    "customs.sender.field": _("{name} is {value}, which is not the sender."),
    "customs.mandate.unknown_firm": _(
        "No company with the code {code} is on record here: it can have given nobody a mandate."
    ),
    "customs.mandate.missing": _(
        "{principal} has given {agent} no mandate for declarations of this kind that is in force."
    ),
    "customs.app_status.save_only": _("Only declared documents (appStatus 2) are taken; {value} saves only."),
    "customs.app_type.unsupported": _("appType {value} is not taken here yet; 1 and 2 are."),
    "customs.change.unknown": _("There is no document {number} that could be changed."),
    "customs.change.not_allowed": _(
        "{number} cannot be changed now: it went to customs and was not sent back to be corrected."
    ),
    "customs.number.empty": _("{name} is empty: the document could not be told from others."),
    "customs.line_number": _("{name} is {value}; line numbers go up to 9999."),
    "customs.amount": _("{name} is {value}: no purchase of a person is that large."),
}


def problem(code: str, path: str, /, **params: str) -> Problem:
    """A problem of intake."""
    return Problem(code, path, TEXTS[code], params)


def found(message: Message, sender: Company, companies: Mapping[str, Company]) -> list[Problem]:
    """Everything in the way of this message of this sender; `companies`: those it names, by code."""
    return [*_role(message, sender), *_documents(message, sender, companies), *_changes(message, sender)]


def declares_for(message: Message, companies: Mapping[str, Company]) -> list[Company]:
    """The e-commerce firms, as far as they are known here, whose lists these are."""
    if not SENDINGS[message.type].is_list:
        return []
    named = (companies.get(document.head.get("ebcCode", "")) for document in message.documents)
    return list({company.pk: company for company in named if company}.values())


def _role(message: Message, sender: Company) -> Iterator[Problem]:
    """R13.01: sender x message type x role."""
    sending = SENDINGS[message.type]
    if not sending.roles & set(sender.roles):
        path = f"/{message.type}Message/BaseTransfer/copCode"
        roles = ", ".join(sorted(str(CompanyRole(role).label) for role in sending.roles))
        yield problem("customs.sender.role", path, company=sender.name, type=message.type, roles=roles)


def _documents(message: Message, sender: Company, companies: Mapping[str, Company]) -> Iterator[Problem]:
    sending = SENDINGS[message.type]
    mandated = _mandated(message, sender, companies)
    for document in message.documents:
        at, head = place(message.type, document), document.head
        if not any(head.get(name) in sender.codes for name in sending.fields):
            name = sending.fields[0]
            yield problem("customs.sender.field", f"{at}/{name}", name=name, value=head.get(name, ""))
        if head["appStatus"] != DECLARED:
            yield problem("customs.app_status.save_only", f"{at}/appStatus", value=head["appStatus"])
        if head["appType"] not in (NEW, CHANGE):
            yield problem("customs.app_type.unsupported", f"{at}/appType", value=head["appType"])
        firm = companies.get(head.get("ebcCode", ""))
        if sending.is_list and firm is None:
            code = head.get("ebcCode", "")
            yield problem("customs.mandate.unknown_firm", f"{at}/ebcCode", code=code)
        elif sending.is_list and firm is not None and firm.pk not in mandated:
            names = {"principal": firm.name, "agent": sender.name}
            yield problem("customs.mandate.missing", f"{at}/ebcCode", **names)
        yield from _identified(message.type, document)
        yield from _sizes(message.type, document)


def _identified(type_: str, document: Document) -> Iterator[Problem]:
    """The export schema lets the numbers be empty by which a document is found again; nothing could be done."""
    for name in ("orderNo", "logisticsNo", "copNo"):
        if SENDINGS[type_].kind.startswith("export-") and document.head.get(name, "-") == "":
            yield problem("customs.number.empty", f"{place(type_, document)}/{name}", name=name)


def _mandated(message: Message, sender: Company, companies: Mapping[str, Company]) -> set[int]:
    """The e-commerce firms for which the declarant may declare today: one query, asked on every act."""
    firms = [company.pk for company in declares_for(message, companies)]
    if not firms:
        return set()
    given = Mandate.objects.in_force().filter(
        agent=sender, service=SENDINGS[message.type].kind, principal_id__in=firms
    )
    return {sender.pk, *given.values_list("principal_id", flat=True)}


def _sizes(type_: str, document: Document) -> Iterator[Problem]:
    """What the wire lets pass and no column holds."""
    at, block = place(type_, document), message_spec(type_).lines
    name_of_line = f"{at.rpartition('/')[0]}/{block.name if block else ''}"
    lines = ((f"{name_of_line}[{number}]", line) for number, line in enumerate(document.lines, 1))
    for path, values in ((at, document.head), *lines):
        for name, value in values.items():
            if name == "gnum" and not 0 < int(value) <= MOST_LINES:
                yield problem("customs.line_number", f"{path}/{name}", name=name, value=value)
            elif name in _AMOUNTS and value and abs(Decimal(value)) >= MOST:
                yield problem("customs.amount", f"{path}/{name}", name=name, value=value)


_AMOUNTS = frozenset(
    (
        *("goodsValue", "freight", "discount", "taxTotal", "acturalPaid", "amountPaid", "insuredFee"),
        *("weight", "grossWeight", "netWeight", "packNo", "qty", "qty1", "qty2", "price", "totalPrice"),
    )
)


def _changes(message: Message, sender: Company) -> Iterator[Problem]:
    """appType 2: there is such a document and it may be changed now.

    One that is on its way (stored, not yet loaded) cannot be seen here; loading decides on it.
    """
    changed = [document for document in message.documents if document.head["appType"] == CHANGE]
    if not changed:
        return
    held = holders(message.type, (main_claim(message.type, document) for document in changed))
    under_way = CebMessage.objects.filter(sender=sender, type=message.type, loaded_at__isnull=True).exists()
    for document in changed:
        claim = main_claim(message.type, document)
        path, number = f"{place(message.type, document)}/appType", claim.number
        if claim not in held:
            if not under_way:
                yield problem("customs.change.unknown", path, number=number)
        elif not may_replace(message.type, held[claim], CHANGE):
            yield problem("customs.change.not_allowed", path, number=number)
