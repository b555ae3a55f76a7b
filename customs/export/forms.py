"""Forms of the export pages."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from customs.forms import ListFilterForm


class MonthInput(forms.DateInput):
    """A month of the calendar."""

    input_type = "month"


class ExportFilterForm(ListFilterForm):
    """Questions people ask of a table of export lists."""

    closed = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label=_("Closed in"), required=False, widget=MonthInput()
    )

    def closed_month(self) -> date | None:
        """A day of the month asked for."""
        text = self.cleaned_data.get("closed", "")
        return datetime.strptime(text, "%Y-%m").date() if text else None  # noqa: DTZ007 - a month, no moment
