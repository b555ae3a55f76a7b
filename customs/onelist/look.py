"""Everything that is wrong with a typed list: the checks of messages, told where the form has its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop as _

from accounts.models import Company
from accounts.selectors import companies_by_codes
from customs import claims, intake_checks
from customs.ceb import Document, Message, check, write
from customs.onelist.fixes import fix_of
from customs.onelist.sheet import Sheet, label
from customs.onelist.typed import Goods, Typed, message
from customs.rows import codes_in
from reference.keys import uuid7
from reference.problems import Problem
from reference.selectors import code_sets

# The signature comes last, when nothing is wrong any more.
SIGNED_LATER = frozenset({"ceb.signature.missing", "ceb.spec.signature"})
_HEAD = re.compile(r"/\w+Message/Inventory(?:\[1\])?/InventoryHead/(\w+)")
_LINE = re.compile(r"/\w+Message/Inventory(?:\[1\])?/InventoryList(?:\[(\d+)\])?/(\w+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the form has an element: `line` counts from 1, 0 is the head. `is_asked`: it has a field for it."""

    name: str
    line: int
    is_asked: bool
    label: str

    @property
    def code(self) -> str:
        """The field's name in the form."""
        return f"{self.line}-{self.name}" if self.line else self.name


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem with its place and what to do about it."""

    problem: Problem
    place: Place
    fix: str

    @property
    def is_error(self) -> bool:
        """Whether it is in the way of handing in."""
        return self.problem.level == "error"


@dataclass(frozen=True, slots=True)
class Look:
    """The message as it would be and everything that is to be said about it."""

    message: Message
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> list[Fault]:
        """What is in the way."""
        return [one for one in self.faults if one.is_error]

    @property
    def warnings(self) -> list[Fault]:
        """What is not."""
        return [one for one in self.faults if not one.is_error]


def look(sheet: Sheet, typed: Typed, sender: Company, goods: Goods) -> Look:
    """Form, rules between the fields, rights, numbers that are taken: all at once."""
    made = message(sheet, typed, sender, goods)
    problems = _form(made)
    if not problems or problems[0].code != "ceb.xml.character":
        problems += _rights(made, sender, problems)
    told = [Fault(one, (at := place(sheet, one.path)), fix_of(one, at.name)) for one in _once(problems)]
    return Look(made, tuple(told))


def _form(made: Message) -> list[Problem]:
    try:
        data = write(made)
    except ValueError:
        return [Problem("ceb.xml.character", "/", _CHARACTER)]
    report = check(data, business=True, codes=code_sets())
    return [one for one in report.problems if one.code not in SIGNED_LATER]


_CHARACTER = _("A field holds a character that a message cannot carry.")


def _rights(made: Message, sender: Company, found: list[Problem]) -> list[Problem]:
    """What intake would say, of the elements that are well formed."""
    wrong = {one.path for one in found if one.level == "error"}
    document = _without(made.documents[0], wrong)
    whole = replace(made, documents=[document])
    companies = companies_by_codes({*codes_in(made.type, [document]), *sender.codes})
    if wrong and document.head["appType"] == claims.CHANGE:
        whole = replace(made, documents=[replace(document, head=document.head | {"appType": claims.NEW})])
    problems = intake_checks.found(whole, sender, companies)
    return problems if wrong else [*problems, *_taken(made, document, sender)]


def _without(document: Document, wrong: set[str]) -> Document:
    """The document without the values that are not what they should be."""

    def bad(line: int, name: str) -> bool:
        at = f"InventoryList[{line}]/{name}" if line else f"InventoryHead/{name}"
        return any(path.endswith(at) for path in wrong)

    head = {name: text for name, text in document.head.items() if not bad(0, name)}
    lines = [
        {name: text for name, text in values.items() if name == "gnum" or not bad(at, name)}
        for at, values in enumerate(document.lines, 1)
    ]
    return replace(document, head=head, lines=lines)


def _taken(made: Message, document: Document, sender: Company) -> list[Problem]:
    """Numbers that another list holds; loading decides, and would send this one back."""
    one = claims.Candidate(made.type, document, uuid7(), str(sender.pk))
    held = claims.holders(made.type, one.claims)
    claims.decide(one, held)
    known = {problem.code for problem in one.problems}
    # A change of what is unknown or gone is intake's to say.
    return (
        [problem for problem in one.problems if not problem.code.startswith("customs.change")]
        if known
        else []
    )


def _once(problems: list[Problem]) -> list[Problem]:
    """One sentence about one field from one rule; errors first."""
    seen: dict[tuple[str, str], Problem] = {}
    for one in problems:
        seen.setdefault((one.code, one.path), one)
    return sorted(seen.values(), key=lambda one: one.level != "error")


def place(sheet: Sheet, path: str) -> Place:
    """Which field of the form a path of the message is."""
    line, name = 0, path.rpartition("/")[2]
    if (found := _LINE.fullmatch(path)) is not None:
        line, name = int(found[1] or 1), found[2]
    elif (found := _HEAD.fullmatch(path)) is None:
        return Place(name, 0, is_asked=False, label="")
    try:
        words = label(sheet.field(name, line=bool(line)))
    except KeyError:
        return Place(name, line, is_asked=False, label=name)
    return Place(name, line, sheet.is_asked(name, line=bool(line)), words)


def by_field(faults: tuple[Fault, ...]) -> Mapping[str, list[Fault]]:
    """Faults by the field of the form they stand at; "" for those that belong to no field."""
    found: dict[str, list[Fault]] = {}
    for one in faults:
        found.setdefault(one.place.code if one.place.is_asked else "", []).append(one)
    return found
