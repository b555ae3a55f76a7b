"""Forms of this desk: filters of the list, an override, a return."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from customs.b2b.returns import Told
from customs.b2b.rules import MODES
from customs.b2b.selectors import Asked
from customs.models import B2BVerdict
from customs.models.b2b import B2BState
from reference.problems import Problem
from submissions.forms import DayInput


class FilterForm(forms.Form):
    """What one looks for; what cannot be read narrows nothing."""

    text = forms.CharField(label=_("Number"), required=False, max_length=60)
    mode = forms.ChoiceField(
        label=_("Supervision mode"),
        required=False,
        choices=[("", _("all")), *((mode, mode) for mode in MODES)],
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *B2BState.choices])
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)

    def asked(self) -> Asked:
        """As the selector understands it."""
        self.full_clean()
        found = self.cleaned_data
        return Asked(
            text=(found.get("text") or "").strip(),
            mode=found.get("mode", ""),
            state=found.get("state", ""),
            since=found.get("since"),
            until=found.get("until"),
        )

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.data.get(name) for name in self.fields)


class Reason(forms.CharField):
    """Needed; the service says so, together with everything else."""

    def validate(self, value: Any) -> None:
        """Left to the service."""


class Taking(forms.Form):
    """A form that shows what a service refused at the fields it names."""

    def take(self, problems: Iterable[Problem]) -> None:
        """Everything at once."""
        for problem in problems:
            name = problem.path.strip("/")
            self.add_error(name if name in self.fields else None, problem.text)


class OverrideForm(Taking):
    """How two officials classify it."""

    verdict = forms.ChoiceField(label=_("It counts as"), choices=B2BVerdict.choices)
    reason = Reason(
        label=_("reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The exporter reads it once a colleague has approved."),
    )  # fmt: skip


class ReturnForm(Taking):
    """Goods of a line that came back."""

    line = forms.ChoiceField(label=_("Goods"))
    returned_on = forms.DateField(label=_("Day of return"), widget=DayInput)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=19, decimal_places=5)
    reason = Reason(label=_("reason"), max_length=500)
    food = forms.BooleanField(label=_("It is food"), required=False)
    as_is = forms.BooleanField(label=_("The goods come back as they left"), required=False, initial=True)
    repaid = forms.BooleanField(
        label=_("No export tax was refunded, or it was paid back"), required=False, initial=True,
        help_text=_("Certified by the tax authority."),
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = list(lines)

    def told(self) -> Told:
        """As the service takes it."""
        found = self.cleaned_data
        names = ("returned_on", "quantity", "reason", "food", "as_is", "repaid")
        return Told(line_id=UUID(found["line"]), **{name: found[name] for name in names})
