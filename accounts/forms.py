"""Forms of administrators: each checks through the service's rules and performs through the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.mandate_services import offered
from accounts.models import ClientPrincipal, Company, CompanyRole, Membership
from accounts.permissions import Scope
from accounts.rules import company_problems, membership_problems, scope_problems
from accounts.selectors import company_by_code
from reference.problems import Problem
from trail.actors import Actor


class _Day(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def show(form: forms.BaseForm, problems: list[Problem]) -> None:
    """All problems at once, each at its field where the form has it."""
    for problem in problems:
        field = problem.path.strip("/").replace("scopes", "chosen_scopes")
        form.add_error(field if field in form.fields else None, problem.text)


class CompanyForm(forms.ModelForm):
    """A new company."""

    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=CompanyRole.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Company
        fields = ("uscc", "customs_code", "name", "name_en", "roles", "dxp_id", "in_pilot_zone")

    def clean(self) -> dict[str, Any]:
        """Both checksums, the customs code, the name."""
        data = super().clean() or self.cleaned_data
        found = company_problems(
            data.get("uscc", ""), data.get("customs_code") or "", data.get("name", ""), data.get("roles", [])
        )
        show(self, [p for p in found if p.path.strip("/") not in self.errors])
        return data

    def perform(self, *, by: Actor) -> Company:
        """Make it."""
        data = {**self.cleaned_data, "customs_code": self.cleaned_data["customs_code"] or ""}
        return services.create_company(by=by, **data)


class MembershipForm(forms.ModelForm):
    """A role for a person, in a company, in an agency or in the portal."""

    class Meta:
        model = Membership
        fields = ("user", "role", "company", "agency")

    def clean(self) -> dict[str, Any]:
        """What must stay apart stays apart."""
        data = super().clean() or self.cleaned_data
        if "user" in data and "role" in data:
            held = list(data["user"].memberships.all())
            show(self, membership_problems(data["role"], data.get("company"), data.get("agency"), held))
        return data

    def perform(self, *, by: Actor) -> Membership:
        """Give it."""
        data = self.cleaned_data
        return services.add_member(
            data["user"], data["role"], by=by, company=data["company"], agency=data["agency"]
        )


class ClientForm(forms.ModelForm):
    """A new machine client."""

    name = forms.CharField(label=_("name"), max_length=100)
    chosen_scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=[(str(scope), f"{scope} – {scope.permission}") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ClientPrincipal
        fields = ("company", "agency")

    def clean(self) -> dict[str, Any]:
        """One company or one agency, and scopes that fit it."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("company")) == bool(data.get("agency")):
            self.add_error(None, _("A client speaks for one company or for one agency."))
        elif data.get("chosen_scopes"):
            show(self, scope_problems(data["chosen_scopes"], for_agency=bool(data.get("agency"))))
        return data

    @transaction.atomic
    def perform(self, *, by: Actor) -> tuple[ClientPrincipal, str]:
        """Make it; the row and the secret."""
        data = self.cleaned_data
        owner = data["company"] or data["agency"]
        client_id, secret = services.create_client(
            owner, name=data["name"], scopes=data["chosen_scopes"], by=by
        )
        return ClientPrincipal.objects.get(client_id=client_id), secret


class MandateForm(forms.Form):
    """A mandate of one's own company for another."""

    agent = forms.CharField(
        label=_("Agent"),
        max_length=18,
        help_text=_("Its customs code or unified social credit code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    service = forms.ChoiceField(label=_("Service"), choices=offered)
    valid_from = forms.DateField(
        label=_("From"), required=False, help_text=_("Today when left empty."), widget=_Day()
    )
    valid_to = forms.DateField(
        label=_("To"), required=False, help_text=_("Until revoked when left empty."), widget=_Day()
    )

    def clean_agent(self) -> Company:
        """The company of that code."""
        company = company_by_code(self.cleaned_data["agent"].strip().upper())
        if company is None:
            raise forms.ValidationError(_("No company with this code is registered here."))
        return company
