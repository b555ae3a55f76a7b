"""What customs' papers say, taken from the frozen message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _

from accounts.personal import mask_name
from customs import ceb
from customs.models import DocumentState, Inventory
from reference.problems import Problem
from reference.selectors import code_name
from submissions import papers
from submissions.models import Paper, Submission
from submissions.papers import fact
from submissions.services import unseal_payload

# Message type: what its documents are called, and the columns that tell them apart (element, Chinese, English).
COLUMNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "CEB303": (("orderNo", "订单编号", "Order"), ("ebpName", "电商平台", "Platform")),
    "CEB403": (("orderNo", "订单编号", "Order"), ("payNo", "支付交易编号", "Transaction")),
    "CEB505": (("logisticsNo", "物流运单编号", "Waybill"), ("goodsInfo", "主要货物信息", "Goods")),
    "CEB603": (
        ("copNo", "企业内部编号", "Declarant's number"),
        ("orderNo", "订单编号", "Order"),
        ("logisticsNo", "物流运单编号", "Waybill"),
    ),
    "CEB507": (("copNo", "企业内部编号", "Own number"), ("operatorName", "监管场所经营人", "Site operator")),
    "CEB607": (("copNo", "企业内部编号", "Own number"), ("billNo", "提运单号", "Master bill")),
    "CEB509": (("copNo", "企业内部编号", "Own number"), ("billNo", "提运单号", "Master bill")),
    "CEB311": (("orderNo", "订单编号", "Order"), ("ebpName", "电商平台", "Platform")),
    "CEB411": (("payTransactionId", "支付交易编号", "Transaction"), ("orderNo", "订单编号", "Order")),
    "CEB511": (("logisticsNo", "物流运单编号", "Waybill"), ("orderNo", "订单编号", "Order")),
    "CEB621": (
        ("copNo", "企业内部编号", "Declarant's number"),
        ("orderNo", "订单编号", "Order"),
        ("logisticsNo", "物流运单编号", "Waybill"),
    ),
}
SERVICES = {
    "CEB303": ("出口电子订单申报", "Export orders"),
    "CEB403": ("出口收款单申报", "Collection records"),
    "CEB505": ("出口物流运单申报", "Export waybills"),
    "CEB603": ("出口清单申报", "Export declaration"),
    "CEB507": ("运抵单申报", "Arrival notices"),
    "CEB607": ("清单总分单申报", "Master waybill manifests"),
    "CEB509": ("离境单申报", "Departure notices"),
    "CEB311": ("电子订单申报", "Import orders"),
    "CEB411": ("支付单申报", "Import payments"),
    "CEB511": ("物流运单申报", "Import waybills"),
    "CEB621": ("进口清单申报", "Import declaration"),
}
PLACES = Decimal("0.01")


def _acknowledgement(submission: Submission, object_id: str) -> Mapping[str, Any]:
    message = ceb.read(unseal_payload(submission))
    columns = COLUMNS[message.type]
    zh, en = SERVICES[message.type]
    return {
        "service_zh": zh,
        "service_en": en,
        "facts": [
            fact("报文类型", "Message type", message.type),
            fact("报文编号", "Message guid", message.guid),
            fact("单证数量", "Documents", len(message.documents)),
        ],
        "columns": [{"zh": zh, "en": en} for _element, zh, en in columns],
        "documents": [
            [document.head.get(element, "") for element, _zh, _en in columns]
            for document in message.documents
        ],
    }


def _inventory(submission: Submission, object_id: str) -> Inventory:
    return Inventory.objects.get(pk=object_id, message_id=submission.pk)


def named(table: str, code: str) -> str:
    """The code with its name in both languages: a paper is for readers of either."""
    names = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            names.append(code_name(table, code))
    return " ".join([code, *dict.fromkeys(name for name in names if name)])


def _certificate(submission: Submission, object_id: str) -> Mapping[str, Any]:
    inventory = _inventory(submission, object_id)
    document = ceb.read(unseal_payload(submission)).documents[inventory.index - 1]
    head = document.head
    return {
        "invt_no": inventory.invt_no,
        "facts": [
            fact("清单编号", "List number", inventory.invt_no),
            fact("受理编号", "Reference number", submission.reference),
            fact("订单编号", "Order", head["orderNo"]),
            fact("物流运单编号", "Waybill", head["logisticsNo"]),
            fact("电商平台", "E-commerce platform", head["ebpName"]),
            fact("电商企业", "E-commerce firm", head["ebcName"]),
            fact("申报企业", "Declarant", head["agentName"]),
            fact("订购人", "Buyer", mask_name(head["buyerName"])),
            fact("监管方式", "Supervision mode", named("trade_mode", head["tradeMode"])),
            fact("申报地海关", "Office of declaration", named("customs_office", head["customsCode"])),
            fact("放行时间", "Released", moment(inventory.released_at)),
        ],
        "lines": [
            line | {"unit": named("unit", line["unit"]), "price": money(line["price"]),
                    "total_price": money(line["totalPrice"])}
            for line in document.lines
        ],
        "tax": {
            "dutiable_value": money(inventory.dutiable_value),
            "tariff": money(inventory.tariff),
            "consumption_tax": money(inventory.consumption_tax),
            "vat": money(inventory.vat),
            "total": money(inventory.tax_total),
        },
    }  # fmt: skip


def money(amount: str | Decimal | None) -> str:
    """Two decimals with separators."""
    return "–" if amount is None else f"{Decimal(amount).quantize(PLACES):,}"


def moment(at: datetime | None) -> str:
    """A moment in Beijing time."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S} (UTC+8)" if at else "–"


def _certificate_facts(submission: Submission, object_id: str) -> dict[str, str]:
    inventory = _inventory(submission, object_id)
    return {
        "list_number": inventory.invt_no,
        "declarant": inventory.agent_name,
        "released": inventory.released_at.isoformat(timespec="seconds") if inventory.released_at else "",
        "tax_total": str(inventory.tax_total),
    }


def _not_released(submission: Submission, object_id: str) -> list[Problem]:
    inventory = _inventory(submission, object_id)
    if inventory.released_at and inventory.state in (DocumentState.RELEASED, DocumentState.CLOSED):
        return []
    return [Problem("paper.not_released", "/", _("Customs has not released this inventory list."))]


def register() -> None:
    """Called once by `registration.py`."""
    papers.register(
        Paper.Kind.ACKNOWLEDGEMENT,
        "",
        papers.acknowledgement(_acknowledgement),
    )
    papers.register(
        Paper.Kind.CERTIFICATE,
        "inventory",
        papers.Definition("papers/release_certificate.html", _certificate, _certificate_facts, _not_released),
    )
    from customs.export import papers as export

    export.register()
