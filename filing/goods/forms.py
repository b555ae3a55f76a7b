"""Forms of the goods pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filing.goods.columns import COLUMNS, Column
from filing.goods.findings import Finding
from filing.goods.reader import Cell, Row
from filing.goods.rules import _MODES_KNOWN
from filing.selectors import GoodsFilter
from reference.selectors import code_names


class GoodsUploadForm(forms.Form):
    """A file of goods."""

    document = forms.FileField(
        label=_("Excel or CSV file"), help_text=_("Up to 10,000 rows and 8 MB; the headings of the template.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].widget.attrs["accept"] = ".xlsx,.csv,.txt"


class GoodsFilterForm(forms.Form):
    """What one looks for among goods."""

    q = forms.CharField(label=_("Item number, name or brand"), required=False, max_length=100)
    hs = forms.RegexField(r"^[0-9]{0,10}$", label=_("HS code begins with"), required=False, max_length=10)
    mode = forms.ChoiceField(
        label=_("Supervision mode"), required=False, choices=[("", _("all")), *((m, m) for m in _MODES_KNOWN)]
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def asked(self, company: str = "") -> GoodsFilter:
        """The question; what could not be read is left out."""
        self.is_valid()
        given = self.cleaned_data
        text = given.get("q", "").strip()
        return GoodsFilter(text=text, hs=given.get("hs", ""), mode=given.get("mode", ""), company=company)

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the table."""
        return any(self.data.get(name) for name in ("q", "hs", "mode"))


def _widget(column: Column) -> forms.Widget:
    """Codes of a table are chosen by their names; the rules judge what comes back all the same."""
    if column.form != "code" or not column.table:
        return forms.TextInput(attrs={"autocomplete": "off"})
    names = code_names(column.table)
    return forms.Select(choices=[("", "–"), *((code, f"{code} {name}") for code, name in names.items())])


class GoodForm(forms.Form):
    """One good; what it must say is judged by the rules of the file, not here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in COLUMNS:
            self.fields[column.code] = forms.CharField(
                label=column.label, required=column.required, max_length=1000, widget=_widget(column)
            )
        self.fields["trade_modes"].help_text = _("Codes with spaces between, e.g. 9610 9810.")
        self.fields["factor1"].help_text = _("How many statutory units one unit sold holds, e.g. 0.8.")

    def row(self) -> Row:
        """What was filled in, as a row of a file."""
        self.is_valid()
        cells = {code: Cell(text.strip(), 0) for code, text in self.cleaned_data.items() if text.strip()}
        return Row(1, cells)

    def tell(self, findings: list[Finding]) -> None:
        """Every finding at its field; that one is empty the form says itself."""
        for one in findings:
            if one.problem.code != "goods.cell.missing":
                self.add_error(one.field, f"{one.text} {one.remedy}")
