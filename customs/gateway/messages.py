"""What travels between the portal and the E-port besides the enterprises' own bytes. Pure.

Out: our opinion on a list message, JSON. In: customs' replies (CEB312, 412, 512, 622; 304, 404, 506, 604, 508, 608
and 510 of export), read with every tolerance that real replies need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

import msgspec

from customs import ceb

BEIJING = timezone(timedelta(hours=8))
SECOND_DIGITS = 14  # YYYYMMDDhhmmss
# The reply, whose documents it speaks of, and the elements that name the document by its business number.
REPLIES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "CEB312": ("order", ("ebpCode",), "orderNo"),
    "CEB412": ("payment", ("payCode",), "payTransactionId"),
    "CEB512": ("waybill", ("logisticsCode",), "logisticsNo"),
    "CEB622": ("inventory", ("agentCode",), "copNo"),
    "CEB304": ("export_order", ("ebpCode", "ebcCode"), "orderNo"),
    "CEB404": ("collection", ("ebcCode",), "orderNo"),
    "CEB506": ("export_waybill", ("logisticsCode",), "logisticsNo"),
    "CEB604": ("export_list", ("agentCode",), "copNo"),
    "CEB508": ("arrival", ("logisticsCode",), "copNo"),
    "CEB608": ("manifest", ("agentCode",), "copNo"),
    "CEB510": ("departure", ("logisticsCode",), "copNo"),
}
_CODE = re.compile(r"\[\s*Code\s*[:：]\s*([^;；\]]{1,20})", re.IGNORECASE)


class NotForUs(ValueError):
    """A reply of the edition that nothing here waits for."""


@dataclass(slots=True)
class Said:
    """One reply for one document.

    `number` within `scope` is the business number by which the document is found: only the E-port repeats the
    document's guid, so `guid` merely helps where a number is not enough. `return_time`: 17 digits, Beijing
    time; `index` from 1.
    """

    kind: str
    index: int
    scope: str
    number: str
    status: str
    return_time: str
    info: str = ""
    code: str = ""
    pre_no: str = ""
    invt_no: str = ""
    guid: str = ""


def reason_codes(info: str) -> tuple[str, ...]:
    """Customs' codes in a reply's text, `[Code:1332;Desc:…]`, in order, each once; there may be several."""
    return tuple(dict.fromkeys(found.strip() for found in _CODE.findall(info))) if "[" in info else ()


def beijing_time(moment: datetime) -> str:
    """17 digits as replies write them."""
    local = moment.astimezone(BEIJING)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"


def moment_of(digits: str) -> datetime | None:
    """The moment of 14 to 17 digits of Beijing time; None when they are no real time."""
    try:
        start = _second(digits[:14])
        return start + timedelta(milliseconds=int(digits[14:17].ljust(3, "0")))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _second(digits: str) -> datetime:
    """Documents of one message are answered within few seconds: each is read once."""
    if len(digits) != SECOND_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(digits)
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, SECOND_DIGITS, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=BEIJING)


def _return_time(text: str, received: datetime) -> str:
    """Customs' time; one that cannot be read is taken as the moment of receipt: the reply still counts."""
    digits = text.strip()[:17]
    if digits.isascii() and digits.isdigit() and moment_of(digits):
        return digits.ljust(17, "0")
    return beijing_time(received)


def read_replies(data: bytes, received: datetime) -> list[Said]:
    """Every document's reply. Refused when it is no reply of the edition, NotForUs when of another kind."""
    message = ceb.read_reply(data)
    if message.type not in REPLIES:
        raise NotForUs(f"{message.type} is not handled here")
    kind, scope, number = REPLIES[message.type]
    return [_said(kind, scope, number, document, received) for document in message.documents]


def _said(kind: str, scope: tuple[str, ...], number: str, document: ceb.Document, received: datetime) -> Said:
    head = document.head
    status, info = head.get("returnStatus", "")[:10], head.get("returnInfo", "")
    codes = reason_codes(info)
    return Said(
        kind=kind,
        index=document.index,
        scope="/".join(head.get(name, "") for name in scope)[:60],
        number=head.get(number, "")[:60],
        status=status,
        return_time=_return_time(head.get("returnTime", ""), received),
        info=info,
        # The E-port's refusals carry their code as the status itself.
        code=codes[0] if codes else status if status.startswith("-") else "",
        pre_no=head.get("preNo", "")[:18],
        invt_no=head.get("invtNo", "")[:20],
        guid=head.get("guid", "")[:36],
    )


class OpinionTax(msgspec.Struct, frozen=True, omit_defaults=True):
    """Our own working of the import tax, CNY; None where it could not be worked out."""

    regime: str
    dutiable_value: Decimal | None
    tariff: Decimal | None
    consumption_tax: Decimal | None
    vat: Decimal | None
    total: Decimal | None


class OpinionIntegrity(msgspec.Struct, frozen=True):
    """The e-commerce firm: customs' own level as we hold it ("" = none), and beside it the zone's score."""

    customs_level: str
    score: Decimal
    formula: str


class OpinionList(msgspec.Struct, frozen=True):
    """What we found out about one list. `standing`: ready, faulted, or waiting when its time had passed.

    `integrity` of the e-commerce firm; None when it is not on record here.
    """

    index: int
    cop_no: str
    order_no: str
    standing: str
    findings: list[dict[str, str]]
    tax: OpinionTax | None
    inspection_advised: bool
    reasons: list[str]
    integrity: OpinionIntegrity | None = None


class Opinion(msgspec.Struct, frozen=True):
    """Our opinion beside one message; the message itself is forwarded whole and untouched."""

    message: str
    type: str
    reference: str
    lists: list[OpinionList]


def opinion_list(
    *,
    index: int,
    cop_no: str,
    order_no: str,
    standing: str,
    findings: Iterable[Mapping[str, str]],
    tax: OpinionTax | None,
    integrity: OpinionIntegrity | None = None,
) -> OpinionList:
    """Inspection is advised when a finding is an error; its codes are the reasons."""
    rows = [{name: row[name] for name in ("level", "code", "path", "text")} for row in findings]
    reasons = list(dict.fromkeys(row["code"] for row in rows if row["level"] == "error"))
    return OpinionList(index, cop_no, order_no, standing, rows, tax, bool(reasons), reasons, integrity)


def write_opinion(opinion: Opinion) -> bytes:
    """The JSON body of POST /opinions: keys in the order of the types, amounts as decimal strings."""
    return msgspec.json.encode(opinion)
