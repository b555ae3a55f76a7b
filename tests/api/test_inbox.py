"""`POST /api/v1/inbox/<agency>`: signed, stored before it is answered, repeat-safe."""

from __future__ import annotations

import hashlib
import hmac
import time
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from submissions.inbox import unseal_body
from submissions.models import InboxMessage
from tests.api.conftest import problem_of

BODY = "<CEB622Message>回执</CEB622Message>".encode()
INBOX = "/api/v1/inbox/customs"


def deliver(body: bytes = BODY, *, to: str = INBOX, number: str = "", **changed: str | None):
    """As an agency does; `changed` replaces headers, None takes one out."""
    number = number or str(uuid4())
    signed_at = changed.get("Signature-Timestamp") or str(int(time.time()))
    secret = changed.pop("secret", None) or settings.AGENCY_SECRETS["customs"]
    text = f"{signed_at}.{number}.".encode() + body
    headers = {
        "Message-Id": number,
        "Signature-Timestamp": signed_at,
        "Signature": hmac.new(secret.encode(), text, hashlib.sha256).hexdigest(),
        "Accept-Language": "en",
    }
    headers = {name: value for name, value in {**headers, **changed}.items() if value is not None}
    client = Client(raise_request_exception=False)
    return client.post(to, body, content_type="application/xml", headers=headers)


def test_what_is_signed_is_stored_and_answered(here):
    number = str(uuid4())
    answer = deliver(number=number)
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    row = InboxMessage.objects.get()
    assert (row.message_id, row.agency.code, row.state) == (number, "customs", "received")
    assert unseal_body(row) == BODY


def test_an_exact_repeat_is_answered_alike_and_stored_once(here):
    number = str(uuid4())
    first, again = deliver(number=number), deliver(number=number)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert InboxMessage.objects.count() == 1


def test_another_body_under_a_known_number_is_409(here):
    number = str(uuid4())
    deliver(number=number)
    problem_of(deliver(b"<other/>", number=number), 409, "message_id_reused")
    assert unseal_body(InboxMessage.objects.get()) == BODY


def moved(seconds: int) -> str:
    return str(int(time.time()) + seconds)


@pytest.mark.parametrize(
    "changed",
    [
        {"Signature": None},
        {"Signature": ""},
        {"Signature": "0" * 64},
        {"Signature": "é"},
        {"Signature-Timestamp": None},
        {"Signature-Timestamp": moved(-4000)},
        {"Signature-Timestamp": moved(+4000)},
        {"Signature-Timestamp": "soon"},
        {"Signature-Timestamp": "²"},
        {"Signature-Timestamp": "-1"},
        {"Signature-Timestamp": "9" * 5000},
        {"Message-Id": None},
        {"Message-Id": "another-number"},
        {"Message-Id": "a b"},
        {"secret": "another secret"},
        {"to": "/api/v1/inbox/taxes"},
        {"to": "/api/v1/inbox/nobody"},
    ],
)
def test_what_is_not_signed_rightly_is_401(here, changed):
    answer = deliver(**changed)
    problem_of(answer, 401, "signature")
    assert answer["WWW-Authenticate"] == "HMAC-SHA256"
    assert not InboxMessage.objects.exists()


def test_a_clock_a_little_off_does_no_harm(here):
    for seconds in (-250, 250):
        assert deliver(**{"Signature-Timestamp": moved(seconds)}).status_code == 200


def test_a_token_is_no_signature(erp):
    answer = erp("customs").post(INBOX, BODY, content_type="application/xml")
    problem_of(answer, 401, "signature")


@pytest.mark.parametrize("most", ["ours", "the server's"])
def test_what_is_too_large_is_413(here, settings, monkeypatch, most):
    if most == "ours":
        monkeypatch.setattr("submissions.api.v1.inbox.MAX_BYTES", 10)
    else:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    problem_of(deliver(), 413, "too_large")
    assert not InboxMessage.objects.exists()


def test_what_could_not_be_stored_is_no_200(here, monkeypatch):
    monkeypatch.setattr("submissions.inbox._STORE", None)
    problem_of(deliver(), 500, "broken")


def test_an_inbox_cannot_be_read(here):
    answer = Client(headers={"Accept-Language": "en"}).get(INBOX)
    problem_of(answer, 405, "method_not_allowed")
    assert "POST" in answer["Allow"]
