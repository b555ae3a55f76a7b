"""Forms of the front door."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.topics import Topic, topic
from portal.tryout import CUSTOMS, FRESH
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


class NoticeFilter:
    """Which notices one wants to see, by the address or the form; what cannot be read is left out."""

    def __init__(self, asked: QueryDict) -> None:
        self.data = asked

    @property
    def heading(self) -> Topic | None:
        """The heading chosen."""
        return topic(str(self.data.get("topic", "")))

    @property
    def only_unread(self) -> bool:
        """Whether those already read are left out."""
        return self.data.get("show") == "unread"

    @property
    def after(self) -> UUID | None:
        """Below which notice the page begins."""
        try:
            return UUID(str(self.data.get("after", "")))
        except ValueError:
            return None

    def condition(self) -> Q:
        """The notices asked for."""
        chosen = self.heading.condition if self.heading else Q()
        return chosen & Q(read_at=None) if self.only_unread else chosen


class AllReadForm(forms.Form):
    """Everything in the list that had come by the time the page was made."""

    all = forms.CharField()
    until = forms.DateTimeField()


class FreshSetForm(forms.Form):
    """Which order of the story, and how the stand-in of customs shall treat it."""

    order = forms.ChoiceField(label=_("Order"), choices=[(key, key) for key in FRESH])
    scenario = forms.RegexField(
        r"^[a-z-]+(:[A-Za-z0-9.-]{1,20})?$",
        label=_("Scenario"),
        required=False,
        help_text=_("A name of the table below, for example return:1332. Empty: released."),
        widget=forms.TextInput(attrs={"list": "scenarios", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_scenario(self) -> str:
        """A name the stand-in knows: a slip would be released in silence."""
        given: str = self.cleaned_data["scenario"]
        if given and given.partition(":")[0] not in {one.name for one in CUSTOMS.scenarios}:
            raise ValidationError(_("The stand-in does not know this scenario."))
        return given
