"""What a buyer types in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.rules import faults, tidy_name, tidy_number
from submissions.references import tidy_reference

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ClaimForm(forms.Form):
    """Who one is; sent by POST alone, so that it stands in no address and in no log."""

    name = forms.CharField(label=_("Full name"), max_length=60, widget=forms.TextInput(attrs=_PLAIN))
    number = forms.CharField(label=_("Identity number"), max_length=30, widget=forms.TextInput(attrs=_PLAIN))
    telephone = forms.RegexField(
        r"^[0-9]{4}$",
        label=_("Last four digits of your telephone"),
        required=False,
        help_text=_(
            "As given in an order of yours. Without them you see how many lists there are, not which."
        ),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric", "maxlength": "4"}),
    )

    def clean(self) -> dict[str, Any]:
        """Every fault of form at its field; nobody is asked about a number that does not exist."""
        given = super().clean() or {}
        given |= {"name": tidy_name(given.get("name", "")), "number": tidy_number(given.get("number", ""))}
        if given["name"] and given["number"]:
            for problem in faults(given["name"], given["number"], timezone.localdate()):
                self.add_error(problem.path.removeprefix("/"), problem.text)
        return given


class ReportForm(forms.Form):
    """What the person adds to a report; both may be left out."""

    words = forms.CharField(
        label=_("What do you know of it?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact = forms.CharField(
        label=_("How can officials reach you?"),
        required=False,
        max_length=100,
        help_text=_("Sealed; only officials who examine the report read it."),
        widget=forms.TextInput(attrs=_PLAIN),
    )


class ReportNumberForm(forms.Form):
    """The number of a report."""

    reference = forms.CharField(
        label=_("Reference number"), max_length=40, widget=forms.TextInput(attrs=_PLAIN)
    )

    def clean_reference(self) -> str:
        """The number in its own form; a slip of the pen is said at once."""
        tidy = tidy_reference(self.cleaned_data["reference"])
        if not tidy:
            raise ValidationError(_("This is not a reference number of ours: check each digit."))
        return tidy
