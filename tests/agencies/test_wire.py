"""Who may dispatch, and that one key has one answer."""

import time
import uuid

import pytest

from agencies.signing import is_signed, signature, signed_headers
from tests.agencies import letters
from tests.agencies.world import SECRET, Inbox, Service


def test_a_dispatch_is_numbered_at_once(service: Service) -> None:
    answer = service.post(letters.message(letters.order()))
    assert answer.status_code == 202
    assert answer.json()["accepted"] is True
    assert answer.json()["number"].startswith("EP")


def test_the_same_key_has_the_same_answer_and_no_second_effect(service: Service, inbox: Inbox) -> None:
    body, key = letters.message(letters.order()), str(uuid.uuid4())
    first, second = service.post(body, key), service.post(body, key)
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    service.settled()
    assert inbox.statuses("O01") == ["2", "120"]


def test_the_same_key_with_another_body_is_a_conflict(service: Service) -> None:
    key = str(uuid.uuid4())
    service.post(letters.message(letters.order()), key)
    assert service.post(letters.message(letters.order()), key).status_code == 409
    assert service.post(b"{}", key, "/opinions").status_code == 409


def test_asked_for_a_key_it_tells_the_stored_answer(service: Service) -> None:
    key = str(uuid.uuid4())
    assert service.ask(key).status_code == 404
    accepted = service.post(letters.message(letters.order()), key).json()
    assert service.ask(key).json() == accepted | {"status": 202}
    refused = service.post(b"<no", other := str(uuid.uuid4())).json()
    assert service.ask(other).json() == refused | {"status": 422}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: headers.pop("Signature"),
        lambda headers: headers.pop("Signature-Timestamp"),
        lambda headers: headers.update({"Signature": "0" * 64}),
        lambda headers: headers.update({"Signature": "\u00e9"}),
        lambda headers: headers.update({"Signature-Timestamp": "soon"}),
        lambda headers: headers.update({"Dispatch-Key": "another"}),
    ],
)
def test_a_wrong_signature_is_refused(service: Service, spoil) -> None:
    body, key = letters.message(letters.order()), str(uuid.uuid4())
    headers = {"Dispatch-Key": key, **signed_headers(SECRET, key, body)}
    spoil(headers)
    encoded = {name: value.encode() for name, value in headers.items()}
    assert service.call("POST", "/ceb/messages", body, encoded).status_code == 401
    assert service.log()["received"] == []


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-290, True), (290, True), (310, False)])
def test_an_old_time_stamp_is_refused(seconds: int, good: bool) -> None:
    timestamp = str(int(time.time()) + seconds)
    headers = {
        "signature-timestamp": timestamp,
        "signature": signature(SECRET, timestamp, "id", b"body"),
    }
    assert is_signed(SECRET, headers, "id", b"body") is good


def test_a_dispatch_without_key_is_refused(service: Service) -> None:
    assert service.call("POST", "/ceb/messages", b"", signed_headers(SECRET, "", b"")).status_code == 400


def test_asking_needs_a_signature_too(service: Service) -> None:
    assert service.call("GET", "/dispatches/some").status_code == 401


def test_replies_are_signed(service: Service, inbox: Inbox) -> None:
    service.post(letters.message(letters.order()))
    service.settled()
    for arrival in inbox.arrived:
        assert is_signed(SECRET, arrival["headers"], arrival["id"], arrival["body"])
        assert uuid.UUID(arrival["id"]).version == 4
    assert len(inbox.arrived) == 2


def test_opinions_are_kept(service: Service) -> None:
    answer = service.post(b'{"message": "a", "opinions": []}', path="/opinions")
    assert (answer.status_code, answer.json()["number"][:2]) == (202, "OP")
    assert service.log()["received"][0]["path"] == "/opinions"
    assert service.post(b"[]", path="/opinions").status_code == 422
    assert service.post(b"no", path="/opinions").status_code == 422


def test_people_can_look(service: Service) -> None:
    service.post(letters.message(letters.order(note="<script>")))
    page = service.call("GET", "/")
    assert page.status_code == 200
    assert "script" not in page.text
    assert "review[:n]" in page.text
    assert service.call("GET", "/healthz").status_code == 200
    assert {"token", "level", "text"} == set(service.call("GET", "/scenarios").json()[0])
