"""An export list beside its order, waybill and the three notices of its way: the facts in their order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customs.comparison import Fact, charges, named, value_of
from customs.export.currencies import letters

COLUMNS = ("list", "order", "collection", "waybill", "arrival", "manifest", "departure")
NOTICES = ("arrival", "manifest", "departure")
LINE_FIELDS = ("qty", "unit", "price", "total_price", "currency")


def _of(columns: tuple[str, ...], name: str) -> dict[str, Any]:
    return dict.fromkeys(columns, value_of(name))


def _coded(table: str, name: str) -> Any:
    return lambda document: named(table, getattr(document, name)) if getattr(document, name) else ""


FACTS: tuple[Fact, ...] = (
    Fact(_("Order number"), _of(("list", "order", "collection"), "order_no")),
    Fact(_("E-commerce platform"), _of(("list", "order", "collection"), "ebp_name")),
    Fact(_("E-commerce firm"), _of(("list", "order", "collection", "waybill"), "ebc_code")),
    Fact(_("Producer or seller"), _of(("list",), "owner_name")),
    Fact(_("Declarant"), _of(("list", "manifest"), "agent_code")),
    Fact(_("Logistics firm"), _of(("list", "waybill", *NOTICES), "logistics_code")),
    Fact(_("Waybill number"), _of(("list", "waybill"), "logistics_no")),
    Fact(_("Master bill"), _of(("list", *NOTICES), "bill_no")),
    Fact(
        _("Goods value"),
        {"list": lambda document: document.lines_total, "order": value_of("goods_value")},
    ),
    Fact(_("Amount received"), _of(("collection",), "charge")),
    Fact(
        _("Currency"),
        {
            "list": lambda document: letters(document.lines_currency),
            **dict.fromkeys(("order", "collection"), lambda document: letters(document.currency)),
        },
    ),
    Fact(
        _("Freight and insurance"),
        {"list": charges, "order": value_of("freight"), "waybill": charges},
    ),
    Fact(_("Lines"), dict.fromkeys(("list", "order"), lambda document: document.line_count)),
    Fact(_("Gross weight, kg"), _of(("list", "waybill"), "gross_weight")),
    Fact(_("Packages"), _of(("list", "waybill"), "pack_no")),
    Fact(_("Way of declaring"), {"list": _coded("statistics_flag", "statistics_flag")}),
    Fact(_("Supervision mode"), {"list": _coded("trade_mode", "trade_mode")}),
    Fact(_("Mode of transport"), dict.fromkeys(("list", *NOTICES), _coded("traf_mode", "traf_mode"))),
    Fact(_("Vessel or flight"), _of(("manifest", "departure"), "traf_name")),
    Fact(_("Voyage"), _of(("manifest", "departure"), "voyage_no")),
    Fact(
        _("Office of declaration"),
        dict.fromkeys(("list", *NOTICES), _coded("customs_office", "customs_code")),
    ),
    Fact(_("Office of exit"), {"list": _coded("customs_office", "port_code")}),
    Fact(_("Supervised site"), _of(("arrival",), "loct_no")),
    Fact(_("Site operator"), _of(("arrival",), "operator_name")),
)
