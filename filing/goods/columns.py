"""The columns of a goods file: one list from which template, reader, rules, page and export are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

Form = Literal["text", "code", "number", "codes"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `table`: the reference table of its codes; `most`: characters, as customs' messages have them."""

    code: str
    zh: str
    en: str
    most: int
    required: bool = False
    form: Form = "text"
    table: str = ""

    @property
    def name(self) -> str:
        """Both names in one line."""
        return f"{self.zh} {self.en}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return gettext(self.en)

    @property
    def heading(self) -> str:
        """The heading of the template, for readers of either language."""
        return f"{self.zh}{'*' if self.required else ''}\n{self.en}"


# Lengths: the inventory lists CEB603 and CEB621 are the narrowest that name goods (itemNo 20, gname 250).
COLUMNS: tuple[Column, ...] = (
    Column("item_no", "商品货号", _("Item number"), 20, required=True),
    Column("name_zh", "商品名称", _("Name in Chinese"), 250, required=True),
    Column("name_en", "英文名称", _("Name in English"), 250),
    Column("hs10", "商品编码", _("HS code (10 digits)"), 10, required=True, form="code"),
    Column("specification", "规格型号", _("Specification"), 510, required=True),
    Column("unit", "计量单位", _("Unit sold by"), 3, required=True, form="code", table="unit"),
    Column("unit1", "法定计量单位", _("First statutory unit"), 3, required=True, form="code", table="unit"),
    Column("factor1", "法定数量系数", _("First statutory units a piece"), 20, required=True, form="number"),
    Column("unit2", "第二计量单位", _("Second statutory unit"), 3, form="code", table="unit"),
    Column("factor2", "第二数量系数", _("Second statutory units a piece"), 20, form="number"),
    Column(
        "origin", "原产国（地区）", _("Country of origin"), 3, required=True, form="code", table="country"
    ),
    Column("brand", "品牌", _("Brand"), 100),
    Column("price", "参考单价", _("Price indication"), 20, form="number"),
    Column("currency", "币制", _("Currency"), 3, form="code", table="currency"),
    Column(
        "trade_modes",
        "适用监管方式",
        _("Supervision modes"),
        60,
        required=True,
        form="codes",
        table="trade_mode",
    ),
    Column("refund_note", "退（免）税备注", _("Notes on refund"), 300),
)
BY_CODE: Mapping[str, Column] = {column.code: column for column in COLUMNS}
TABLES = tuple(dict.fromkeys(column.table for column in COLUMNS if column.table))
