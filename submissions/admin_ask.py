"""The question to the applicant: the official names fields and papers of the form, with words to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from submissions.admin_forms import WordsForm
from submissions.admin_registry import Place

MOST = 500  # characters to one field


class AskForm(WordsForm):
    """Words to the whole, then any of the places this agency got; words to a place choose it too."""

    chosen = forms.MultipleChoiceField(label=_("Fields and papers in question"), required=False)

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - declared above
        chosen.choices = [(place.path, place.label) for place in places]
        for number, place in enumerate(places):
            self.fields[f"said_{number}"] = forms.CharField(
                label=str(place.label), required=False, max_length=MOST
            )

    @property
    def rows(self) -> list[tuple[Place, bool, BoundField]]:
        """Each place with whether it is chosen and the field of its words."""
        ticked = self.data.getlist("chosen") if hasattr(self.data, "getlist") else ()
        return [
            (place, place.path in ticked, self[f"said_{number}"]) for number, place in enumerate(self.places)
        ]

    def problems(self) -> list[dict[str, str]]:
        """What is asked, place by place, as `casework.ask_information` takes it."""
        given = self.cleaned_data
        found = []
        for number, place in enumerate(self.places):
            words = given.get(f"said_{number}", "").strip()
            if words or place.path in given["chosen"]:
                found.append({"code": "official.asks", "path": place.path, "text": words})
        return found
