"""Reading: the CEB messages that customs takes, as plain documents.

Namespaces prefixes are free, a BOM is accepted, optional elements may be absent or empty. Only what customs
needs to answer is asked for here; whether the message is right in every field is the sender's business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

NAMESPACE = "{http://www.chinaport.gov.cn/ceb}"
GUID_LENGTH = 36
MOST = 100  # documents in one message
DECIMAL = re.compile(r"[+-]?\d{1,19}(\.\d{0,19})?", re.ASCII)
UNREADABLE = Decimal(-1)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: its message, its entity, its reply, and what names a document of that kind."""

    name: str
    entity: str
    reply: str
    key: tuple[str, ...]
    number: str
    required: tuple[tuple[str, int], ...]  # element, longest value that the reply can carry
    nested: bool = True  # the head is an element of its own


KINDS = {
    "CEB311Message": Kind(
        "order", "Order", "CEB312", ("ebpCode", "orderNo"), "orderNo",
        (("ebpCode", 18), ("ebcCode", 18), ("orderNo", 60)),
    ),
    "CEB411Message": Kind(
        # One payment may cover several orders, so the order belongs to the key.
        "payment", "Payment", "CEB412", ("payCode", "payTransactionId", "orderNo"), "payTransactionId",
        (("payCode", 18), ("payTransactionId", 60), ("orderNo", 60)),
    ),
    "CEB511Message": Kind(
        "waybill", "Logistics", "CEB512", ("logisticsCode", "logisticsNo"), "logisticsNo",
        (("logisticsCode", 18), ("logisticsNo", 60)),
    ),
    "CEB621Message": Kind(
        "list", "Inventory", "CEB622", ("agentCode", "copNo"), "copNo",
        (("copNo", 20), ("agentCode", 18), ("ebpCode", 18), ("ebcCode", 18), ("orderNo", 60),
         ("customsCode", 4)),
    ),
    "CEB303Message": Kind(
        "export-order", "Order", "CEB304", ("ebpCode", "ebcCode", "orderNo"), "orderNo",
        (("ebpCode", 18), ("ebcCode", 18), ("orderNo", 60)),
    ),
    "CEB403Message": Kind(
        "export-collection", "Receipts", "CEB404", ("ebcCode", "orderNo"), "orderNo",
        (("ebpCode", 18), ("ebcCode", 18), ("orderNo", 60)), nested=False,
    ),
    "CEB505Message": Kind(
        "export-waybill", "Logistics", "CEB506", ("logisticsCode", "logisticsNo"), "logisticsNo",
        (("logisticsCode", 18), ("logisticsNo", 32)), nested=False,
    ),
    "CEB603Message": Kind(
        "export-list", "Inventory", "CEB604", ("agentCode", "copNo"), "copNo",
        (("copNo", 30), ("agentCode", 18), ("ebpCode", 18), ("ebcCode", 18), ("orderNo", 60),
         ("customsCode", 4), ("statisticsFlag", 1)),
    ),
    "CEB507Message": Kind(
        "arrival", "Arrival", "CEB508", ("logisticsCode", "copNo"), "copNo",
        (("copNo", 30), ("logisticsCode", 18), ("operatorCode", 18)),
    ),
    "CEB607Message": Kind(
        "manifest", "WayBill", "CEB608", ("agentCode", "copNo"), "copNo",
        (("copNo", 30), ("agentCode", 18), ("logisticsCode", 18), ("billNo", 37)),
    ),
    "CEB509Message": Kind(
        "departure", "Departure", "CEB510", ("logisticsCode", "copNo"), "copNo",
        (("copNo", 30), ("logisticsCode", 18), ("leaveTime", 14)),
    ),
}  # fmt: skip
LISTS = {"list", "export-list"}
# They have a pre-entry number of E-port in their reply.
NUMBERED = LISTS | {"arrival", "manifest", "departure"}
KIND_OF = {kind.name: kind for kind in KINDS.values()}


@dataclass(frozen=True, slots=True)
class Document:
    kind: str
    fields: Mapping[str, str]
    lines: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def guid(self) -> str:
        return self.fields["guid"]

    @property
    def number(self) -> str:
        return self.fields[KIND_OF[self.kind].number]

    @property
    def key(self) -> str:
        return "|".join(self.fields.get(name, "") for name in KIND_OF[self.kind].key)

    @property
    def order_key(self) -> str:
        """Platform and order number: what order, payment and list share (a waybill has no platform)."""
        firm = f"{self.fields.get('ebcCode', '')}|" if self.kind.startswith("export-") else ""
        return f"{self.fields.get('ebpCode', '')}|{firm}{self.fields.get('orderNo', '')}"

    @property
    def waybill_key(self) -> str:
        return f"{self.fields.get('logisticsCode', '')}|{self.fields.get('logisticsNo', '')}"

    def amount(self, name: str) -> Decimal:
        return decimal(self.fields.get(name))


class Refused(Exception):
    """The message cannot be taken; `problems` says why, each with code, path and text."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def problem(code: str, path: str, text: str) -> dict[str, str]:
    return {"code": code, "path": path, "text": text}


def decimal(text: str | None) -> Decimal:
    """The amount; one that cannot be read is less than any, so that it agrees with none."""
    if not text:
        return Decimal(0)
    return Decimal(text) if DECIMAL.fullmatch(text) else UNREADABLE


def read(body: bytes) -> tuple[Kind, list[Document]]:
    """The documents of a message. Raises Refused with all problems."""
    root = _parse(body)
    message = str(etree.QName(root).localname)
    kind = KINDS.get(message)
    if kind is None or root.tag != NAMESPACE + message:
        raise Refused([problem("agency.unsupported", f"/{message}", "This message is not taken here.")])
    entities = root.findall(NAMESPACE + kind.entity)
    documents = [_document(kind, entity) for entity in entities]
    problems = [
        found
        for position, document in enumerate(documents, start=1)
        for found in _missing(kind, document, f"/{message}/{kind.entity}[{position}]/{kind.entity}Head")
    ]
    if not 1 <= len(documents) <= MOST:
        problems = [problem("agency.count", f"/{message}", f"A message holds 1 to {MOST} documents.")]
    if problems:
        raise Refused(problems)
    return kind, documents


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refused([problem("agency.malformed", "/", f"The XML cannot be read: {error.msg}")]) from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise Refused([problem("agency.doctype", "/", "A document type declaration is not accepted.")])
    return root


def _document(kind: Kind, entity: etree._Element) -> Document:
    head = entity.find(f"{NAMESPACE}{kind.entity}Head") if kind.nested else entity
    fields = _fields(head)
    if kind.name == "list" and not fields.get("copNo"):
        # The list may leave copNo out, but its reply must carry one: the order number's start stands in.
        fields["copNo"] = fields.get("orderNo", "")[:20]
    lines = [_fields(line) for line in entity.findall(f"{NAMESPACE}{kind.entity}List")]
    return Document(kind.name, fields, list(lines))


def _fields(element: etree._Element | None) -> dict[str, str]:
    if element is None:
        return {}
    return {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element.iterchildren("*")}


def _missing(kind: Kind, document: Document, path: str) -> list[dict[str, str]]:
    problems = []
    if len(document.fields.get("guid", "")) != GUID_LENGTH:
        problems.append(problem("agency.guid", f"{path}/guid", "The guid has 36 characters."))
    for name, longest in kind.required:
        value = document.fields.get(name, "")
        if not value or len(value) > longest or (name == "customsCode" and len(value) != longest):
            problems.append(
                problem("agency.field", f"{path}/{name}", f"{name} has 1 to {longest} characters.")
            )
    return problems
