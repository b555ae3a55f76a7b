"""Forms of this room's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from customs.models import DocumentState
from customs.selectors import ListFilter
from submissions.forms import DayInput

MOST_FILES = 100


class ManyFilesInput(forms.ClearableFileInput):
    """One or many files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files; each is validated like one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """All of them."""
        files: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    """Customs messages as files."""

    documents = ManyFilesField(
        label=_("XML files"),
        help_text=_(
            "One or many CEB messages (CEB311, 411, 511, 621; for export 303, 403, 505, 603, 507, 607, 509), "
            "each with 1 to 100 documents."
        ),
        error_messages={"required": _("Choose at least one file.")},
        widget=ManyFilesInput(attrs={"multiple": True, "accept": ".xml,application/xml,text/xml"}),
    )

    def clean_documents(self) -> list[UploadedFile]:
        """Not more than can be worked through while somebody waits."""
        files: list[UploadedFile] = self.cleaned_data["documents"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most 100 files at a time."))
        return files


class ListFilterForm(forms.Form):
    """Questions people ask of a table of inventory lists."""

    order_no = forms.CharField(label=_("Order number"), required=False, max_length=60)
    waybill_no = forms.CharField(label=_("Waybill number"), required=False, max_length=60)
    list_no = forms.CharField(label=_("List number"), required=False, max_length=20)
    state = forms.ChoiceField(label=_("State"), required=False)
    since = forms.DateField(label=_("Received from"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Received until"), required=False, widget=DayInput())
    tab = forms.CharField(required=False, widget=forms.HiddenInput())
    after = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("all")), *DocumentState.choices]

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the table."""
        return any(value for name, value in self.data.items() if name in self.fields and name != "after")

    def asked(self) -> ListFilter:
        """What was asked; a field that could not be read is left out."""
        self.is_valid()
        given = self.cleaned_data
        return ListFilter(
            tab=given.get("tab", ""),
            state=given.get("state", ""),
            since=given.get("since"),
            until=given.get("until"),
            order_no=given.get("order_no", ""),
            invt_no=given.get("list_no", ""),
            logistics_no=given.get("waybill_no", ""),
        )
