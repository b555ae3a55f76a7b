"""Forms of this room's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.selectors import company_by_code
from credit.models import Severity
from credit.rules import SUBJECTS
from credit.services import FactIn, LevelIn
from credit.types import types_on
from reference.problems import Problem
from reference.selectors import code_names
from submissions.forms import DayInput


class SearchForm(forms.Form):
    """Whom one asks about."""

    q = forms.CharField(
        label=_("Name or code of a company"),
        min_length=2,
        max_length=100,
        help_text=_("A part of the name, or the whole unified social credit code or customs code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class DayForm(forms.Form):
    """As of which day; today when it is left out."""

    on = forms.DateField(label=_("As of"), required=False, widget=DayInput())


class CompanyForm(forms.Form):
    """Forms of officials name a company by its code."""

    company = forms.CharField(
        label=_("Code of the company"),
        max_length=18,
        help_text=_("Unified social credit code or customs code."),
    )

    def clean_company(self) -> Company:
        """The company with that code."""
        found = company_by_code(self.cleaned_data["company"].strip().upper())
        if found is None:
            raise forms.ValidationError(_("No company with this code is on record."))
        return found

    def take(self, problems: Iterable[Problem]) -> None:
        """Show what a service refused at the fields it names."""
        for problem in problems:
            name = problem.path.strip("/")
            self.add_error(name if name in self.fields else None, problem.text)


class LookForm(CompanyForm):
    """Whose whole record one looks at, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept, and shown to the company together with your agency."),
    )


class FactForm(CompanyForm):
    """A fact as its agency found it."""

    type = forms.ChoiceField(label=_("Kind of record"))
    severity = forms.ChoiceField(label=_("Class"), choices=Severity.choices)
    ruled_on = forms.DateField(label=_("Date of the ruling"), widget=DayInput())
    record_no = forms.CharField(label=_("Your record number"), max_length=64)
    document_no = forms.CharField(label=_("Number of the document"), max_length=100)
    words_zh = forms.CharField(
        label=_("What happened, in Chinese"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    words_en = forms.CharField(
        label=_("What happened, in English"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    subject_kind = forms.ChoiceField(label=_("Concerns"), required=False)
    subject_code = forms.CharField(label=_("Its code"), max_length=64, required=False)
    evidence_sha256 = forms.CharField(
        label=_("Digest of the evidence (SHA-256)"), max_length=64, required=False
    )
    made_public = forms.BooleanField(label=_("Publish although minor, at most three months"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.code, one.name) for one in types_on(timezone.localdate()).values() if not one.observed]
        words = {"goods": _("goods"), "service": _("a service"), "list": _("a list"), "order": _("an order")}
        _choices(self, "type", kinds)
        _choices(self, "subject_kind", [("", "–"), *((code, words[code]) for code in SUBJECTS)])

    def told(self) -> FactIn:
        """What was filled in."""
        return FactIn(**{name: value for name, value in self.cleaned_data.items() if name != "company"})


class LevelForm(CompanyForm):
    """A credit level as customs gave it."""

    level = forms.ChoiceField(label=_("Customs credit level"))
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    document_no = forms.CharField(label=_("Number of the document"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "level", list(code_names("customs_level").items()))

    def told(self) -> LevelIn:
        """What was filled in."""
        given = self.cleaned_data
        return LevelIn(given["level"], given["valid_from"], given["document_no"])


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
    field.choices = choices
