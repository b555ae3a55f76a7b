"""`GET /api/v1/export-lists`: whole lists for the firms and customs, closed ones for tax, nothing for others."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency
from customs.models import ExportList
from tests.accounts.factories import an_agency
from tests.api.conftest import erp_of, problem_of
from tests.customs.export import month, parcels

LISTS = "/api/v1/export-lists"


@pytest.fixture
def october(here, tmp_path: Path) -> list[ExportList]:
    """The twenty lists, closed; newest first."""
    month.october(here, tmp_path)
    return list(ExportList.objects.order_by("-pk"))


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_list_with_its_way_out_and_history(erp, here, tmp_path):
    made = parcels.closed(here, tmp_path)
    one = erp("F")
    row = one.get(f"{LISTS}/{made.pk}").json()
    history = row.pop("history")
    assert one.get(LISTS).json() == {"results": [row], "next": None}
    assert [event["state"] for event in history][-2:] == ["released", "closed"]
    assert (row["list_number"], row["state"], row["export_date"]) == (
        "02132026E000000001",
        "closed",
        "2026-10-10",
    )
    assert row["closed_at"].startswith("2026-10-10T20:30")
    assert [notice["kind"] for notice in row["notices"]] == ["arrival", "manifest", "departure"]
    assert (row["findings"], row["waits_for"], row["returns"]) == ([], None, [])
    (line,) = row["lines"]
    assert (line["hs"], line["value"], line["currency"]) == ("6301", "29.00000", "USD")


def test_what_it_waits_for(erp, here):
    made = parcels.declared(here, "CEB303", "CEB505", "CEB603")
    ExportList.objects.filter(pk=made.pk).update(state="stored")
    wait = erp("G").get(f"{LISTS}/{made.pk}").json()["waits_for"]
    assert (wait["step"], wait["holder"], wait["working_days"], wait["late"]) == (
        "arrival",
        "logistics",
        0,
        False,
    )


@pytest.mark.parametrize("limit", [7, 20])
def test_pages_have_neither_gaps_nor_repeats(erp, october, limit):
    pages = erp("G").pages(LISTS, limit=limit)
    assert [row["id"] for row in chain(*pages)] == [str(one.pk) for one in october]


def test_filters_narrow(erp, october):
    one, wanted = erp("F"), october[3]
    asked = {"order_no": wanted.order_no, "logistics_no": wanted.logistics_no, "cop_no": wanted.cop_no,
             "invt_no": wanted.invt_no}  # fmt: skip
    for name, value in asked.items():
        assert ids(one.get(LISTS, {name: value})) == [str(wanted.pk)], name
    assert len(ids(one.get(LISTS, {"closed_month": "2026-10"}))) == 19
    assert ids(one.get(LISTS, {"closed_month": "2026-11"})) == [
        str(ExportList.objects.get(invt_no="02132026E000000019").pk)
    ]
    assert len(ids(one.get(LISTS, {"state": "closed"}))) == 20
    assert ids(one.get(LISTS, {"state": "released"})) == []
    for name, value in (("closed_month", "2026-13"), ("closed_month", "October"), ("state", "nowhere")):
        assert name in str(problem_of(one.get(LISTS, {name: value}), 400, "input"))


def test_each_agency_has_its_own_fields(erp, here, october):
    ExportList.objects.filter(pk=october[0].pk).update(state="released", closed_at=None)
    tax = erp_of(an_agency("tax"))
    rows = tax.get(LISTS).json()["results"]
    assert len(rows) == 19
    hidden = {
        "order_no",
        "waybill_no",
        "findings",
        "return_info",
        "notices",
        "cop_no",
        "reference",
        "waits_for",
    }
    assert not hidden & rows[0].keys()
    assert rows[0].keys() >= {
        "list_number",
        "closed_at",
        "statistics_flag",
        "firm",
        "producer",
        "lines",
        "returns",
    }
    assert "history" not in tax.get(f"{LISTS}/{rows[0]['id']}").json()
    assert tax.get(f"{LISTS}/{october[0].pk}").status_code == 404
    assert len(ids(erp("customs").get(LISTS))) == 20
    assert hidden <= erp("customs").get(LISTS).json()["results"][0].keys()
    assert ids(erp_of(an_agency("commerce")).get(LISTS)) == []


def test_who_is_not_named_whole_finds_nothing(erp, here):
    made = parcels.declared(here)
    for key in ("D", "A", "H"):
        assert ids(erp(key).get(LISTS)) == []
        assert erp(key).get(f"{LISTS}/{made.pk}").status_code == 404
    assert erp_of(Agency.objects.get(code="customs"), "changes:read").get(LISTS).status_code == 403


def test_a_page_costs_the_same_whatever_its_length(erp, october):
    one, costs = erp("G"), set()
    one.get(LISTS, {"limit": 1})
    for limit in (2, 20):
        with CaptureQueriesContext(
            connection,
        ) as spent:
            one.get(LISTS, {"limit": limit})
        costs.add(len(spent))
    assert len(costs) == 1
