"""Documents side by side: rows and lines with the differences marked, personal data masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.personal import mask_name, mask_number, mask_phone, unseal_fields
from customs.ceb.mask import mask_address
from customs.findings import shown
from customs.models.documents import ListedLine, OrderedLine
from customs.numbers import Document
from reference.selectors import code_name

if TYPE_CHECKING:
    from submissions.registry import Text

Lines = Sequence[ListedLine] | Sequence[OrderedLine]
COLUMNS = ("inventory", "order", "payment", "waybill")


@dataclass(frozen=True, slots=True)
class Cell:
    """One document's value. `text` is None where the document has no such field or is not here."""

    column: str
    text: str | None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One fact in each of the documents; `differs` when two that state it disagree."""

    label: str
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class LinePair:
    """One line in list and order; `differs` names the fields that disagree."""

    gnum: int
    listed: ListedLine | None
    ordered: OrderedLine | None
    differs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """How a row is read from each document; `mask` is put on only after the comparison."""

    label: Text
    read: Mapping[str, Callable[[Any], object]]
    mask: Callable[[str], str] | None = None


def value_of(name: str) -> Callable[[Any], object]:
    """A column, read as it is."""
    return lambda document: getattr(document, name)


def charges(document: Any) -> object:
    """Freight and insurance together."""
    if document.freight is None and document.insured_fee is None:
        return None
    return (document.freight or Decimal(0)) + (document.insured_fee or Decimal(0))


def _person(element: str) -> Callable[[Any], object]:
    return lambda document: document.clear.get(element)


def named(table: str, code: str) -> str:
    """A code with its name."""
    return f"{code} {code_name(table, code)}".strip()


# In the order in which officers read them.
FACTS: tuple[Fact, ...] = (
    Fact(_("Order number"), dict.fromkeys(COLUMNS, value_of("order_no"))),
    Fact(_("E-commerce platform"), dict.fromkeys(("inventory", "order", "payment"), value_of("ebp_code"))),
    Fact(_("E-commerce firm"), dict.fromkeys(("inventory", "order"), value_of("ebc_code"))),
    Fact(_("Payment firm"), dict.fromkeys(("order", "payment"), value_of("pay_code"))),
    Fact(_("Transaction"), dict.fromkeys(("order", "payment"), value_of("pay_transaction_id"))),
    Fact(_("Logistics firm"), dict.fromkeys(("inventory", "waybill"), value_of("logistics_code"))),
    Fact(_("Waybill number"), dict.fromkeys(("inventory", "waybill"), value_of("logistics_no"))),
    Fact(
        _("Buyer; payer"),
        {
            "inventory": _person("buyerName"),
            "order": _person("buyerName"),
            "payment": _person("payerName"),
        },
        mask_name,
    ),
    Fact(
        _("Identity number"),
        {
            "inventory": _person("buyerIdNumber"),
            "order": _person("buyerIdNumber"),
            "payment": _person("payerIdNumber"),
        },
        mask_number,
    ),
    Fact(_("Consignee"), dict.fromkeys(("order", "waybill"), _person("consignee")), mask_name),
    Fact(
        _("Consignee's telephone"),
        dict.fromkeys(("order", "waybill"), _person("consigneeTelephone")),
        mask_phone,
    ),
    Fact(
        _("Consignee's address"),
        dict.fromkeys(("inventory", "order", "waybill"), _person("consigneeAddress")),
        mask_address,
    ),
    Fact(
        _("Goods value"),
        {"inventory": lambda document: document.lines_total, "order": value_of("goods_value")},
    ),
    Fact(
        _("Freight and insurance"),
        {"inventory": charges, "order": value_of("freight"), "waybill": charges},
    ),
    Fact(_("Non-cash deduction"), {"order": value_of("discount")}),
    Fact(_("Tax"), {"inventory": value_of("tax_total"), "order": value_of("tax_total")}),
    Fact(_("Amount paid"), {"order": value_of("actural_paid"), "payment": value_of("amount_paid")}),
    Fact(_("Lines"), dict.fromkeys(("inventory", "order"), lambda document: document.line_count)),
    Fact(_("Gross weight, kg"), {"inventory": value_of("gross_weight"), "waybill": value_of("weight")}),
    Fact(_("Packages"), dict.fromkeys(("inventory", "waybill"), value_of("pack_no"))),
    Fact(_("Supervision mode"), {"inventory": lambda document: named("trade_mode", document.trade_mode)}),
    Fact(
        _("Office of declaration"),
        {"inventory": lambda document: named("customs_office", document.customs_code)},
    ),
)


class _View:
    """A document with what is not in its columns: clear personal values, sums over its lines."""

    def __init__(self, document: Document, lines: Lines = ()) -> None:
        self._document = document
        self.clear: dict[str, str] = {}
        if document.personal is not None:
            self.clear = unseal_fields(document.personal, context=str(document.pk))
        self.lines_total = sum((line.total_price for line in lines), Decimal(0))
        self.line_count = len(lines)

    def __getattr__(self, name: str) -> object:
        return getattr(self._document, name)


def compare_rows(
    documents: Mapping[str, Document],
    lines: Mapping[str, Lines],
    columns: Sequence[str] = COLUMNS,
    facts: Sequence[Fact] = FACTS,
) -> tuple[CompareRow, ...]:
    """Facts in the order in which officers read them; only `columns` are shown and compared."""
    views = {name: _View(documents[name], lines.get(name, ())) for name in columns if name in documents}
    rows = (_row(fact, views, columns) for fact in facts if any(name in fact.read for name in columns))
    return tuple(row for row in rows if any(cell.text for cell in row.cells))


def _row(fact: Fact, views: Mapping[str, _View], columns: Sequence[str]) -> CompareRow:
    found = {name: fact.read[name](view) for name, view in views.items() if name in fact.read}
    stated = {name: value for name, value in found.items() if value not in (None, "")}
    # The list is what is declared, the order what was bought: the others are held against the first that
    # speaks.
    norm = next(iter(stated.values()), None)
    differs = {name for name, value in stated.items() if value != norm}
    cells = tuple(
        Cell(name, _text(stated[name], fact) if name in stated else None, name in differs) for name in columns
    )
    return CompareRow(str(fact.label), cells, bool(differs))


def _text(value: object, fact: Fact) -> str:
    text = shown(value)
    return fact.mask(text) if fact.mask else text


LINE_FIELDS = ("qty", "unit", "price", "total_price", "country")


def pair_lines(
    listed: Sequence[ListedLine], ordered: Sequence[OrderedLine], fields: Sequence[str] = LINE_FIELDS
) -> tuple[LinePair, ...]:
    """Lines of list and order by their number; `fields` both have are compared."""
    mine, theirs = {line.gnum: line for line in listed}, {line.gnum: line for line in ordered}
    return tuple(
        _pair(gnum, mine.get(gnum), theirs.get(gnum), fields) for gnum in sorted(mine.keys() | theirs.keys())
    )


def _pair(gnum: int, mine: ListedLine | None, theirs: OrderedLine | None, fields: Sequence[str]) -> LinePair:
    differs: frozenset[str] = frozenset()
    if mine is not None and theirs is not None:
        differs = frozenset(name for name in fields if getattr(mine, name) != getattr(theirs, name))
        if mine.gname != theirs.item_name:
            differs |= {"name"}
    return LinePair(gnum, mine, theirs, differs)
