"""`GET /api/v1/submissions`: what the caller may read, in pages without gaps or repeats."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain

import pytest
from django.utils import timezone

from customs.demo.story import story_message
from submissions.models import Submission, SubmissionState
from tests.api.conftest import problem_of
from tests.submissions.makers import handed_in

LIST = "/api/v1/submissions"


@pytest.fixture
def seven(here) -> list[str]:
    """Reference numbers of seven submissions of A, newest first."""
    rows = [handed_in(company=here.companies["A"], agencies=["customs", "taxes"]) for _ in range(7)]
    return [row.reference or "" for row in reversed(rows)]


def references(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["results"]]


def test_one_submission_in_full(erp):
    one = erp("A")
    number = one.send(story_message("O01", "CEB311")).json()["reference"]
    row = one.get(f"{LIST}/{number}").json()
    assert row == one.get(LIST).json()["results"][0]
    assert (row["reference"], row["kind"], row["state"]) == (number, "import-orders", "in_progress")
    assert (row["channel"], row["decided_at"]) == ("api", None)
    assert datetime.fromisoformat(row["submitted_at"]).tzinfo
    assert [(share["agency"], share["state"]) for share in row["referrals"]] == [("customs", "waiting")]
    chinese = one.get(f"{LIST}/{number}", headers={"Accept-Language": "zh-hans"}).json()
    assert chinese["state"] == row["state"]
    assert chinese["state_text"] != row["state_text"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_have_neither_gaps_nor_repeats(erp, seven, limit):
    pages = erp("A").pages(LIST, limit=limit)
    assert [row["reference"] for row in chain(*pages)] == seven
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_what_comes_in_between_moves_no_page(erp, here, seven):
    one = erp("A")
    first = one.get(LIST, {"limit": 3}).json()
    handed_in(company=here.companies["A"])
    rest = references(one.get(LIST, {"after": first["next"]}))
    assert [row["reference"] for row in first["results"]] + rest == seven


def test_filters_narrow(erp, here, seven):
    one, now = erp("A"), timezone.now()
    old = Submission.objects.get(reference=seven[-1])
    Submission.objects.filter(pk=old.pk).update(
        state=SubmissionState.ACCEPTED, kind="import-orders", submitted_at=now - timedelta(days=2)
    )
    yesterday = (now - timedelta(days=1)).isoformat()
    assert references(one.get(LIST, {"state": "accepted"})) == [seven[-1]]
    assert references(one.get(LIST, {"state": "refused"})) == []
    assert references(one.get(LIST, {"kind": "import-orders"})) == [seven[-1]]
    assert references(one.get(LIST, {"submitted_to": yesterday})) == [seven[-1]]
    assert references(one.get(LIST, {"submitted_from": yesterday})) == seven[:-1]
    both = {"submitted_from": yesterday, "state": "accepted"}
    assert references(one.get(LIST, both)) == []


def test_a_time_without_offset_is_the_portals(erp, here, seven):
    moment = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
    Submission.objects.filter(reference=seven[0]).update(submitted_at=moment)
    one = erp("A")
    assert references(one.get(LIST, {"submitted_to": "2026-11-20T08:00:00"})) == []
    assert references(one.get(LIST, {"submitted_to": "2026-11-20T08:00:01"})) == [seven[0]]
    assert references(one.get(LIST, {"submitted_to": "2026-11-20T00:00:01Z"})) == [seven[0]]


WRONG = [
    ("limit", "0"),
    ("limit", "501"),
    ("limit", "-1"),
    ("limit", "ten"),
    ("limit", "²"),
    ("limit", "9" * 5000),
    ("limit", ""),
    ("after", "x"),
    ("after", "\0"),
    ("state", "draft"),
    ("state", "made up"),
    ("state", "\0"),
    ("kind", "a\0"),
    ("submitted_from", "yesterday"),
    ("submitted_from", "2026-13-01T00:00:00Z"),
    ("submitted_to", "2026-11-23T25:00:00Z"),
    ("submitted_to", "\0"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_not_understood_is_400(erp, name, value):
    body = problem_of(erp("A").get(LIST, {name: value}), 400, "input")
    assert [problem["path"] for problem in body["problems"]] == [f"/{name}"]


def test_everything_wrong_is_said_at_once(erp):
    wrong = {
        "limit": "0",
        "after": "x",
        "state": "x",
        "submitted_from": "x",
        "submitted_to": "x",
        "kind": "\0",
    }
    body = problem_of(erp("A").get(LIST, wrong), 400, "input")
    assert {problem["path"] for problem in body["problems"]} == {f"/{name}" for name in wrong}


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-12:00"]
)
def test_the_ends_of_time_do_no_harm(erp, moment):
    assert erp("A").get(LIST, {"submitted_from": moment}).status_code in {200, 400}


def test_drafts_are_hidden(erp, here):
    Submission.objects.create(kind="test-kind", company=here.companies["A"], channel="web", title="draft")
    assert references(erp("A").get(LIST)) == []


def test_what_belongs_to_others_is_404(erp, here, seven):
    stranger = erp("D")
    assert references(stranger.get(LIST)) == []
    theirs = stranger.get(f"{LIST}/{seven[0]}")
    nobodys = stranger.get(f"{LIST}/TJ26-0000-0000-0")
    for answer in (theirs, nobodys):
        problem_of(answer, 404, "not_found")
    assert theirs.content == nobodys.content


@pytest.mark.parametrize("reference", ["None", "%00", "x" * 500, "%F0%9F%8D%B5", "'--"])
def test_odd_references_are_404(erp, reference):
    problem_of(erp("A").get(f"{LIST}/{reference}"), 404, "not_found")


def test_customs_reads_what_was_referred_to_it(erp, here, seven):
    handed_in(company=here.companies["A"], agencies=["taxes"])
    assert references(erp("customs").get(LIST)) == seven


def test_a_page_costs_as_many_queries_with_ten_rows_as_with_one(erp, seven, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one = erp("A")
    with CaptureQueriesContext(connection) as single:
        assert len(references(one.get(LIST, {"limit": 1}))) == 1
    with django_assert_num_queries(len(single)):
        assert len(references(one.get(LIST))) == len(seven)
