"""`GET /api/v1/inventories`: lists with tax and findings, for those who may read them whole."""

from __future__ import annotations

from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customs.demo.story import story_batch, story_set
from customs.models import Inventory
from tests.api.conftest import problem_of

LIST = "/api/v1/inventories"


@pytest.fixture
def four(here) -> list[Inventory]:
    """O01 to O04 with all their documents, matched; newest first."""
    keys = ["O01", "O02", "O03", "O04"]
    for type_ in ("CEB311", "CEB411", "CEB511", "CEB621"):
        for data in {one: story_set(one)[type_] for one in keys}.values():
            here.load(type_, data)
    return list(Inventory.objects.order_by("-pk"))


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_list_in_full(erp, here):
    made = here.declared("O01")
    one = erp("G")
    row = one.get(f"{LIST}/{made.pk}").json()
    history = row.pop("history")
    assert one.get(LIST).json() == {"results": [row], "next": None}
    assert [event["state"] for event in history][-1] == "ready"
    assert all(event["at"] and event["actor"] and event["text"] for event in history)
    assert row["id"] == str(made.pk)
    assert (row["order_no"], row["state"], row["tax_total"]) == (made.order_no, "ready", "142.51")
    assert row["reference"] == made.message.submission.reference
    assert row["list_number"] == ""
    assert row["released_at"] is None


def test_findings_speak_the_callers_language(erp, here):
    here.declared("O01", CEB411={"amountPaid": "1.00"})
    one = erp("G")
    english = one.get(LIST).json()["results"][0]["findings"]
    chinese = one.get(LIST, headers={"Accept-Language": "zh-hans"}).json()["results"][0]["findings"]
    assert english
    assert [f["code"] for f in chinese] == [f["code"] for f in english]
    assert chinese[0]["text"] != english[0]["text"]


@pytest.mark.parametrize("limit", [1, 3, 4, 5])
def test_pages_have_neither_gaps_nor_repeats(erp, four, limit):
    pages = erp("G").pages(LIST, limit=limit)
    assert [row["id"] for row in chain(*pages)] == [str(one.pk) for one in four]
    assert all(len(page) == limit for page in pages[:-1])


def test_filters_narrow(erp, four):
    one, wanted = erp("G"), four[2]
    Inventory.objects.filter(pk=wanted.pk).update(
        invt_no="02132026I000000001", pre_no="PRE1", return_code="1332", state="returned"
    )
    wanted.refresh_from_db()
    asked = {
        "order_no": wanted.order_no,
        "logistics_no": wanted.logistics_no,
        "cop_no": wanted.cop_no,
        "invt_no": "02132026I000000001",
        "return_code": "1332",
        "state": "returned",
        "reference": (wanted.message.submission.reference or "").lower(),
    }
    for name, value in asked.items():
        assert ids(one.get(LIST, {name: value})) == [str(wanted.pk)], name
    assert ids(one.get(LIST, {"invt_no": "PRE1"})) == [str(wanted.pk)]
    assert ids(one.get(LIST, asked)) == [str(wanted.pk)]
    assert ids(one.get(LIST, {**asked, "order_no": four[0].order_no})) == []


def test_days_are_those_of_the_portal_and_inclusive(erp, four):
    from datetime import datetime

    one, message = erp("G"), four[0].message
    type(message).objects.filter(pk=message.pk).update(
        received_at=datetime.fromisoformat("2026-01-05T00:30:00+08:00")
    )
    found = [str(four[0].pk)]
    assert ids(one.get(LIST, {"since": "2026-01-05", "until": "2026-01-05"})) == found
    assert ids(one.get(LIST, {"until": "2026-01-04"})) == []
    assert str(four[0].pk) not in ids(one.get(LIST, {"since": "2026-01-06"}))


WRONG = {
    "state": ["made up", "\0"],
    "since": ["today", "2026-02-30", "\0"],
    "until": ["23.11.2026"],
    "order_no": ["a\0"],
    "invt_no": ["\0"],
    "reference": ["\0"],
    "after": ["1"],
    "limit": ["0", "²"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in WRONG.items() for v in values])
def test_what_is_not_understood_is_400(erp, name, value):
    body = problem_of(erp("G").get(LIST, {name: value}), 400, "input")
    assert [problem["path"] for problem in body["problems"]] == [f"/{name}"]


def test_everything_wrong_is_said_at_once(erp):
    body = problem_of(erp("G").get(LIST, {name: values[0] for name, values in WRONG.items()}), 400, "input")
    assert {problem["path"] for problem in body["problems"]} == {f"/{name}" for name in WRONG}


@pytest.mark.parametrize(
    ("key", "reads"),
    [("A", True), ("B", True), ("G", True), ("customs", True), ("C", False), ("D", False), ("E", False)],
)
def test_only_who_may_read_a_list_whole_reads_it(erp, here, key, reads):
    made = here.declared("O01")
    one = erp(key)
    assert ids(one.get(LIST)) == ([str(made.pk)] if reads else [])
    answer = one.get(f"{LIST}/{made.pk}")
    if reads:
        assert answer.json()["id"] == str(made.pk)
    else:
        problem_of(answer, 404, "not_found")


def test_without_the_scope(erp, here):
    problem_of(erp("G", "submissions:read").get(LIST), 403, "permission_denied")


@pytest.mark.parametrize("number", ["x", "01a20ac4-e405-7763-a4df-a748ab40a91d", "%00"])
def test_what_is_no_list_is_404(erp, number):
    problem_of(erp("G").get(f"{LIST}/{number}"), 404, "not_found")


def test_a_page_costs_as_many_queries_with_four_rows_as_with_one(erp, four, django_assert_num_queries):
    one = erp("G")
    with CaptureQueriesContext(connection) as single:
        assert len(ids(one.get(LIST, {"limit": 1}))) == 1
    with django_assert_num_queries(len(single)):
        assert len(ids(one.get(LIST))) == len(four)


def test_lists_of_one_message_are_pages_apart(erp, here):
    here.load("CEB621", story_batch(["O01", "O02", "O03"], "CEB621"))
    pages = erp("G").pages(LIST, limit=2)
    assert sorted(len(page) for page in pages) == [1, 2]
    assert len({row["id"] for row in chain(*pages)}) == 3
