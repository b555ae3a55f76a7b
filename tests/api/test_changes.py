"""`GET /api/v1/changes`: each reader's own changes, once each, from any cursor again."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from customs.demo.story import story_message
from tests.api.conftest import Erp, problem_of
from tests.submissions.makers import handed_in

FEED = "/api/v1/changes"


def read(erp: Erp, after: str = "", limit: int = 100) -> tuple[list[dict], str]:
    answer = erp.get(FEED, {"after": after, "limit": limit})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"], answer.json()["next"]


def read_until(erp: Erp, wanted: int, limit: int = 2) -> tuple[list[dict], list[str]]:
    """Pages until so many rows came by: other writers on this server hold up the feed for a moment."""
    rows: list[dict] = []
    cursors = [""]
    until = time.monotonic() + 60
    while len(rows) < wanted and time.monotonic() < until:
        page, after = read(erp, cursors[-1], limit)
        rows += page
        cursors.append(after)
        if not page:
            time.sleep(0.05)
    return rows, cursors


@pytest.mark.django_db(transaction=True)
def test_company_and_agency_read_their_changes_and_replay_them(erp, here):
    ours, others, customs = erp("A"), erp("D"), erp("customs")
    numbers = [ours.send(story_message(key, "CEB311")).json()["reference"] for key in ("O01", "O02", "O03")]
    handed_in(company=here.companies["A"], agencies=["taxes"])
    rows, cursors = read_until(ours, 4)
    assert [row["reference"] for row in rows][:3] == numbers
    assert len({row["cursor"] for row in rows}) == len(rows) == 4
    assert {row["kind"] for row in rows[:3]} == {"import-orders"}

    # Each row's own cursor goes on right after it, and a page can be read again.
    for before, row in pairwise(rows):
        assert read(ours, before["cursor"], 1)[0] == [row]
    assert read(ours, "", 2)[0] == rows[:2]

    # The end: nothing, and a cursor that goes on from there.
    page, after = read(ours, cursors[-1])
    assert page == []
    assert after
    number = ours.send(story_message("O04", "CEB311")).json()["reference"]
    until = time.monotonic() + 60
    while not page and time.monotonic() < until:
        page, after = read(ours, after)
    assert [row["reference"] for row in page] == [number]

    seen, _cursors = read_until(customs, 4)
    assert [row["reference"] for row in seen] == [*numbers, number]
    assert read(others)[0] == []


@pytest.mark.parametrize("cursor", ["x", "é", "\0", "bm8gY3Vyc29y", "-", "LTEuMA", "9" * 4000])
def test_a_cursor_of_another_feed_is_400(erp, cursor):
    body = problem_of(erp("A").get(FEED, {"after": cursor}), 400, "input")
    assert [problem["path"] for problem in body["problems"]] == ["/after"]


def test_everything_wrong_is_said_at_once(erp):
    body = problem_of(erp("A").get(FEED, {"after": "x", "limit": "0"}), 400, "input")
    assert {problem["path"] for problem in body["problems"]} == {"/after", "/limit"}


def test_an_empty_page_still_goes_on(erp):
    page, after = read(erp("A"))
    assert page == []
    assert read(erp("A"), after)[0] == []


def test_without_the_scope(erp):
    answer = erp("A", "submissions:read").get(FEED)
    problem_of(answer, 403, "permission_denied")
    assert 'scope="changes:read"' in answer["WWW-Authenticate"]
