"""What goods must say of themselves: pure, every fault of every cell, each with the way to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_noop as _

from filing.goods.columns import BY_CODE, COLUMNS, Column
from filing.goods.findings import Finding
from filing.goods.reader import Row
from reference.problems import Problem

HS_DIGITS = 10
_ITEM_NO = re.compile(r"[\x21-\x7e]+")
_CODES = re.compile(r"[\s,;，；、/]+")
_MODES_KNOWN = ("9610", "9710", "9810", "1210", "1239", "0110")
_PLACES = Decimal("0.00001")
_MOST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Goods:
    """One good whose every cell is right. Factors: statutory units in one unit sold."""

    item_no: str
    name_zh: str
    name_en: str
    hs10: str
    specification: str
    unit: str
    unit1: str
    factor1: Decimal
    unit2: str
    factor2: Decimal | None
    origin: str
    brand: str
    price: Decimal | None
    currency: str
    trade_modes: tuple[str, ...]
    refund_note: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What the rules compare with, as of the day: code tables, and statutory units of the tariff lines loaded."""

    codes: Mapping[str, frozenset[str]]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tariff: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """Goods by row, and everything that was found."""

    goods: dict[int, Goods]
    findings: list[Finding]


def check(rows: Sequence[Row], tables: Tables) -> Checked:
    """Every row by itself, then the file against itself: an item number is one row's only."""
    checked = Checked({}, [])
    first: dict[str, int] = {}
    for row in rows:
        findings = _row(row, tables)
        item_no = row.text("item_no")
        if item_no and item_no in first:
            say = _Say(row, BY_CODE["item_no"], findings)
            say(
                "goods.item_no.twice",
                _("Item number {value} stands in row {row} already."),
                _("Give this row an item number of its own, or delete it."),
                row=str(first[item_no]),
            )
        elif item_no:
            first[item_no] = row.number
        checked.findings += findings
        if not any(one.problem.level == "error" for one in findings):
            checked.goods[row.number] = _goods(row)
    return checked


class _Say:
    """Adds findings of one cell."""

    def __init__(self, row: Row, column: Column, findings: list[Finding]) -> None:
        self.row, self.column, self.findings = row, column, findings
        self.cell = row.cells.get(column.code)
        self.value = row.text(column.code)

    def __call__(self, code: str, message: str, fix: str, *, level: str = "error", **params: str) -> None:
        place = f"/{self.row.number}/{self.column.code}"
        params = {"value": self.value[:60], **params}
        problem = Problem(code, place, message, params, "warning" if level == "warning" else "error")
        index = self.cell.index if self.cell else 0
        self.findings.append(Finding(self.row.number, self.column.code, index, self.value, problem, fix))


def _row(row: Row, tables: Tables) -> list[Finding]:
    findings: list[Finding] = []
    for column in COLUMNS:
        say = _Say(row, column, findings)
        if say.cell is None:
            if column.required:
                say("goods.cell.missing", _("This cell must not be empty."), _("Fill it in."))
        elif _is_plain(say) and (rule := _RULES.get(column.code) or _FORMS.get(column.form)):
            rule(say, tables)
    _pairs(row, findings)
    _statutory(row, tables, findings)
    return findings


def _is_plain(say: _Say) -> bool:
    """Whether the cell holds text of a fitting length."""
    if say.cell and say.cell.kind == "formula":
        say(
            "goods.cell.formula",
            _("Formulas are not worked out."),
            _("Paste the value in place of the formula."),
        )
    elif say.cell and say.cell.kind:
        say(
            "goods.cell.kind",
            _("A date or a truth value stands where text belongs."),
            _("Format the cell as text and type it again."),
        )
    elif len(say.value) > say.column.most:
        say(
            "goods.cell.long",
            _("{count} characters; customs' messages take {most}."),
            _("Shorten it."),
            count=str(len(say.value)),
            most=str(say.column.most),
        )
    else:
        return True
    return False


def _item_no(say: _Say, tables: Tables) -> None:
    if not _ITEM_NO.fullmatch(say.value):
        say(
            "goods.item_no.form",
            _("An item number has letters, digits and signs, without spaces."),
            _("Write it as it stands in orders."),
        )


def _hs(say: _Say, tables: Tables) -> None:
    if not (say.value.isascii() and say.value.isdigit()):
        say(
            "goods.hs.form",
            _("{value} is no HS code: it has digits only."),
            _("Write the 10 digits without points or spaces."),
        )
    elif len(say.value) != HS_DIGITS:
        count = str(len(say.value))
        fix = _("Write all 10 digits; format the cell as text, so that a 0 at the beginning stays.")
        say("goods.hs.length", _("The HS code {value} has {count} digits, not 10."), fix, count=count)


def _code(say: _Say, tables: Tables) -> None:
    known = tables.codes.get(say.column.table)
    if known is None or say.value in known:
        return
    padded = say.value.zfill(say.column.most)
    if say.value.isdigit() and padded in known:
        name = tables.names.get(say.column.table, {}).get(padded, "")
        say(
            "goods.code.zeros",
            _("{value} is not a code of customs' table: it has {most} digits."),
            _("Write {padded} ({name}) if that is meant; format the cell as text, so that the zeros stay."),
            padded=padded,
            name=name,
            most=str(say.column.most),
        )
    else:
        say(
            "goods.code.unknown",
            _("{value} is not a code of customs' table."),
            _("Take a code from the second sheet of the template."),
        )


def _number(say: _Say, tables: Tables) -> None:
    number = decimal_of(say.value)
    if number is None or number <= 0 or number >= _MOST:
        say(
            "goods.number.form",
            _("{value} is not a number above 0."),
            _("Write digits with a point, e.g. 0.35."),
        )
    elif number != number.quantize(_PLACES):
        say(
            "goods.number.places",
            _("{value} has more than 5 decimals."),
            _("Round it to 5 decimals, as customs' messages have them."),
        )


def _modes(say: _Say, tables: Tables) -> None:
    wrong = [mode for mode in modes_of(say.value) if mode not in _MODES_KNOWN]
    if wrong or not modes_of(say.value):
        say(
            "goods.mode.unknown",
            _("{wrong}: goods are filed for {modes}."),
            _("Write one or more of them with spaces between; format the cell as text."),
            wrong=", ".join(wrong)[:60],
            modes=", ".join(_MODES_KNOWN),
        )


def _pairs(row: Row, findings: list[Finding]) -> None:
    """Unit and factor, price and currency go together."""
    for one, other in (
        ("unit2", "factor2"),
        ("factor2", "unit2"),
        ("price", "currency"),
        ("currency", "price"),
    ):
        if row.text(one) and not row.text(other):
            say = _Say(row, BY_CODE[one], findings)
            say(
                "goods.cell.alone",
                _("Without its companion this says nothing: the other of the two is missing."),
                _("Fill in both, or neither."),
            )


def _statutory(row: Row, tables: Tables, findings: list[Finding]) -> None:
    """Where the tariff line is loaded, its statutory units are the ones."""
    units = tables.tariff.get(row.text("hs10"))
    if units is None:
        return
    for code, unit in zip(("unit1", "unit2"), units, strict=True):
        if row.text(code) and row.text(code) != unit:
            say = _Say(row, BY_CODE[code], findings)
            say(
                "goods.unit.statutory",
                _("The tariff line {hs} has the statutory unit {unit} here, not {value}."),
                _("Write {unit}, or leave it empty where the tariff has none."),
                hs=row.text("hs10"),
                unit=unit or "–",
            )


_RULES: Mapping[str, Callable[[_Say, Tables], None]] = {
    "item_no": _item_no,
    "hs10": _hs,
    "trade_modes": _modes,
}
_FORMS: Mapping[str, Callable[[_Say, Tables], None]] = {"code": _code, "number": _number}


def decimal_of(text: str) -> Decimal | None:
    """A plain decimal number; None for anything else."""
    if not re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def modes_of(text: str) -> tuple[str, ...]:
    """The supervision modes somebody wrote, in order, each once."""
    return tuple(sorted({one for one in _CODES.split(text.strip()) if one}))


def _goods(row: Row) -> Goods:
    def optional(code: str) -> Decimal | None:
        return decimal_of(row.text(code))

    text = row.text
    return Goods(
        item_no=text("item_no"),
        name_zh=text("name_zh"),
        name_en=text("name_en"),
        hs10=text("hs10"),
        specification=text("specification"),
        unit=text("unit"),
        unit1=text("unit1"),
        factor1=Decimal(text("factor1")),
        unit2=text("unit2"),
        factor2=optional("factor2"),
        origin=text("origin"),
        brand=text("brand"),
        price=optional("price"),
        currency=text("currency"),
        trade_modes=modes_of(text("trade_modes")),
        refund_note=text("refund_note"),
    )
