"""The public quote: what goes in, what comes out, and every problem of a bad question at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import SimpleRateThrottle

from customs.api.v1.quotes import QuoteView
from reference import selectors
from reference.services import load_reference

pytestmark = pytest.mark.django_db
QUOTES = QuoteView.as_view()

CREAM = {
    "hs": "3304990029",
    "name": "面霜 50 g",
    "price": "700.00",
    "quantity": "1",
    "content": "50",
    "content_unit": "g",
}


@pytest.fixture(autouse=True)
def _english_and_fresh() -> Iterator[None]:
    selectors.forget()
    cache.clear()
    with translation.override("en"):
        yield
    selectors.forget()


@pytest.fixture
def tables() -> None:
    load_reference()


def send(method: str, body: Any = None, **options: Any) -> Any:
    """The view's answer, rendered, with `.json()` as a caller reads it."""
    request = getattr(APIRequestFactory(), method)("/quotes", body, **{"format": "json", **options})
    answer = QUOTES(request).render()
    answer.json = lambda: json.loads(answer.content)
    return answer


def ask(**body: Any) -> Any:
    return send("post", {"date": "2026-11-23", **body})


def problems(answer: Any) -> list[tuple[str, str]]:
    return [(problem["code"], problem["path"]) for problem in answer.json()["problems"]]


def test_order_o02_of_the_story(tables: None) -> None:
    answer = ask(lines=[CREAM], freight="20.00", insurance="0", used_this_year="100.00")
    assert answer.status_code == 200
    body = answer.json()
    expected = {
        "regime": "within_limit",
        "date": "2026-11-23",
        "dutiable_value": "720.00",
        "tariff": "0.00",
        "consumption_tax": "88.94",
        "vat": "77.08",
        "total": "166.02",
        "used_after": "820.00",
    }
    assert {name: body[name] for name in expected} == expected
    line = body["lines"][0]
    assert (line["total"], line["unit_value"]) == ("166.02", "14.4000")
    assert [step["result"] for step in line["steps"]] == ["720.00", "14.4000", "847.0588", "88.94", "77.08"]
    assert {"R1.05", "R1.17", "rates.tariff"} <= {rule["code"] for rule in body["rules"]}
    assert body["reasons"] == []


def test_given_rates_need_no_table_line(tables: None) -> None:
    rates = {"vat_rate": "0.13", "consumption_tax_rate": "0.15", "tariff_rate": "0"}
    answer = ask(lines=[{"hs": "33030000", "price": "100.00", "quantity": "1", **rates}])
    assert answer.json()["total"] == "23.06"


def test_freight_is_shared_and_the_remainder_goes_to_the_largest_line(tables: None) -> None:
    line = {"hs": "1901101090", "price": "100.00", "quantity": "1"}
    lines = [line, {**line, "price": "400.00"}, line]
    answer = ask(lines=lines, freight="0.60", insurance="0.40").json()
    assert [line["dutiable_value"] for line in answer["lines"]] == ["100.17", "400.66", "100.17"]
    assert answer["dutiable_value"] == "601.00"


def test_a_refused_order_is_an_answer_with_reasons_and_without_taxes(tables: None) -> None:
    answer = ask(lines=[{**CREAM, "quantity": "8"}], used_this_year="25000")
    body = answer.json()
    assert answer.status_code == 200
    assert body["regime"] == "refused"
    assert [body[name] for name in ("tariff", "consumption_tax", "vat", "total")] == [None] * 4
    assert body["lines"][0]["total"] is None
    assert [reason["code"] for reason in body["reasons"]] == [
        "import_tax.over_yearly_limit",
        "import_tax.over_single_limit",
    ]
    assert "26,000" in body["reasons"][0]["text"]


def test_an_order_of_2018_falls_under_the_rules_of_2018(tables: None) -> None:
    rates = {"vat_rate": "0.16", "consumption_tax_rate": "0", "tariff_rate": "0.10"}
    lines = [{"hs": "42022100", "price": "3000.00", "quantity": "1", **rates}]
    body = ask(date="2018-12-01", lines=lines).json()
    assert (body["regime"], body["total"]) == ("full_tax", "828.00")


def test_missing_rates_and_contents_are_named_at_once(tables: None) -> None:
    without = {name: CREAM[name] for name in ("hs", "price", "quantity")}
    answer = ask(lines=[without, {"hs": "9999999999", "price": "1", "quantity": "1"}])
    assert answer.status_code == 422
    assert problems(answer) == [
        ("import_tax.content_missing", "/lines/0/content"),
        ("import_tax.rate_missing", "/lines/1/hs"),
    ]
    assert "9999999999" in answer.json()["problems"][1]["text"]


def test_every_fault_of_the_input_is_named_at_once(tables: None) -> None:
    bad = {"hs": "x", "price": "-1", "quantity": "0", "content": "5", "vat_rate": "13", "name": "x" * 251}
    answer = ask(date="2026-02-30", lines=[CREAM, bad], freight="much", used_this_year="NaN")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert {where for _, where in problems(answer)} >= {
        "/date",
        "/freight",
        "/used_this_year",
        "/lines/1/hs",
        "/lines/1/price",
        "/lines/1/quantity",
        "/lines/1/vat_rate",
        "/lines/1/name",
    }
    assert {"type", "title", "status", "detail", "problems"} == set(answer.json())


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"content_unit": None}, "/lines/0/content_unit"),
        ({"content": None}, "/lines/0/content"),
        ({"content": "0"}, "/lines/0/content"),
        ({"content_unit": "barrel"}, "/lines/0/content_unit"),
        ({"quantity": "0"}, "/lines/0/quantity"),
        ({"price": "1e400"}, "/lines/0/price"),
        ({"price": "0.000001"}, "/lines/0/price"),
        ({"price": None}, "/lines/0/price"),
        ({"consumption_tax_rate": "1"}, "/lines/0/consumption_tax_rate"),
    ],
)
def test_faults_of_a_line(change: dict[str, object], where: str, tables: None) -> None:
    answer = ask(lines=[{**CREAM, **change}])
    assert answer.status_code == 400
    assert [path for _, path in problems(answer)] == [where]


@pytest.mark.parametrize("lines", [[], None, "x", [None], [CREAM] * 100])
def test_lines_must_be_1_to_99(lines: object, tables: None) -> None:
    assert ask(lines=lines).status_code == 400


def test_99_of_the_largest_lines_are_computed(tables: None) -> None:
    line = {"hs": "1901101090", "price": "999999999.99999", "quantity": "999999.99999"}
    answer = ask(lines=[line] * 99)
    assert answer.status_code == 200
    assert answer.json()["regime"] == "refused"


def test_before_the_regime_there_are_no_rules(tables: None) -> None:
    answer = ask(date="2016-04-07", lines=[CREAM])
    assert answer.status_code == 422
    assert problems(answer) == [("import_tax.no_rules", "/date")]


def test_today_is_the_default_and_numbers_are_taken_too(tables: None) -> None:
    rates = {"vat_rate": 0.13, "consumption_tax_rate": 0, "tariff_rate": 0}
    body = {"lines": [{"price": 15.0, "quantity": 1, **rates}]}
    answer = send("post", body)
    assert answer.json()["total"] == "1.37"


def test_nothing_but_json_is_read() -> None:
    assert send("post", "{", content_type="application/json", format=None).status_code == 400
    assert send("post", [1]).status_code == 400
    assert send("post", {"a": "b"}, format="multipart").status_code == 415
    assert send("get", format=None).status_code == 405


def test_a_quote_costs_one_query_once_the_rules_are_known(
    tables: None, django_assert_num_queries: Any
) -> None:
    ask(lines=[CREAM])
    with django_assert_num_queries(1):
        ask(lines=[CREAM, CREAM])


def test_quotes_are_rate_limited(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "quotes", "2/min")
    codes = [ask(lines=[CREAM]).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(ask(lines=[CREAM])["Retry-After"]) > 0


def test_the_example_of_the_api_description_is_true(tables: None) -> None:
    from customs.api.v1.quote_shapes import EXAMPLE_IN, EXAMPLE_OUT

    body = ask(**EXAMPLE_IN.value).json()
    promised = EXAMPLE_OUT.value
    for name, value in promised.items():
        if name not in {"lines", "rules"}:
            assert body[name] == value
    for name, value in promised["lines"][0].items():
        if name != "steps":
            assert body["lines"][0][name] == value
    assert promised["lines"][0]["steps"][0] in body["lines"][0]["steps"]
    assert promised["rules"][0] in body["rules"]
