"""The two papers of an export list: released (800) and closed (899, with its export date)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from customs import ceb
from customs.export.currencies import letters
from customs.export.selectors import declared_hs
from customs.export.tracking import NoticeRow, track
from customs.gateway.messages import moment_of
from customs.models import DocumentState, ExportList
from customs.papers import moment, money, named
from reference.problems import Problem
from submissions import papers
from submissions.models import Paper, Submission
from submissions.papers import fact
from submissions.services import unseal_payload

RELEASE, CLOSING = "export_list", "export_list_closed"  # `Paper.object_type`
_OUT = (DocumentState.RELEASED, DocumentState.CLOSED)


def register() -> None:
    """Called once by `customs.papers`."""
    for object_type, content, facts, problems in (
        (RELEASE, _release, _release_facts, _not_released),
        (CLOSING, _closing, _closing_facts, _not_closed),
    ):
        definition = papers.Definition("papers/export_certificate.html", content, facts, problems)
        papers.register(Paper.Kind.CERTIFICATE, object_type, definition)


def _list(submission: Submission, object_id: str) -> ExportList:
    return ExportList.objects.select_related("message").get(pk=object_id, message_id=submission.pk)


def _not_released(submission: Submission, object_id: str) -> list[Problem]:
    one = _list(submission, object_id)
    if one.released_at and one.state in _OUT:
        return []
    return [Problem("paper.not_released", "/", _("Customs has not released this export list."))]


def _not_closed(submission: Submission, object_id: str) -> list[Problem]:
    one = _list(submission, object_id)
    if one.closed_at and one.state == DocumentState.CLOSED:
        return []
    return [Problem("paper.not_closed", "/", _("Customs has not closed this export list (899)."))]


def _release(submission: Submission, object_id: str) -> Mapping[str, Any]:
    one = _list(submission, object_id)
    return _content(submission, one) | {
        "title_zh": "跨境电商零售出口清单放行证明",
        "title_en": "Release certificate of a cross-border retail export list",
        "remark_zh": "本证明仅证明海关已放行。统计、免税和收汇以结关（899）为准，结关后另行出具结关证明。",
        "remark_en": "This paper says that customs has released the goods. Statistics, exemption and exchange count"
        " from closing (899), for which there is a paper of its own.",
    }


def _closing(submission: Submission, object_id: str) -> Mapping[str, Any]:
    one = _list(submission, object_id)
    content = _content(submission, one)
    notices = track([one])[one.pk].notices
    content["facts"] += [
        *_way(notices),
        fact("结关（出口日期）", "Closed (export date)", moment(one.closed_at)),
    ]
    return content | {
        "title_zh": "跨境电商零售出口清单结关证明",
        "title_en": "Closing certificate of a cross-border retail export list",
        "remark_zh": "结关（899）表示货物已离境，本清单按结关所属月份计入统计、免税和收汇。",
        "remark_en": "Closed (899): the goods have left the country. The list counts in the month of its closing.",
    }


def _way(notices: Mapping[str, NoticeRow]) -> list[dict[str, str]]:
    """Master bill, means of transport and time of leaving, as far as the notices are here."""
    manifest, departure = notices.get("manifest"), notices.get("departure")
    named_by = manifest or departure
    found = []
    if named_by is not None:
        found.append(fact("提运单号", "Master bill", named_by.bill_no or "–"))
    if manifest is not None:
        vessel = f"{getattr(manifest, 'traf_name', '')} {getattr(manifest, 'voyage_no', '')}".strip()
        found.append(fact("运输工具及航次", "Vessel, voyage", vessel))
    if departure is not None:
        found.append(
            fact("离境时间", "Left the country", moment(moment_of(getattr(departure, "leave_time", ""))))
        )
    return found


def _content(submission: Submission, one: ExportList) -> dict[str, Any]:
    document = ceb.read(unseal_payload(submission)).documents[one.index - 1]
    head = document.head
    return {
        "invt_no": one.invt_no,
        "facts": [
            fact("清单编号", "List number", one.invt_no),
            fact("受理编号", "Reference number", submission.reference),
            fact("订单编号", "Order", head["orderNo"]),
            fact("物流运单编号", "Waybill", head["logisticsNo"]),
            fact("电商平台", "E-commerce platform", head["ebpName"]),
            fact("电商企业", "E-commerce firm", head["ebcName"]),
            fact("生产销售单位", "Producer or seller", head["ownerName"]),
            fact("申报企业", "Declarant", head["agentName"]),
            fact("监管方式", "Supervision mode", named("trade_mode", head["tradeMode"])),
            fact("申报方式", "Way of declaring", named("statistics_flag", head["statisticsFlag"])),
            fact("申报地海关", "Office of declaration", named("customs_office", head["customsCode"])),
            fact("出境关别", "Office of exit", named("customs_office", head["portCode"])),
            fact("运抵国", "Country of arrival", named("country", head["country"])),
            fact("申报出口日期", "Export date declared", _day(one.ie_date)),
            fact("放行时间", "Released", moment(one.released_at)),
        ],
        "lines": [_line(line, one.statistics_flag) for line in document.lines],
        "total": _value(document),
    }


def _line(line: Mapping[str, str], flag: str) -> dict[str, str]:
    return {
        **line,
        "gcode": declared_hs(line["gcode"], flag),
        "unit": named("unit", line["unit"]),
        "price": money(line["price"]),
        "total_price": money(line["totalPrice"]),
        "currency": letters(line["currency"]),
    }


def _value(document: ceb.Document) -> str:
    """Goods by currency; a list of one currency has one sum."""
    sums: dict[str, Decimal] = {}
    for line in document.lines:
        code = letters(line["currency"])
        sums[code] = sums.get(code, Decimal(0)) + Decimal(line["totalPrice"])
    return ", ".join(f"{money(amount)} {code}" for code, amount in sums.items())


def _day(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


def _release_facts(submission: Submission, object_id: str) -> dict[str, str]:
    one = _list(submission, object_id)
    document = ceb.read(unseal_payload(submission)).documents[one.index - 1]
    return {
        "list_number": one.invt_no,
        "declarant": one.agent_name,
        "export_date": _day(one.ie_date),
        "goods_value": _value(document),
        "released": one.released_at.isoformat(timespec="seconds") if one.released_at else "",
    }


def _closing_facts(submission: Submission, object_id: str) -> dict[str, str]:
    one = _list(submission, object_id)
    departure = track([one])[one.pk].notices.get("departure")
    left = moment_of(getattr(departure, "leave_time", ""))
    return _release_facts(submission, object_id) | {
        "left": left.isoformat(timespec="seconds") if left else "",
        "closed": one.closed_at.isoformat(timespec="seconds") if one.closed_at else "",
    }
