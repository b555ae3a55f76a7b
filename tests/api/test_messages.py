"""`POST /api/v1/ceb/messages`: the number at once, or everything that is wrong."""

from __future__ import annotations

import pytest

from accounts.services import revoke_client
from customs.demo.story import story_batch, story_message
from submissions.models import Submission
from tests.accounts.factories import TESTER, a_member
from tests.api.conftest import problem_of

GUID = "5BB4E0E5-5D5C-4E8A-8D0E-0A3C1C9F7A11"


def test_the_number_comes_at_once(erp):
    answer = erp("A").send(story_batch(["O01", "O02", "O03"], "CEB311"))
    assert answer.status_code == 202
    assert answer["Content-Type"] == "application/json"
    submission = Submission.objects.get()
    assert answer.json() == {"reference": submission.reference, "documents": 3, "repeated": False}
    assert submission.channel == "api"


def test_the_same_message_again_is_the_same_submission(erp):
    one = erp("A")
    first = one.send(story_message("O01", "CEB311")).json()
    again = one.send(story_message("O01", "CEB311"))
    assert (again.status_code, again.json()) == (202, first | {"repeated": True})
    assert Submission.objects.count() == 1


def test_another_body_under_a_known_guid_is_409(erp):
    one = erp("A")
    assert one.send(story_message("O01", "CEB311", message_guid=GUID)).status_code == 202
    problem_of(one.send(story_message("O02", "CEB311", message_guid=GUID)), 409, "guid_reused")
    assert Submission.objects.count() == 1


def test_every_problem_is_listed_in_the_callers_language(erp):
    wrong = story_message("O01", "CEB311", orderNo="x" * 61, currency="dollar", goodsValue="much")
    one = erp("A")
    english = problem_of(one.send(wrong), 422, "refused")["problems"]
    fields = {problem["path"].rpartition("/")[2] for problem in english}
    assert {"orderNo", "currency", "goodsValue"} <= fields
    assert all(problem["path"].startswith("/CEB311Message/") for problem in english)
    chinese = problem_of(one.send(wrong, **{"Accept-Language": "zh-hans"}), 422, "refused")["problems"]
    assert [(p["code"], p["path"]) for p in chinese] == [(p["code"], p["path"]) for p in english]
    assert all(ours["text"] != theirs["text"] for ours, theirs in zip(english, chinese, strict=True))
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_415(erp, content_type):
    answer = erp("A").send(story_message("O01", "CEB311"), content_type)
    problem_of(answer, 415, "unsupported_media_type")
    assert not Submission.objects.exists()


def test_a_charset_in_the_content_type_does_no_harm(erp):
    answer = erp("A").send(story_message("O01", "CEB311"), "application/xml; charset=utf-8")
    assert answer.status_code == 202


@pytest.mark.parametrize("key", ["", "large-one"])
def test_what_is_too_large_is_413(erp, settings, monkeypatch, key):
    monkeypatch.setattr("customs.api.v1.messages.MAX_BYTES", 1000)
    headers = {"key": key} if key else {}
    problem_of(erp("A").send(story_message("O01", "CEB311"), **headers), 413, "too_large")


@pytest.mark.parametrize("key", ["", "large-one"])
def test_what_is_too_large_for_the_server_is_413_too(erp, settings, key):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    headers = {"key": key} if key else {}
    problem_of(erp("A").send(story_message("O01", "CEB311"), **headers), 413, "too_large")


HOSTILE = {
    "empty": b"",
    "no xml": b"\x89PNG\r\n",
    "cut off": b"<CEB311Message><Order>",
    "unknown": b"<Nothing/>",
    "UTF-16": "<CEB311Message/>".encode("utf-16"),
    "NUL": b"<CEB311Message>\0</CEB311Message>",
    "not UTF-8": b"<CEB311Message>\xff\xfe</CEB311Message>",
    "deep": b"<a>" * 3000,
    "bomb": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><CEB311Message>&c;</CEB311Message>',
    "file": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><CEB311Message>&b;</CEB311Message>',
    "include": b'<CEB311Message xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hosts"/>'
    b"</CEB311Message>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_malformed_messages_are_422(erp, name):
    problems = problem_of(erp("A").send(HOSTILE[name]), 422, "refused")["problems"]
    assert problems
    assert not Submission.objects.exists()


def test_a_document_type_is_named_as_such(erp):
    problems = problem_of(erp("A").send(HOSTILE["bomb"]), 422, "refused")["problems"]
    assert [problem["code"] for problem in problems] == ["ceb.xml.doctype"]


def test_nobody_sends_for_another_company(erp):
    problems = problem_of(erp("A").send(story_message("O01", "CEB411")), 422, "refused")["problems"]
    assert [problem["code"] for problem in problems] == ["customs.sender.not_yours"]


def test_nobody_sends_what_their_registration_does_not_allow(erp):
    message = story_message("O01", "CEB411", sender="A")
    problems = problem_of(erp("A").send(message), 422, "refused")["problems"]
    assert {"customs.sender.role", "customs.sender.field"} <= {problem["code"] for problem in problems}


def test_without_a_token(client, here):
    answer = client.post("/api/v1/ceb/messages", b"<a/>", content_type="application/xml")
    problem_of(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_without_the_scope(erp):
    answer = erp("A", "submissions:read").send(story_message("O01", "CEB311"))
    problem_of(answer, 403, "permission_denied")
    assert 'error="insufficient_scope", scope="ceb:send"' in answer["WWW-Authenticate"]


def test_a_revoked_client_is_out_at_once(erp):
    one = erp("A")
    assert one.get("/api/v1/submissions").status_code == 200
    revoke_client(one.client_id, by=TESTER)
    for answer in (one.get("/api/v1/submissions"), one.send(story_message("O01", "CEB311"))):
        problem_of(answer, 401, "authentication_failed")
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_a_person_sends_with_the_csrf_token_only(here, client):
    from django.test import Client

    declarant = a_member(here.companies["A"])
    careless = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    for one, status in ((client, 202), (careless, 403)):
        one.force_login(declarant)
        answer = one.post(
            "/api/v1/ceb/messages", story_message("O01", "CEB311"), content_type="application/xml"
        )
        assert answer.status_code == status
    problem_of(answer, 403, "permission_denied")
