"""Every shape reads what people type and says what is wrong; a form says everything at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.definitions.definition import ServiceDefinition
from submissions.definitions.fields import Field, Shape
from submissions.definitions.reading import errors, read, read_field
from tests.submissions.definitions.throwaway import ANSWERS, DEFINITION


def field(code: str) -> Field:
    found = DEFINITION.field(code)
    assert found is not None
    return found


GOOD: list[tuple[str, Any, Any]] = [
    ("text", " A firm ", "A firm"),
    ("choice", "b", "b"),
    ("choices", ["z", "x"], ["x", "z"]),
    ("day", "2026-01-31", "2026-01-31"),
    ("money", "1,000", "1000.00"),
    ("decimal", "0.125", "0.125"),
    ("count", 4, 4),
    ("agreed", False, False),
    ("agreed", "yes", True),
    ("country", "502", "502"),
    ("uscc", "91110000600037341l", "91110000600037341L"),
    ("email", "a@example.invalid", "a@example.invalid"),
    ("phone", "+86 120-0000-0001", "+8612000000001"),
    ("code", "0213", "0213"),
    ("long", "", None),
]
BAD: list[tuple[str, Any, str]] = [
    ("text", "", "form.required"),
    ("text", "x" * 11, "form.too_long"),
    ("choice", "c", "form.choice"),
    ("choices", ["x", "q"], "form.choice"),
    ("choices", [], "form.required"),
    ("day", "2026-02-30", "form.date"),
    ("day", "9999-01-01", "form.future"),
    ("money", "1.005", "form.places"),
    ("money", "-1", "form.too_little"),
    ("money", "1000.01", "form.too_much"),
    ("money", "1e3", "form.number"),
    ("count", "1.5", "form.places"),
    ("agreed", "perhaps", "form.yes_no"),
    ("country", "999", "form.code"),
    ("uscc", "91110000600037341X", "uscc.check"),
    ("email", "nobody", "form.email"),
    ("phone", "12", "form.phone"),
    ("code", "213", "form.pattern"),
]


@pytest.mark.parametrize(("code", "raw", "value"), GOOD)
def test_what_is_read(service: ServiceDefinition, code: str, raw: Any, value: Any) -> None:
    assert read_field(field(code), raw) == (value, [])


@pytest.mark.parametrize(("code", "raw", "problem"), BAD)
def test_what_is_wrong(service: ServiceDefinition, code: str, raw: Any, problem: str) -> None:
    _value, problems = read_field(field(code), raw)
    assert [one.code for one in problems] == [problem]
    assert problems[0].path == f"/{code}"
    assert problems[0].text


def test_the_organisation_code_inside_is_a_warning() -> None:
    from reference.numbers import uscc_check_character

    seventeen = "91120116DEM000015"
    number = seventeen + uscc_check_character(seventeen)
    value, problems = read_field(field("uscc"), number)
    assert value == number
    assert [(one.code, one.level) for one in problems] == [("uscc.organisation_check", "warning")]
    assert errors(problems) == []


def test_everything_wrong_is_told_at_once(service: ServiceDefinition) -> None:
    raw = ANSWERS | {"text": "", "money": "x", "count": "7", "agreed": "no", "day": "soon"}
    found = {one.code for one in read(service, raw).problems}
    assert found == {"form.required", "form.number", "test.odd", "test.many", "form.date"}


def test_an_empty_form_misses_every_needed_field(service: ServiceDefinition) -> None:
    whole = read(service, {})
    assert {one.path for one in whole.problems} == {one.path for one in service.fields if one.required}
    assert whole.values == {}


@given(st.sampled_from(DEFINITION.fields and list(DEFINITION.fields)), st.text(max_size=40))
def test_nothing_typed_breaks_the_reading(one: Field, text: str) -> None:
    if one.shape in (Shape.COUNTRY, Shape.CURRENCY, Shape.UNIT):
        return  # read in the table of codes; tested above
    value, problems = read_field(one, text)
    assert value is not None or problems or not text.strip("\x00").strip() or not one.required
