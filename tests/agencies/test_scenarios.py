"""Each row of the table does what it says."""

import re
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agencies.documents import Document
from agencies.scenarios import SCENARIOS, Scenario, failure, scenario_of
from tests.agencies import letters
from tests.agencies.letters import inventory, message, order, three_documents
from tests.agencies.world import DELAY, Inbox, Service, returns_of, wait_for

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "agencies" / "customs.md"


def declare(service: Service, inbox: Inbox, scenario: str) -> list[str]:
    """The statuses of a list whose note asks for this scenario, as they arrived."""
    for body in three_documents():
        service.post(body)
    service.post(message(inventory(note=f"a word, scenario={scenario}, another")))
    service.settled()
    return inbox.statuses("C-O01")


@pytest.mark.parametrize(
    ("scenario", "statuses"),
    [
        ("release", ["2", "120", "800"]),
        ("nonsense", ["2", "120", "800"]),
        ("review", ["2", "120", "300", "800"]),
        ("inspection", ["2", "120", "500", "800"]),
        ("detained", ["2", "120", "501"]),
        ("detained:502", ["2", "120", "502"]),
        ("detained:503", ["2", "120", "503"]),
        ("detained:599", ["2", "120", "599"]),
        ("return:13127", ["2", "100"]),
        ("eport-error:-621029", ["-621029"]),
        ("eport-error:nonsense", ["-621017"]),
        ("silence", []),
        ("double", ["2", "2", "120", "120", "800", "800", "800"]),
        ("disorder", ["2", "800", "120"]),
        ("early", ["2", "120", "800"]),
    ],
)
def test_the_life_of_a_list(service: Service, inbox: Inbox, scenario: str, statuses: list[str]) -> None:
    assert declare(service, inbox, scenario) == statuses


@pytest.mark.parametrize(
    ("scenario", "statuses"),
    [
        ("release", ["2", "120"]),
        ("review", ["2", "120"]),
        ("return:1332", ["2", "100"]),
        ("eport-error:-301020", ["-301020"]),
        ("silence", []),
        ("double", ["2", "2", "120", "120", "120"]),
        ("disorder", ["120", "2"]),
    ],
)
def test_the_life_of_an_order(service: Service, inbox: Inbox, scenario: str, statuses: list[str]) -> None:
    service.post(message(order(note=f"scenario={scenario}")))
    service.settled()
    assert inbox.statuses("O01") == statuses


def test_review_takes_its_time(service: Service, inbox: Inbox) -> None:
    assert declare(service, inbox, "review:7")[-2:] == ["300", "800"]
    told = {
        found["returnStatus"]: datetime.strptime(found["returnTime"], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
        for found in inbox.returns()
        if "copNo" in found
    }
    assert (told["800"] - told["300"]).total_seconds() > 6 * DELAY


def test_a_list_without_a_note_lives_as_its_order_says(service: Service, inbox: Inbox) -> None:
    service.post(message(order(note="scenario=review:1")))
    for body in three_documents()[1:]:
        service.post(body)
    service.post(message(inventory()))
    service.settled()
    assert inbox.statuses("C-O01") == ["2", "120", "300", "800"]


def test_return_times_tell_the_truth_in_disorder(service: Service, inbox: Inbox) -> None:
    declare(service, inbox, "disorder")
    times = {found["returnStatus"]: found["returnTime"] for found in inbox.returns() if "copNo" in found}
    assert times["2"] < times["120"] < times["800"]


@pytest.mark.parametrize("code", ["1313", "1320", "1322", "1332", "13035", "13127", "-621018"])
def test_a_return_names_its_code(service: Service, inbox: Inbox, code: str) -> None:
    service.post(message(order(note=f"scenario=return:{code}")))
    service.settled()
    assert re.fullmatch(rf"\[Code:{code};Desc:[^\]其]+\]", inbox.returns()[-1]["returnInfo"])


def test_a_return_may_have_words_only(service: Service, inbox: Inbox) -> None:
    service.post(message(order(note="scenario=return:text")))
    service.settled()
    assert "Code" not in inbox.returns()[-1]["returnInfo"]


def test_double_repeats_the_message_and_says_the_last_once_more(service: Service, inbox: Inbox) -> None:
    service.post(message(order(note="scenario=double")))
    service.settled()
    ids = [arrival["id"] for arrival in inbox.arrived]
    bodies = [arrival["body"] for arrival in inbox.arrived]
    assert (ids[0], ids[2], bodies[0], bodies[2]) == (ids[1], ids[3], bodies[1], bodies[3])
    assert len(set(ids)) == 3
    assert returns_of(bodies[4]) == returns_of(bodies[3])


def test_unknown_speaks_of_a_document_that_nobody_sent(service: Service, inbox: Inbox) -> None:
    service.post(message(order(note="scenario=unknown")))
    service.settled()
    numbers = {found["orderNo"] for found in inbox.returns()}
    assert inbox.statuses("O01") == ["2", "120"]
    assert [number[:7] for number in numbers - {"O01"}] == ["NOBODY-"]


def test_early_replies_are_there_before_the_answer(service: Service, inbox: Inbox) -> None:
    for body in three_documents():
        service.post(body)
    service.post(message(inventory(note="scenario=early")))
    assert inbox.statuses("C-O01") == ["2", "120", "800"]


def test_early_answers_even_if_the_inbox_is_slow(service: Service, inbox: Inbox, monkeypatch) -> None:
    monkeypatch.setattr("agencies.app.EARLY_WAIT", 0.1)
    inbox.status = 503
    assert service.post(message(order(note="scenario=early"))).status_code == 202
    inbox.status = 200
    service.settled()
    assert inbox.statuses("O01") == ["2", "120"]


@pytest.mark.parametrize(
    ("scenario", "statuses"),
    [
        ("later", [503, 202, 202]),
        ("later:2", [503, 503, 202]),
        ("error:500", [500, 500, 202]),
        ("error:504x1", [504, 202, 202]),
        ("error:nonsense", [500, 500, 202]),
        ("misconfigured", [403, 403, 403]),
        ("misconfigured:1", [403, 202, 202]),
        ("refuse", [422, 422, 422]),
        ("malformed", [202, 202, 202]),
    ],
)
def test_answers_to_the_same_dispatch(service: Service, scenario: str, statuses: list[int]) -> None:
    body, key = message(order(), order("O02", note=f"scenario={scenario}")), str(uuid.uuid4())
    answers = []
    for status in statuses:
        answers.append(service.post(body, key))
        asked = service.ask(key)
        assert (asked.json().get("status") == status) if status in {202, 422} else asked.status_code == 404
    assert [answer.status_code for answer in answers] == statuses
    assert (answers[0].headers.get("Retry-After") == "1") == scenario.startswith("later")


def test_refuse_tells_two_problems(service: Service) -> None:
    answer = service.post(message(order(note="scenario=refuse"))).json()
    assert answer["accepted"] is False
    assert [set(problem) for problem in answer["problems"]] == [{"code", "path", "text"}] * 2


def test_malformed_is_accepted_all_the_same(service: Service, inbox: Inbox) -> None:
    answer = service.post(message(order(note="scenario=malformed")), key := str(uuid.uuid4()))
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert service.ask(key).json()["number"].startswith("EP")
    service.settled()
    assert inbox.statuses("O01") == ["2", "120"]


def test_timeout_takes_the_message_but_is_slow_to_say_so(service: Service, inbox: Inbox) -> None:
    body, key = message(order(note="scenario=timeout:0.4")), str(uuid.uuid4())
    start = time.monotonic()
    first = service.post(body, key)
    assert time.monotonic() - start >= 0.4
    assert inbox.statuses("O01") == ["2", "120"]
    start = time.monotonic()
    assert service.post(body, key).json() == first.json()
    assert time.monotonic() - start < 0.3


def test_silence_is_the_documents_own(service: Service, inbox: Inbox) -> None:
    service.post(message(order(note="scenario=silence"), order("O02")))
    wait_for(lambda: inbox.statuses("O02") == ["2", "120"])
    assert inbox.statuses("O01") == []


def test_the_failing_attempts_are_counted_from_one() -> None:
    assert [failure(Scenario("error", "502x3"), attempt) for attempt in (1, 2, 3, 4)] == [502, 502, 502, None]
    assert failure(None, 1) is None


@pytest.mark.parametrize(
    ("note", "scenario"),
    [("", "release"), ("scenario=return:-621018", "return:-621018"), ("x scenario=review y", "review")],
)
def test_the_token_may_stand_anywhere_in_the_note(note: str, scenario: str) -> None:
    assert str(scenario_of(Document("order", {"note": note}))) == scenario


def test_the_page_for_people_has_every_row() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert [row.token for row in SCENARIOS if f"| `{row.token}` |" not in text] == []
    assert letters.LIMITED_BUYER["buyerIdNumber"] in text
