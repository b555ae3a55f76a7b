"""The calculator: the numbers of the quote, everything wrong at once, a question one can pass on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customs.models import Inventory
from submissions.models import Submission
from tests.customs.factories import World

pytestmark = pytest.mark.django_db
CREAM = {
    "hs": "3304990029",
    "name": "Face cream",
    "price": "700.00",
    "quantity": "1",
    "content": "50",
    "content_unit": "g",
}


def question(*lines: dict[str, str], **order: str) -> dict[str, str]:
    """As a browser writes it into the address."""
    asked = {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0", "day": "2026-11-23"} | order
    return asked | {f"form-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}


def ask(client: Client, *lines: dict[str, str], **order: str) -> Any:
    return client.get("/calculator/", question(*lines, **order), headers={"Accept-Language": "en"})


def test_the_form_is_open_to_everybody_and_offers_the_tariff(client: Client, here: World) -> None:
    html = client.get("/calculator/", headers={"Accept-Language": "en"}).content.decode()
    assert '<option value="3304990029">' in html
    assert "Line 1" in html


def test_it_says_what_the_quote_says_and_stores_nothing(client: Client, here: World) -> None:
    page = ask(client, CREAM, freight="20")
    body = {"date": "2026-11-23", "lines": [CREAM], "freight": "20"}
    api = client.post("/api/v1/customs/import-tax/quotes", body, content_type="application/json").json()
    assert page.context["quote"]["total"] == api["total"] == "166.02"
    html = page.content.decode()
    assert "CNY 166.02" in html
    assert api["rules"][0]["source"] in html
    assert api["lines"][0]["steps"][0]["working"] in html.replace("&#x27;", "'")
    assert not Submission.objects.exists()
    assert not Inventory.objects.exists()


def test_several_lines_add_up(client: Client, here: World) -> None:
    quote = ask(client, CREAM, CREAM | {"price": "80.00"}).context["quote"]
    assert len(quote["lines"]) == 2
    assert float(quote["total"]) == pytest.approx(sum(float(line["total"]) for line in quote["lines"]))


def test_everything_wrong_is_told_at_its_field_at_once(client: Client, here: World) -> None:
    page = ask(client, {"hs": "33", "price": "-1", "quantity": "0", "content": "5"}, freight="x")
    assert page.status_code == 400
    assert set(page.context["lines"].errors[0]) == {"hs", "price", "quantity", "content_unit"}
    assert set(page.context["order"].errors) == {"freight"}
    assert "quote" not in page.context


def test_goods_nobody_knows_are_a_problem_not_a_zero(client: Client, here: World) -> None:
    page = ask(client, CREAM | {"hs": "0000000000"})
    assert page.context["problems"]
    assert "quote" not in page.context


def test_a_day_without_rules_is_told(client: Client, here: World) -> None:
    assert "1990-01-01" in ask(client, CREAM, day="1990-01-01").context["refusal"]


def test_one_more_line_keeps_what_is_filled_in_and_judges_nothing(client: Client, here: World) -> None:
    page = ask(client, {"hs": "33", "price": "12.50"}, add="1", freight="7")
    html = page.content.decode()
    assert "Line 2" in html
    assert 'value="12.50"' in html
    assert 'value="7"' in html
    assert "field-wrong" not in html


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999999", "²"])
def test_odd_numbers_of_lines_break_nothing(client: Client, here: World, total: str) -> None:
    for extra in ({}, {"add": "1"}):
        answer = client.get("/calculator/", question(CREAM) | {"form-TOTAL_FORMS": total} | extra)
        assert answer.status_code in (200, 400)
