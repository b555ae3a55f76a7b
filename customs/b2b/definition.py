"""The form: an export to a business (9710) or to an overseas warehouse (9810), declared in H2018.

Sources: GACC 2020-75 and 2021-47 (modes, documents), 2024-167 (no warehouse filing from 2024-12-15), rules R2.06.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Company
from customs.b2b import judging, records
from customs.b2b.judging import CODE
from customs.b2b.papers import certificate_facts
from customs.b2b.preview import preview
from submissions.definitions.definition import AgencyPart, Certificate, PaperSlot, Section, ServiceDefinition
from submissions.definitions.fields import Field, Shape

AGENCY = "customs"
OWN = (AGENCY,)
MODE_CHOICES = (
    ("9710", _("9710 to a business, direct")),
    ("9810", _("9810 to an overseas warehouse")),
)
NUMBER = r"[\x21-\x7e]+"
NUMBER_HELP = gettext_noop("Letters, digits and signs without spaces.")


def _number(code: str, label: Any, help_: Any = "") -> Field:
    return Field(
        code,
        label,
        most=60,
        required=False,
        pattern=NUMBER,
        pattern_help=NUMBER_HELP,
        help=help_,
        visible_to=OWN,
    )


def _office(code: str, label: Any) -> Field:
    help_ = gettext_noop("Four digits, as 0213.")
    return Field(code, label, most=4, pattern=r"[0-9]{4}", pattern_help=help_, visible_to=OWN)


SECTIONS = (
    Section(
        "mode",
        _("What is declared"),
        (
            Field("trade_mode", _("Supervision mode"), Shape.CHOICE, choices=MODE_CHOICES, visible_to=OWN),
            Field(
                "declarant", _("Declarant"), Shape.USCC, visible_to=OWN,
                prefill=lambda company: company.uscc,
                help=_("The exporter itself, or a customs broker that has its mandate for this service."),
            ),
            Field("licence", _("An export licence is needed"), Shape.YES_NO, visible_to=OWN),
            Field("inspection", _("Inspection or quarantine is needed"), Shape.YES_NO, visible_to=OWN),
            Field(
                "refund", _("Export duty is due, or the tax refund is claimed"), Shape.YES_NO, visible_to=OWN,
                help=_("A consignment without licence, inspection and tax may go by export list up to a limit."),
            ),
        ),
    ),
    Section(
        "sale",
        _("Order, for 9710"),
        (
            Field("platform", _("Platform on which the order was made"), most=120, required=False, visible_to=OWN),
            _number("order_no", _("Order number")),
            Field(
                "buyer", _("The buyer is"), Shape.CHOICE, required=False, visible_to=OWN,
                choices=(("firm", _("a firm")), ("person", _("a person"))),
            ),
            Field("buyer_name", _("Name of the buying firm"), most=120, required=False, visible_to=OWN),
        ),
        _("Fill this in for a sale to a firm abroad; leave it empty for 9810."),
    ),
    Section(
        "booking",
        _("Warehouse, for 9810"),
        (
            _number("booking_no", _("Number of the warehouse booking order (W)")),
            Field("warehouse", _("Overseas warehouse"), most=120, required=False, visible_to=OWN),
            Field(
                "warehouse_no", _("Number of its voluntary filing"), most=20, required=False, visible_to=OWN,
                help=_("Since 2024-12-15 no filing is needed; give the number where there is one."),
            ),
        ),
        _("Fill this in for goods that go to an overseas warehouse; leave it empty for 9710."),
    ),
    Section(
        "documents",
        _("Transport and payment"),
        (
            _number("logistics_no", _("Number of the waybill or bill of lading")),
            _number(
                "logistics_refers", _("Order or booking that it names"),
                _("As it stands on the transport document."),
            ),
            _number("payment_no", _("Number of the payment or settlement record")),
            _number("payment_refers", _("Order or booking that the payment names")),
        ),
    ),
    Section(
        "transport",
        _("On its way"),
        (
            _office("customs_office", _("Office of declaration")),
            _office("exit_office", _("Office of exit")),
            Field(
                "traf_mode", _("Means of transport"), Shape.CHOICE, visible_to=OWN,
                choices=(("2", _("sea")), ("3", _("rail")), ("4", _("road")), ("5", _("air"))),
            ),
            Field("country", _("Country of destination"), Shape.COUNTRY, visible_to=OWN),
            Field(
                "terms", _("Terms of delivery"), Shape.CHOICE, visible_to=OWN,
                choices=(("FOB", "FOB"), ("CIF", "CIF"), ("CFR", "CFR"), ("EXW", "EXW")),
            ),
        ),
    ),
    Section(
        "goods",
        _("Goods"),
        (
            Field("currency", _("Currency"), Shape.CURRENCY, visible_to=OWN),
            Field(
                "goods", _("Goods"), Shape.ROWS, visible_to=OWN,
                help=_("Item numbers of the exporter's goods filing; name and HS code come from there."),
                columns=(
                    Field("item_no", _("Item number"), most=20),
                    Field("quantity", _("Quantity"), Shape.DECIMAL, places=5, least_value=Decimal("0.00001"),
                          most_value=10**9),
                    Field("unit_price", _("Unit price"), Shape.DECIMAL, places=5, least_value=0,
                          most_value=10**9),
                ),
            ),
            Field("note", _("Note to customs"), Shape.LONG_TEXT, most=500, required=False, visible_to=OWN),
        ),
    ),
)  # fmt: skip


def _bound(definition: ServiceDefinition, company: Company) -> ServiceDefinition:
    """The rules look into the exporter's records: its goods, its mandates, its filed warehouses."""
    return replace(definition, check=partial(judging.judge, company))


def _title(values: Mapping[str, Any]) -> str:
    number = values.get("booking_no") or values.get("order_no") or ""
    return f"{values.get('trade_mode', '')} {number}".strip()


DEFINITION = ServiceDefinition(
    code=CODE,
    name=_("B2B export declaration (9710, 9810)"),
    sentence=_("Declare exports to businesses and to overseas warehouses; the rules say whether the mode fits."),
    group=_("Customs clearance, export"),
    basis=(
        _("GACC announcement 2020-75: supervision of cross-border B2B export"),
        _("GACC announcement 2021-47: 9710 and 9810 at all customs"),
        _("GACC announcement 2024-167: from 2024-12-15 declaring under 9810 needs no warehouse filing"),
    ),
    who=_("Exporters registered with customs, or a customs broker by mandate"),
    sections=SECTIONS,
    papers=(
        PaperSlot("order", _("Order, contract or warehouse booking order"), required=False, most_files=3,
                  visible_to=OWN),
    ),
    agencies=(AgencyPart(AGENCY, _("checks the declaration and releases the goods"), 1),),
    fee=_("Free of charge"),
    notes=(
        _("No authority has published criteria for cross-border B2B: what is contested is marked so."),
        _("9810 needs no warehouse filing since 2024-12-15; the booking order (W) is still sent."),
        _("Export lists of 9710 and 9810 (CEB603) are handed in as messages."),
    ),
    certificate=Certificate("跨境电商B2B出口放行通知", "Release of a cross-border B2B export", certificate_facts),
    bind=_bound,
    record=records.on_record,
    follow=records.handed_in,
    answered=records.answered,
    preview=preview,
    title=_title,
)  # fmt: skip
