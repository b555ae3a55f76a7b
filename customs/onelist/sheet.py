"""Which elements of a list are asked, in which order; everything else about them is the wire format's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customs.ceb import message_spec
from customs.ceb.spec import Field
from submissions.registry import Text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form."""

    code: str
    title: Text
    names: tuple[str, ...]
    intro: Text = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one list. `fixed`: elements that are never asked. `offered`: codes of a table that fit here.

    `may_be_empty`: mandatory on the wire, worked out here when left empty.
    """

    kind: str
    type: str
    name: Text
    sections: tuple[Section, ...]
    line: tuple[str, ...]
    fixed: Mapping[str, str]
    line_fixed: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[tuple[str, Text], ...]] = field(default_factory=dict)
    help: Mapping[str, Text] = field(default_factory=dict)
    may_be_empty: frozenset[str] = frozenset()

    @property
    def head(self) -> tuple[str, ...]:
        """Every element asked of the head."""
        return tuple(name for section in self.sections for name in section.names)

    @property
    def most_lines(self) -> int:
        """As many goods lines as the format takes in one list, and a page carries."""
        return min(message_spec(self.type).lines_max or MOST_LINES, MOST_LINES)

    def field(self, name: str, *, line: bool = False) -> Field:
        """An element by its name on the wire."""
        spec = message_spec(self.type)
        block = spec.lines if line and spec.lines else spec.head
        return block.by_name[name]

    def is_asked(self, name: str, *, line: bool = False) -> bool:
        """Whether the form has a field of that name."""
        return name in (self.line if line else self.head)


MOST_LINES = 50
# What the wire asks of every document that is declared (appStatus 2) for the first time.
_DECLARED = {"appStatus": "2"}
_TOTAL = _("Left empty: price times quantity.")
_STATUTORY = _("Left empty: quantity times the factor of the filed good.")
_COP = _("Your own number of this list; no two lists have the same.")


def label(field: Field) -> str:
    """What an element is called, in the active language: the specification's own word."""
    return field.en[:1].upper() + field.en[1:] if get_language() == "en" else field.zh


IMPORT = Sheet(
    kind="import-declaration",
    type="CEB621",
    name=_("Import inventory list"),
    sections=(
        Section(
            "order", _("Order and firms"), ("orderNo", "ebpCode", "ebpName", "ebcCode", "ebcName", "assureCode")
        ),
        Section(
            "buyer", _("Buyer"), ("buyerName", "buyerIdNumber", "buyerTelephone", "consigneeAddress"),
            _("The person who ordered and the address delivered to, exactly as in the order."),
        ),
        Section(
            "declaration", _("Declaration"),
            ("copNo", "tradeMode", "customsCode", "portCode", "declTime", "ieDate", "emsNo", "areaCode", "areaName",
             "loctNo", "licenseNo"),
            _(
                "Bonded import (1210) needs account book and in-area firm; "
                "direct purchase (9610) means of transport, voyage and bill."
            ),
        ),
        Section(
            "transport", _("Transport"),
            ("logisticsCode", "logisticsName", "logisticsNo", "trafMode", "trafNo", "voyageNo", "billNo", "country",
             "wrapType", "packNo", "grossWeight", "netWeight"),
        ),
        Section("money", _("Charges and note"), ("freight", "insuredFee", "note")),
    ),
    line=("itemNo", "itemName", "gcode", "gname", "gmodel", "barCode", "country", "itemRecordNo", "qty", "unit",
          "price", "totalPrice", "qty1", "unit1", "qty2", "unit2"),
    fixed=MappingProxyType(_DECLARED | {"ieFlag": "I", "buyerIdType": "1", "currency": "142"}),
    line_fixed=MappingProxyType({"currency": "142"}),
    offered=MappingProxyType({"tradeMode": ("9610", "1210")}),
    help=MappingProxyType(
        {
            "copNo": _COP, "totalPrice": _TOTAL, "qty1": _STATUTORY, "qty2": _STATUTORY,
            "assureCode": _("Who guarantees the tax: platform, e-commerce firm or logistics firm."),
            "freight": _("CNY. Freight and insurance together are what the order calls freight."),
            "insuredFee": _("CNY"), "price": _("CNY"),
            "barCode": _("Goods without one say “无” here."),
        }
    ),
    may_be_empty=frozenset({"totalPrice", "qty1"}),
)  # fmt: skip

EXPORT = Sheet(
    kind="export-declaration",
    type="CEB603",
    name=_("Export inventory list"),
    sections=(
        Section(
            "order", _("Order and firms"),
            ("orderNo", "ebpCode", "ebpName", "ebcCode", "ebcName", "ownerCode", "ownerName"),
            _("An overseas marketplace without a code of its own is declared as “无”."),
        ),
        Section(
            "declaration", _("Declaration"),
            ("copNo", "statisticsFlag", "tradeMode", "customsCode", "portCode", "ieDate", "iacCode", "iacName", "emsNo",
             "loctNo", "licenseNo"),
        ),
        Section(
            "transport", _("Transport"),
            ("logisticsCode", "logisticsName", "logisticsNo", "trafMode", "trafName", "voyageNo", "billNo", "country",
             "POD", "wrapType", "packNo", "grossWeight", "netWeight"),
        ),
        Section(
            "money", _("Charges and note"), ("freight", "fCurrency", "insuredFee", "iCurrency", "note"),
        ),
    ),
    line=("itemNo", "itemName", "gcode", "gname", "gmodel", "barCode", "country", "itemRecordNo", "currency", "qty",
          "unit", "price", "totalPrice", "qty1", "unit1", "qty2", "unit2"),
    fixed=MappingProxyType(_DECLARED | {"ieFlag": "E", "fFlag": "3", "iFlag": "3"}),
    offered=MappingProxyType({"tradeMode": ("9610", "1210", "1239")}),
    choices=MappingProxyType(
        {
            "statisticsFlag": (
                ("A", _("A – simplified: four digits of the code, exempt or without refund")),
                ("B", _("B – gathered into a monthly customs declaration, for refund")),
            )
        }
    ),
    help=MappingProxyType(
        {
            "copNo": _COP, "totalPrice": _TOTAL, "qty1": _STATUTORY, "qty2": _STATUTORY,
            "gcode": _("With flag A the first four digits are declared, filled up with zeros."),
            "country": _("Country of destination; left empty in a line: that of the list."),
            "barCode": _("Goods without one say “无” here."),
        }
    ),
    may_be_empty=frozenset({"totalPrice", "qty1"}),
)  # fmt: skip

SHEETS: Mapping[str, Sheet] = MappingProxyType({sheet.kind: sheet for sheet in (IMPORT, EXPORT)})
