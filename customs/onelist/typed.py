"""What stands in the form, and the message that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django.utils import timezone

from accounts.models import Company
from customs.ceb import Document, Message
from customs.ceb.spec import Field
from customs.onelist.sheet import Sheet
from filing.selectors import FiledGood
from reference.selectors import code_names

Values = dict[str, str]
Goods = Mapping[str, FiledGood]
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,14}(\.\d{1,10})?", re.ASCII)
CENT = Decimal("0.01")
SIMPLIFIED, REST = "A", "000000"


def now() -> str:
    """As the wire writes it."""
    return f"{timezone.localtime():%Y%m%d%H%M%S}"


def new_guid() -> str:
    """In capitals, as the wire wants it."""
    return str(uuid4()).upper()


@dataclass(frozen=True, slots=True)
class Typed:
    """A draft's content. `saved`: 14 digits of Beijing time of the last change, which the message carries: the same
    draft is the same message, byte for byte. `firm`: id of the e-commerce firm whose filed goods are offered.
    """

    head: Values = field(default_factory=dict)
    lines: tuple[Values, ...] = ({},)
    firm: int = 0
    app_type: str = "1"
    guid: str = field(default_factory=new_guid)
    message_guid: str = field(default_factory=new_guid)
    saved: str = field(default_factory=now)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """As a draft keeps it."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        return cls(**known | {"lines": tuple(stored.get("lines") or ({},))})

    def as_stored(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"lines": list(self.lines)}

    def changed(self, head: Values, lines: tuple[Values, ...]) -> Typed:
        """With other values, from now on."""
        return replace(self, head=head, lines=lines or ({},), saved=now())


def number(text: str) -> Decimal | None:
    """A number as the wire writes it; None for anything else."""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def plain(value: Decimal) -> str:
    """No exponent, no needless zeros."""
    return f"{value.normalize():f}"


def on_the_wire(spec: Field, text: str) -> str:
    """One value as customs want it: days without hyphens, a code where its name was typed."""
    text = text.strip()
    if spec.kind == "date8":
        return _DAY.sub(r"\1\2\3", text)
    if spec.table and text:
        names = code_names(spec.table)
        return text if text in names else next((code for code, name in names.items() if name == text), text)
    if spec.personal == "id":
        return text.upper()
    return text


def message(sheet: Sheet, typed: Typed, sender: Company, goods: Goods) -> Message:
    """The message with one document, not signed. Empty fields are left out: the check says which must not be."""
    head = _given(sheet, typed.head, line=False) | dict(sheet.fixed)
    head |= {"guid": typed.guid, "appType": typed.app_type, "appTime": typed.saved}
    head |= {"agentCode": code_of(sender), "agentName": sender.name[:100]}
    lines = [_line(sheet, typed, at, goods) for at in range(len(typed.lines))]
    return Message(
        type=sheet.type,
        guid=typed.message_guid,
        version="1.0",
        transfer=transfer(sender),
        documents=[Document(head, lines)],
    )


def code_of(company: Company) -> str:
    """How a message names the company: its customs code, else its USCC (R5.03)."""
    return company.customs_code or company.uscc


def transfer(sender: Company) -> Values:
    """The envelope: the sender connects by the portal (R13.04)."""
    return {
        "copCode": code_of(sender),
        "copName": sender.name[:100],
        "dxpMode": "DXP",
        "dxpId": sender.dxp_id,
    }


def _given(sheet: Sheet, values: Mapping[str, str], *, line: bool) -> Values:
    names = sheet.line if line else sheet.head
    found = {name: on_the_wire(sheet.field(name, line=line), values.get(name, "")) for name in names}
    return {name: text for name, text in found.items() if text}


def _line(sheet: Sheet, typed: Typed, at: int, goods: Goods) -> Values:
    """A goods line with what follows from the others: total, statutory quantities, four digits, the list's country."""
    values = _given(sheet, typed.lines[at], line=True) | dict(sheet.line_fixed) | {"gnum": str(at + 1)}
    quantity, price = number(values.get("qty", "")), number(values.get("price", ""))
    if "totalPrice" not in values and quantity is not None and price is not None:
        values["totalPrice"] = plain((quantity * price).quantize(CENT))
    good = goods.get(values.get("itemNo", ""))
    if good is not None and quantity is not None:
        for unit, factor, name in ((good.unit1, good.factor1, "1"), (good.unit2, good.factor2, "2")):
            if factor and f"qty{name}" not in values and values.get(f"unit{name}") == unit:
                values[f"qty{name}"] = plain(quantity * factor)
    if (
        sheet.is_asked("statisticsFlag")
        and typed.head.get("statisticsFlag") == SIMPLIFIED
        and "gcode" in values
    ):
        values["gcode"] = (
            values["gcode"][:4] + REST if len(values["gcode"]) >= len("0000") else values["gcode"]
        )
    if sheet.is_asked("POD") and "country" not in values and typed.head.get("country"):
        values["country"] = on_the_wire(sheet.field("country"), typed.head["country"])
    return values
