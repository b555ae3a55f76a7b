"""What the pages of a typed list show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import Company
from customs.ceb.mask import masked
from customs.ceb.spec import Field
from customs.onelist import drafts, prefill
from customs.onelist.forms import ListForm, anchor, tables
from customs.onelist.look import Fault, Look, by_field
from customs.onelist.preview import preview
from customs.onelist.sheet import Sheet, label
from customs.onelist.typed import Typed, Values, message
from reference.selectors import code_names
from submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Answer:
    """An element as it will be declared."""

    label: str
    name: str
    text: str


def form_page(
    draft: Submission,
    faults: tuple[Fault, ...],
    *,
    values: tuple[Values, tuple[Values, ...]] | None = None,
) -> dict[str, Any]:
    """The form with its controls, code tables, goods on file and the tax so far."""
    sheet, typed = drafts.sheet_of(draft), drafts.typed_of(draft)
    if values is not None:
        typed = typed.changed(*values)
    told = by_field(faults)
    head = ListForm(sheet, sheet.head, typed.head, told)
    return {
        "draft": draft,
        "sheet": sheet,
        "typed": typed,
        "head": head,
        "sections": [(one, [head[name] for name in one.names]) for one in sheet.sections],
        "lines": [ListForm(sheet, sheet.line, line, told, line=at) for at, line in enumerate(typed.lines, 1)],
        "may_add": len(typed.lines) < sheet.most_lines,
        "tables": tables(sheet),
        "goods": prefill.goods_on_file(typed.firm),
        "firm": Company.objects.filter(pk=typed.firm).first(),
        "faults": linked(draft, (one for one in faults if one.is_error)),
        "version": draft.draft_version,
        "name": sheet.name,
        "code": sheet.kind,
        "give_up": reverse("one_list_discard", args=[draft.pk]),
    } | saved(draft, typed)


def saved(draft: Submission, typed: Typed) -> dict[str, Any]:
    """What changes with every save: the tax of what stands in the form now."""
    sheet = drafts.sheet_of(draft)
    made = message(sheet, typed, draft.company, drafts.goods(typed))
    return {"draft": draft, "there": reverse("one_list", args=[draft.pk]), "tax": preview(sheet, made)}


def linked(draft: Submission, faults: Iterable[Fault]) -> list[tuple[Fault, str]]:
    """Each with the way to its field."""
    base = reverse("one_list", args=[draft.pk])
    return [(one, f"{base}?look=1#{anchor(one.place)}") for one in faults]


def check_page(draft: Submission) -> dict[str, Any]:
    """The answers as they will be declared, personal values covered, and what is to be said about them."""
    sheet, found = drafts.sheet_of(draft), drafts.look_at(draft)
    return {
        "draft": draft,
        "sheet": sheet,
        "parts": _parts(sheet, found),
        "lines": [_answers(sheet, line, line=True) for line in found.message.documents[0].lines],
        "errors": linked(draft, found.errors),
        "warnings": linked(draft, found.warnings),
        "tax": preview(sheet, found.message),
    }


def _parts(sheet: Sheet, found: Look) -> list[tuple[Any, list[Answer]]]:
    head = found.message.documents[0].head
    return [
        (part.title, _answers(sheet, {name: head[name] for name in part.names if name in head}))
        for part in sheet.sections
    ]


def _answers(sheet: Sheet, values: Values, *, line: bool = False) -> list[Answer]:
    names = sheet.line if line else sheet.head
    shown = [(sheet.field(name, line=line), values[name]) for name in names if name in values]
    return [Answer(label(spec), spec.name, _text(spec, text)) for spec, text in shown]


def _text(spec: Field, text: str) -> str:
    if spec.personal:
        return masked(spec.name, text)
    if spec.kind == "date8" and len(text) == len("20261103"):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    name = code_names(spec.table).get(text, "") if spec.table else ""
    return f"{text} {name}".strip()
