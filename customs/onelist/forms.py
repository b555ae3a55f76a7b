"""The controls of a typed list: one form for the head, one for each goods line; judging is `look.py`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customs.ceb.spec import Field
from customs.onelist.look import Fault, Place
from customs.onelist.sheet import Sheet, label
from customs.onelist.typed import Values
from reference.selectors import code_names
from submissions.forms import DayInput

HEAD = "f"
LINE = "l"  # l1-gcode: the code of the first line
MOST_TYPED = 1000  # characters of one field that are kept, whatever is posted


class BeginForm(forms.Form):
    """For whom, and from which order."""

    order_no = forms.CharField(label=_("Order number"), required=False, max_length=60)


class SignedForm(forms.Form):
    """The signed file that comes back."""

    signed = forms.FileField(
        label=_("Signed file"),
        error_messages={"required": _("Choose a file first.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )


class ListForm(forms.Form):
    """Fields of the wire format as controls: days by calendar, codes with a list to search in."""

    use_required_attribute = False

    def __init__(
        self,
        sheet: Sheet,
        names: Iterable[str],
        values: Mapping[str, str],
        faults: Mapping[str, list[Fault]],
        *,
        line: int = 0,
    ) -> None:
        prefix = f"{LINE}{line}" if line else HEAD
        super().__init__(initial=dict(values), prefix=prefix, auto_id="id_%s")
        self._errors = forms.utils.ErrorDict()
        for name in names:
            spec = sheet.field(name, line=bool(line))
            self.fields[name] = forms.Field(
                label=label(spec),
                help_text=_help(sheet, spec, values.get(name, "")),
                required=(spec.required or spec.mandatory) and name not in sheet.may_be_empty,
                widget=_widget(sheet, spec),
            )
            for fault in faults.get(f"{line}-{name}" if line else name, ()):
                if fault.is_error:
                    told = f"{fault.problem.text} {fault.fix}".strip()
                    self._errors.setdefault(name, self.error_class()).append(told)

    def rows(self) -> list[Any]:
        """The fields in their order."""
        return [self[name] for name in self.fields]


def _help(sheet: Sheet, spec: Field, value: str) -> str:
    """The element's name on the wire, for who knows it, what is to be known, and what a code means."""
    name = (
        code_names(spec.table).get(value.strip(), "") if spec.table and spec.name not in sheet.offered else ""
    )
    return f"{_known(sheet, spec)} = {name}" if name else _known(sheet, spec)


def _known(sheet: Sheet, spec: Field) -> str:
    told = sheet.help.get(spec.name)
    return f"{spec.name} · {told}" if told else spec.name


def _widget(sheet: Sheet, spec: Field) -> forms.Widget:
    if spec.name in sheet.choices:
        return forms.Select(choices=[("", "–"), *sheet.choices[spec.name]])
    if spec.name in sheet.offered and spec.table:
        names = code_names(spec.table)
        offered = [(code, f"{code} {names.get(code, '')}".strip()) for code in sheet.offered[spec.name]]
        return forms.Select(choices=[("", "–"), *offered])
    if spec.kind == "date8":
        return DayInput()
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if spec.table:
        # `data-help`: what stands beside the code's name when another one is chosen (static/portal.js).
        attrs |= {"list": f"codes-{spec.table}", "data-help": _known(sheet, spec)}
    elif spec.name == "itemNo":
        attrs["list"] = "filed-goods"
    elif spec.base != "string":
        attrs["inputmode"] = "numeric" if spec.base == "int" else "decimal"
    return forms.TextInput(attrs=attrs)


def tables(sheet: Sheet) -> dict[str, Mapping[str, str]]:
    """Every code table that a field searches in: code → name in the active language."""
    fields = [sheet.field(name) for name in sheet.head]
    fields += [sheet.field(name, line=True) for name in sheet.line]
    wanted = {one.table for one in fields if one.table and one.name not in sheet.offered}
    return {table: code_names(table) for table in sorted(wanted)}


def posted(sheet: Sheet, data: QueryDict) -> tuple[Values, tuple[Values, ...]]:
    """What was typed: head and lines in their order; anything else that is posted is not looked at."""
    head = {name: data.get(f"{HEAD}-{name}", "")[:MOST_TYPED] for name in sheet.head}
    lines = []
    for number in range(1, sheet.most_lines + 1):
        if f"{LINE}{number}-{sheet.line[0]}" not in data:
            break
        lines.append({name: data.get(f"{LINE}{number}-{name}", "")[:MOST_TYPED] for name in sheet.line})
    return head, tuple(lines)


def anchor(at: Place) -> str:
    """The id on the form's page that a fault leads to."""
    if not at.is_asked:
        return "form"
    return f"id_{LINE}{at.line}-{at.name}" if at.line else f"id_{HEAD}-{at.name}"
