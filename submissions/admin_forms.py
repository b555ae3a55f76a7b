"""Forms of the officials' desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from submissions import admin_registry, registry
from submissions.admin_queue import Question
from submissions.casework import colleagues
from submissions.contacts import FIELDS
from submissions.models import AgencyContact, FailureKind, ReferralState
from submissions.outages import Plan

HELD = [("all", _("all")), ("mine", _("mine")), ("free", _("free")), ("others", _("taken by others"))]
WAITS_FOR = [
    ("", _("anybody")),
    ("agency", _("us, the agency")),
    ("applicant", _("the applicant")),
    ("portal", _("the portal, on its way to us")),
]
STATES = [("open", _("not decided")), ("decided", _("decided")), ("all", _("all"))]


class QueueForm(forms.Form):
    """Questions asked of the queue; what cannot be read is left out."""

    q = forms.CharField(
        label=_("Number or company"),
        required=False,
        max_length=100,
        help_text=_("Reference, order, list or waybill number; name or code of the applicant."),
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    waits_for = forms.ChoiceField(label=_("Waiting for"), required=False, choices=WAITS_FOR)
    kind = forms.ChoiceField(label=_("Service"), required=False)
    sender = forms.CharField(label=_("Applicant"), required=False, max_length=100)
    late = forms.BooleanField(label=_("Older than promised"), required=False)
    flags = forms.MultipleChoiceField(label=_("With"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = [(kind.code, kind.name) for kind in registry.kinds()]
        _choices(self, "kind", [("", _("all")), *services])
        _choices(self, "state", [*STATES, *ReferralState.choices])
        _choices(self, "flags", [(flag.code, flag.label) for flag in admin_registry.flags()])

    def question(self) -> Question:
        """What was asked."""
        self.is_valid()
        given = self.cleaned_data
        held = self.data.get("held", "all")
        return Question(
            held=held if held in dict(HELD) else "all",
            state=given.get("state") or "open",
            waits_for=given.get("waits_for", ""),
            late=given.get("late", False),
            kind=given.get("kind", ""),
            sender=given.get("sender", "").strip(),
            text=given.get("q", "").strip(),
            flags=tuple(given.get("flags", ())),
        )

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the queue."""
        return any(self.data.get(name) for name in self.fields)


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
    field.choices = choices


class ReasonForm(forms.Form):
    """A reason that is kept in the history."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the history and in the audit trail."),
    )


class WordsForm(forms.Form):
    """What the agency says to the applicant."""

    words = forms.CharField(
        label=_("The agency's words"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The applicant reads exactly this. Name everything at once, not only the first defect."),
    )


class OptionalWordsForm(WordsForm):
    """The same, where nothing needs to be said."""

    words = forms.CharField(
        label=_("The agency's words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The applicant reads exactly this."),
    )


class ReassignForm(ReasonForm):
    """To whom a case goes, and why."""

    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    field_order = ("to", "reason")

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = colleagues(agency)


class SwitchForm(forms.Form):
    """Switching dispatch to an agency off or on, with what everybody reads meanwhile."""

    because = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("For colleagues; kept in the audit trail.")
    )
    notice_zh = forms.CharField(label=_("Notice in Chinese"), max_length=500, required=False)
    notice_en = forms.CharField(label=_("Notice in English"), max_length=500, required=False)


class MomentInput(forms.DateTimeInput):
    """The browser's own day and time; the value travels as 2026-11-23T14:05, in the portal's time zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class OutageForm(forms.Form):
    """A planned outage: when, what applicants are told, and whether dispatch pauses."""

    starts_at = forms.DateTimeField(label=_("From"), widget=MomentInput())
    ends_at = forms.DateTimeField(label=_("Until"), widget=MomentInput())
    words_zh = forms.CharField(label=_("Notice in Chinese"), max_length=500)
    words_en = forms.CharField(label=_("Notice in English"), max_length=500)
    pauses = forms.BooleanField(
        label=_("Dispatch is switched off for this time"),
        required=False,
        initial=True,
        help_text=_("Documents are still received and keep their time; what waited is sent when it is over."),
    )

    def plan(self) -> Plan:
        """What was filled in."""
        return Plan(**self.cleaned_data)


class ContactForm(forms.ModelForm):
    """Where applicants ask the agency, and complain about it."""

    class Meta:
        model = AgencyContact
        fields = FIELDS


class FailureFilterForm(forms.Form):
    """Which failed dispatches one wants to see."""

    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Agency.objects.none(), to_field_name="code", required=False
    )
    failure = forms.ChoiceField(label=_("Failure"), required=False)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = agencies
        kinds = [(value, label) for value, label in FailureKind.choices if value]
        _choices(self, "failure", [("", _("all")), ("refused", _("refused at the door")), *kinds])
