"""Customs and a B2B customs declaration (H2018): accepted, released, closed; or sent back with everything wrong.

`note` of the form may hold `at=20260918` (day of release and of export) and `number=` (18 digits).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from agencies import offices
from agencies.documents import problem
from agencies.offices import Case, Decision
from agencies.replies import BEIJING
from agencies.scenarios import Row
from agencies.store import Store

AGENCY, KIND, TYPE = "customs", "b2b-declaration", "h2018"
DAY, NUMBER = re.compile(r"\bat=(\d{4})(\d{2})(\d{2})\b"), re.compile(r"\bnumber=(\d{18})\b")
HS_DIGITS = 10
SCENARIOS = (
    Row(
        "send-back", "case", "Customs (H2018): sent back once with one problem; goes on when it was answered."
    ),
    Row("hold", "case", "Customs (H2018): accepted and not released."),
    Row("stay", "case", "Customs (H2018): released and never closed: the goods have not left."),
    Row("overtake", "case", "Customs (H2018): the closing comes before the release."),
)
WORDS = {
    "accepted": ("The declaration is accepted.", "报关单已审结。"),
    "released": ("The goods are released.", "货物已放行。"),
    "closed": ("The goods have left; the declaration is closed.", "货物已出境，报关单已结关。"),
    "sent_back": ("Sent back to be corrected.", "退单，请修改后重新申报。"),
    "refused": ("Refused, as the scenario asks.", "不予受理（演示情形）。"),
}


def register() -> None:
    """Called once by the application."""
    offices.register(AGENCY, KIND, decide)


def decide(case: Case, store: Store) -> list[Decision]:
    """By the content of what was declared, corrections included, and by the scenario."""
    form = dict(case.share.get("form", {})) | dict((case.answer or {}).get("form", {}))
    record = (case.answer or {}).get("record") or case.share.get("record", {})
    found = wrong(form, record)
    if not found and case.scenario == "send-back" and case.answer is None:
        found = [
            problem("h2018.scenario", "/logistics_no", "请核对运输单证号。 Check the transport document.")
        ]
    if found:
        return [_said(case, "sent_back", 1, problems=found)]
    number, day = _number(form, store), _day(form)
    steps = {"accepted": 1.0, "released": 2.0, "closed": 3.0}
    if case.scenario == "overtake":
        steps = {"accepted": 1.0, "closed": 2.0, "released": 3.0}
    if case.scenario in ("refuse", "silence"):
        return [_said(case, "refused", 1)] if case.scenario == "refuse" else []
    until = {"hold": 1, "stay": 2}.get(case.scenario, len(steps))
    sends = 2 if case.scenario == "twice" else 1
    return [
        _said(case, status, after, number=number, on=day, sends=sends)
        for status, after in list(steps.items())[:until]
    ]


def wrong(form: Mapping[str, Any], record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Everything customs finds in the declaration."""
    needed = {"9710": "order_no", "9810": "booking_no"}.get(str(form.get("trade_mode")), "trade_mode")
    found = []
    if not form.get(needed):
        found.append(problem("h2018.number", f"/{needed}", "缺少订单号或订仓单号。 The number is missing."))
    lines = list(record.get("lines", []))
    if not lines or any(len(str(line.get("hs", ""))) != HS_DIGITS for line in lines):
        found.append(problem("h2018.hs", "/goods", "商品编码应为10位。 HS codes have ten digits."))
    if sum((_decimal(line.get("amount")) for line in lines), Decimal(0)) != _decimal(record.get("amount")):
        found.append(problem("h2018.sum", "/goods", "金额合计不符。 The lines do not sum up."))
    return found


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(-1)


def _said(
    case: Case, status: str, after: float, *, problems: Any = (), sends: int = 1, **more: str
) -> Decision:
    en, zh = WORDS[status]
    extra = {"type": TYPE, "status": status, **{key: value for key, value in more.items() if key == "on"}}
    return Decision(
        status,
        en,
        zh,
        after=after,
        problems=list(problems),
        number=more.get("number", ""),
        sends=sends,
        extra=extra,
    )


def _number(form: Mapping[str, Any], store: Store) -> str:
    """Office, year, 0 for export, nine digits."""
    given = NUMBER.search(str(form.get("note", "")))
    if given:
        return given[1]
    office, year = str(form.get("customs_office", "0000")), f"{datetime.now(BEIJING):%Y}"
    return f"{office:0>4}{year}0{store.next_number(f'h2018 {office} {year}'):09}"


def _day(form: Mapping[str, Any]) -> str:
    given = DAY.search(str(form.get("note", "")))
    return "-".join(given.groups()) if given else f"{datetime.now(BEIJING):%Y-%m-%d}"
