"""A table in a form: what is read of it, where its problems stand, how it is shown."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import override

from submissions.definitions.fields import Field, Shape
from submissions.definitions.form import DefinedForm, place_of, raw_from
from submissions.definitions.reading import field_path, read_field
from submissions.definitions.showing import shown

TABLE = Field(
    "goods", "Goods", Shape.ROWS, most_rows=4,
    columns=(
        Field("item", "Item", most=5),
        Field("pieces", "Pieces", Shape.INTEGER, least_value=1),
        Field("word", "Word", required=False),
    ),
)  # fmt: skip


def read(rows: Any) -> tuple[Any, list[tuple[str, str]]]:
    value, problems = read_field(TABLE, rows)
    return value, [(one.code, one.path) for one in problems]


def test_rows_are_read_cell_by_cell_and_empty_ones_left_out() -> None:
    given = [
        {"item": " A1 ", "pieces": "2"},
        {"item": "", "pieces": " ", "word": ""},
        {"item": "B", "pieces": 3},
    ]
    assert read(given) == ([{"item": "A1", "pieces": 2}, {"item": "B", "pieces": 3}], [])


def test_every_problem_names_its_row_and_column() -> None:
    given = [{"item": "A1", "pieces": "2"}, {"item": "TOO LONG", "pieces": "0"}, {"word": "only"}]
    _value, problems = read(given)
    assert problems == [
        ("form.too_long", "/goods/2/item"),
        ("form.too_little", "/goods/2/pieces"),
        ("form.required", "/goods/3/item"),
        ("form.required", "/goods/3/pieces"),
    ]


def test_no_rows_are_none_and_too_many_are_told() -> None:
    for nothing in (None, [], "text", [{}], ["text"], {"item": "A"}):
        assert read(nothing) == (None, [("form.required", "/goods")])
    value, problems = read([{"item": "A", "pieces": 1}] * 5)
    assert (len(value), problems) == (4, [("form.too_many", "/goods")])


def test_a_posted_table_comes_back_as_it_was_typed() -> None:
    data = QueryDict(mutable=True)
    data.update({"f-goods-0-item": "A", "f-goods-2-pieces": "x", "f-goods-9-item": "beyond"})
    raw = raw_from((TABLE,), data)
    assert raw == {
        "goods": [{"item": "A", "pieces": "", "word": ""}, {"item": "", "pieces": "x", "word": ""}]
    }
    _value, problems = read_field(TABLE, raw["goods"])
    with override("en"):
        form = DefinedForm((TABLE,), raw, problems)
    markup = str(form["goods"])
    assert 'name="f-goods-1-pieces" value="x"' in markup
    assert 'name="f-goods-3-item"' in markup
    assert 'name="f-goods-4-item"' not in markup
    assert markup.count("is-invalid") == 3
    assert form.errors["goods"][0] == "row 1, Pieces: This is needed."
    assert [field_path(one) for one in problems] == ["/goods"] * 3
    with override("en"):
        assert place_of(TABLE, problems[0]) == "row 1, Pieces"


def test_a_table_in_one_line() -> None:
    assert (
        shown(TABLE, [{"item": "A", "pieces": 2}, {"item": "B", "pieces": 1, "word": "w"}])
        == "A · 2; B · 1 · w"
    )
    assert shown(TABLE, []) == ""
