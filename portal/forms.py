"""Forms of the front door."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from submissions.figures import Period
from submissions.forms import DayInput
from submissions.references import tidy_reference


class ReferenceForm(forms.Form):
    """A reference number as people type it."""

    reference = forms.CharField(
        label=_("Reference number"),
        max_length=40,
        help_text=_("As on the acknowledgement, for example TJ26-0000-0001-8."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_reference(self) -> str:
        """The number in its own form; a slip of the pen is said at once."""
        tidy = tidy_reference(self.cleaned_data["reference"])
        if not tidy:
            raise ValidationError(_("This is not a reference number of ours: check each digit."))
        return tidy


class CodeForm(forms.Form):
    """The verification code of a paper; the page of verification reads it."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=40,
        help_text=_("Under the QR code of the paper, four groups of four characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NextForm(forms.Form):
    """Which company to act as from now on, and where to go then."""

    company = forms.IntegerField()
    next = forms.CharField(required=False, max_length=2000)


class NoticesForm(forms.Form):
    """The notices that were on the page."""

    notice = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        field = self.fields["notice"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        # Any number may be asked for; only those of the company are marked.
        field.choices = [(value, value) for value in data.getlist("notice")]


class PeriodForm(forms.Form):
    """The days an overview speaks of; left out, the year so far."""

    MOST_DAYS = 366 * 3

    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """Both ends in order, and not too far apart for a table by months."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        elif since and until and (until - since).days > self.MOST_DAYS:
            self.add_error("since", _("At most three years at once."))
        return given

    def period(self, today: date) -> Period:
        """What was asked for; the year so far where it was not, or could not be read."""
        given = self.cleaned_data if self.is_valid() else {}
        until = given.get("until") or today
        since = given.get("since") or until.replace(month=1, day=1)
        if since > until or (until - since).days > self.MOST_DAYS:
            since = until.replace(month=1, day=1)
        return Period(since, until)
