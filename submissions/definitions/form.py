"""The form of a definition: Django's widgets, our readers; what is wrong stands at its field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reference.problems import Problem
from reference.selectors import code_names
from submissions.definitions.definition import ServiceDefinition
from submissions.definitions.fields import TABLES, Field, Shape
from submissions.definitions.reading import NO, YES, Raw
from submissions.forms import DayInput

PREFIX = "f"  # field codes of a definition never meet names of our own ("version", "company")
NUMBERS = (Shape.MONEY, Shape.DECIMAL, Shape.INTEGER)


class ManyField(forms.Field):
    """Several of what is offered."""

    widget = forms.CheckboxSelectMultiple


def _select(choices: Iterable[tuple[str, Any]]) -> forms.Select:
    return forms.Select(choices=[("", "–"), *choices])


def _table_select(field: Field) -> forms.Select:
    names = code_names(TABLES[field.shape])
    return _select((code, f"{code} {name}") for code, name in names.items())


_WIDGETS: Mapping[Shape, Callable[[Field], forms.Widget]] = {
    Shape.LONG_TEXT: lambda field: forms.Textarea(attrs={"rows": 4}),
    Shape.CHOICE: lambda field: _select(field.choices),
    Shape.CHOICES: lambda field: forms.CheckboxSelectMultiple(choices=list(field.choices)),
    Shape.YES_NO: lambda field: _select([(YES, _("yes")), (NO, _("no"))]),
    Shape.DATE: lambda field: DayInput(),
    **dict.fromkeys(TABLES, _table_select),
}


def widget_of(field: Field) -> forms.Widget:
    """The control of a field; its words stay what was typed."""
    made = _WIDGETS.get(field.shape)
    return made(field) if made else forms.TextInput(attrs=_attributes(field))


def _attributes(field: Field) -> dict[str, Any]:
    modes: Mapping[Shape, str] = {
        Shape.INTEGER: "numeric",
        Shape.MONEY: "decimal",
        Shape.DECIMAL: "decimal",
        Shape.EMAIL: "email",
        Shape.PHONE: "tel",
    }
    found: dict[str, Any] = {"autocomplete": "off"}
    if field.shape in modes:
        found["inputmode"] = modes[field.shape]
    if field.shape is Shape.USCC:
        found |= {"maxlength": 18, "class": "mono"}
    return found


def _label(field: Field) -> Any:
    unit = field.unit or ("CNY" if field.shape is Shape.MONEY else "")
    return format_lazy("{} ({})", field.label, unit) if unit and field.shape in NUMBERS else field.label


class RowsWidget(forms.Widget):
    """A table to be filled in; some rows more than stand in it, and a button that saves and gives further ones."""

    template_name = "submissions/apply/_rows.html"
    spare = 3
    use_fieldset = True

    def __init__(self, field: Field, problems: Iterable[Problem] = ()) -> None:
        super().__init__()
        self.field = field
        self.wrong = {problem.path for problem in problems if problem.level == "error"}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The table's markup."""
        given = [row for row in value or [] if isinstance(row, Mapping)]
        count = min(len(given) + self.spare, self.field.most_rows)
        rows = [self._row(name, place, given[place] if place < len(given) else {}) for place in range(count)]
        context = {"field": self.field, "rows": rows, "id": (attrs or {}).get("id", name), "more": count}
        return mark_safe(render_to_string(self.template_name, context))  # noqa: S308 - a template of ours

    def _row(self, name: str, place: int, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [self._cell(name, place, column, values.get(column.code)) for column in self.field.columns]

    def _cell(self, name: str, place: int, column: Field, value: Any) -> dict[str, Any]:
        wrong = f"{self.field.path}/{place + 1}/{column.code}" in self.wrong
        css = "form-select" if column.shape in (*TABLES, Shape.CHOICE) else "form-control"
        attrs = {
            "class": f"{css} is-invalid" if wrong else css,
            "aria-label": f"{column.label} {place + 1}",
            "id": f"id_{name}-{place}-{column.code}",
        } | ({"aria-invalid": "true"} if wrong else {})
        control = widget_of(column).render(f"{name}-{place}-{column.code}", value, attrs)
        return {"column": column, "control": control}


class DefinedForm(forms.Form):
    """The controls alone: reading and judging is done by `reading.py`, for every channel alike."""

    use_required_attribute = False
    prefix = PREFIX

    def __init__(
        self, fields: Iterable[Field], raw: Raw, problems: Iterable[Problem] = (), suffix: str = ""
    ) -> None:
        super().__init__(initial=dict(raw), auto_id=f"id_%s{suffix}")
        problems, shapes = list(problems), {field.code: field for field in fields}
        for field in shapes.values():
            made = ManyField if field.shape is Shape.CHOICES else forms.Field
            self.fields[field.code] = made(
                label=_label(field),
                help_text=str(field.help),
                required=field.required,
                widget=RowsWidget(field, problems) if field.shape is Shape.ROWS else widget_of(field),
            )
        self._errors = forms.utils.ErrorDict()
        for problem in problems:
            code = problem.path.strip("/").split("/")[0]
            if problem.level == "error" and code in self.fields:
                place = place_of(shapes[code], problem)
                said = gettext("{place}: {problem}").format(place=place, problem=problem.text)
                self._errors.setdefault(code, self.error_class()).append(said if place else problem.text)


def raw_from(fields: Iterable[Field], data: QueryDict) -> dict[str, Any]:
    """What was typed, field by field, from a posted form."""
    found: dict[str, Any] = {}
    for field in fields:
        name = f"{PREFIX}-{field.code}"
        if field.shape is Shape.ROWS:
            found[field.code] = _rows_from(field, name, data)
        else:
            found[field.code] = data.getlist(name) if field.shape is Shape.CHOICES else data.get(name, "")
    return found


def _rows_from(field: Field, name: str, data: QueryDict) -> list[dict[str, Any]]:
    """Rows of a table in their order; those in which nothing stands are left out."""
    rows = []
    for place in range(field.most_rows):
        row = {column.code: data.get(f"{name}-{place}-{column.code}", "") for column in field.columns}
        if any(row.values()):
            rows.append(row)
    return rows


def anchor(definition: ServiceDefinition, problem: Problem) -> str:
    """The id on the form's page that a problem leads to."""
    head, _slash, rest = problem.path.strip("/").partition("/")
    if head == "papers":
        return f"paper-{rest}"
    return f"id_{PREFIX}-{head}" if definition.field(head) else "form"


def place_of(field: Field, problem: Problem) -> str:
    """ "Row 2, Quantity" for a problem inside a table; "" for any other."""
    _code, number, column = (*problem.path.strip("/").split("/"), "", "")[:3]
    found = field.column(column)
    return gettext("row {number}, {column}").format(number=number, column=found.label) if found else ""


def label_of(definition: ServiceDefinition, problem: Problem) -> Any:
    """What a problem is about, in words."""
    head, _slash, rest = problem.path.strip("/").partition("/")
    if head == "papers" and (slot := definition.paper(rest)):
        return slot.name
    field = definition.field(head)
    if field is None:
        return ""
    place = place_of(field, problem)
    return f"{field.label}, {place}" if place else field.label
