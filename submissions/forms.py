"""Filters of the tables of submissions, and the days of figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions import registry
from submissions.figures import Period
from submissions.models import SubmissionState
from submissions.overview import Filters


class DayInput(forms.DateInput):
    """The browser's own calendar; the value travels as 2026-11-23."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Questions people ask of a table of submissions."""

    q = forms.CharField(label=_("Reference number or title"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Service"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    since = forms.DateField(label=_("Submitted from"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Submitted until"), required=False, widget=DayInput())
    after = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = [(kind.code, kind.name) for kind in registry.kinds()]
        self._choices("kind", [("", _("all")), *services])
        self._choices("state", [("", _("all")), *SubmissionState.choices])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def filters(self) -> Filters:
        """What was asked; a field that could not be read is left out."""
        self.is_valid()
        given = self.cleaned_data
        return Filters(
            text=given.get("q", "").strip(),
            kind=given.get("kind", ""),
            state=given.get("state", ""),
            since=given.get("since"),
            until=given.get("until"),
            after=given.get("after"),
        )

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the table."""
        return any(self.data.get(name) for name in ("q", "kind", "state", "since", "until"))


class PeriodForm(forms.Form):
    """The days somebody wants numbers of; left out, the year so far."""

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
            self.add_error("since", _("At most {count} days at once.").format(count=self.MOST_DAYS))
        return given

    def period(self, today: date) -> Period:
        """What was asked for; the usual days where it was not, or could not be read."""
        given = self.cleaned_data if self.is_valid() else {}
        until = given.get("until") or today
        since = given.get("since") or self.usual_since(until)
        if since > until or (until - since).days > self.MOST_DAYS:
            since = self.usual_since(until)
        return Period(since, until)

    def usual_since(self, until: date) -> date:
        """Where the days begin when nobody says it."""
        return until.replace(month=1, day=1)


class WeeksForm(PeriodForm):
    """The same of a board: left out, twelve weeks."""

    MOST_DAYS = 366
    WEEKS = 12

    def usual_since(self, until: date) -> date:
        """A Monday."""
        return until - timedelta(days=until.weekday(), weeks=self.WEEKS - 1)
