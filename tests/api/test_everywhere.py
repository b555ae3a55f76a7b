"""What holds for every address of the API: problem documents, rates, numbers of requests, the schema."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path

import pytest
import yaml
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from portal.api.throttles import PrincipalThrottle
from tests.accounts.factories import a_member
from tests.api.conftest import problem_of

SCHEMA = yaml.safe_load((Path(project.BASE_DIR) / "docs" / "openapi" / "v1.yaml").read_text())
OPERATIONS = [
    (method, address, operation)
    for address, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
VALUES = {
    "batch_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "agency": "customs",
    "reference": "TJ26-0000-0000-0",
    "inventory_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "list_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "kind": "enterprise-registration",
    "use_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "statement_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "match_id": "01a20ac4-e405-7763-a4df-a748ab40a91d",
    "uscc": "91120118DEM0000653",
    "declaration_id": "01a20ac4-e405-7763-a4df-a748ab40a91e",
}


PUBLIC = {"quote_import_tax", "public_records_list"}


def address_of(template: str) -> str:
    return re.sub(r"{(\w+)}", lambda name: VALUES[name[1]], template)


@pytest.fixture
def rate(monkeypatch):
    """Set the rate of a scope."""

    def change(scope: str, text: str) -> None:
        monkeypatch.setattr(
            PrincipalThrottle, "THROTTLE_RATES", SimpleRateThrottle.THROTTLE_RATES | {scope: text}
        )

    return change


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing", "/api/v1/", "/api/v1/submissions/", "/api/v2/x", "/api/%00"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_is_a_problem_document(erp, address, method):
    problem_of(getattr(erp("A"), method)(address), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("DELETE", "submissions", "GET"),
        ("POST", "inventories", "GET"),
        ("GET", "ceb/messages", "POST"),
        ("TRACE", "changes", "GET"),
        ("PATCH", "customs/import-tax/quotes", "POST"),
    ],
)
def test_a_method_that_is_not_there_is_405(erp, method, address, allowed):
    answer = erp("A").generic(method, f"/api/v1/{address}")
    problem_of(answer, 405, "method_not_allowed")
    assert allowed in answer["Allow"]


def test_an_answer_in_another_form_is_406(erp):
    one = erp("A")
    problem_of(one.get("/api/v1/submissions", headers={"Accept": "text/csv"}), 406, "not_acceptable")
    for accept in ("*/*", "application/json, application/problem+json"):
        assert one.get("/api/v1/submissions", headers={"Accept": accept}).status_code == 200


def test_a_broken_json_body_is_400(here):
    answer = Client().post("/api/v1/customs/import-tax/quotes", b"{", content_type="application/json")
    problem_of(answer, 400, "parse_error")


def test_a_page_for_people_stays_one(client, here):
    answer = client.get("/nothing-here/")
    assert answer["Content-Type"].startswith("text/html")


def test_too_many_calls_are_429_and_each_caller_counts_alone(erp, rate):
    rate("principal", "2/min")
    one, other = erp("A"), erp("A")
    for _ in range(2):
        assert one.get("/api/v1/submissions").status_code == 200
    answer = one.get("/api/v1/submissions")
    problem_of(answer, 429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert other.get("/api/v1/submissions").status_code == 200


def test_people_are_counted_one_by_one(here, rate):
    rate("principal", "1/min")
    alice, bob = Client(), Client()
    for one in (alice, bob):
        one.force_login(a_member(here.companies["A"]))
        assert one.get("/api/v1/submissions").status_code == 200
    assert alice.get("/api/v1/submissions").status_code == 429


def test_nobody_chooses_the_bucket_that_counts_their_calls(here, rate):
    rate("quotes", "1/min")
    answers = [
        Client()
        .post(
            "/api/v1/customs/import-tax/quotes",
            {},
            content_type="application/json",
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
        .status_code
        for number in range(2)
    ]
    assert answers == [400, 429]


def test_the_number_of_the_request_comes_back(erp):
    one = erp("A")
    assert (
        one.get("/api/v1/submissions", headers={"X-Request-Id": "erp-4711-a"})["X-Request-Id"] == "erp-4711-a"
    )
    made = one.get("/api/v1/submissions", headers={"X-Request-Id": "<script>"})["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_the_schema_is_the_one_committed(db):
    call_command("api_schema", "--check")


def test_the_schema_is_given_out(client, db):
    answer = client.get("/api/schema")
    assert answer.status_code == 200
    assert set(yaml.safe_load(answer.content)["paths"]) == set(SCHEMA["paths"])


@pytest.mark.parametrize(("method", "address", "operation"), OPERATIONS)
def test_every_documented_operation_answers_as_documented(erp, method, address, operation):
    body = (
        {"data": b"", "content_type": "application/xml"} if "xml" in str(operation.get("requestBody")) else {}
    )
    if method == "post" and not body:
        body = {"data": {}, "content_type": "application/json"}
    answer = getattr(erp("G"), method)(address_of(address), **body)
    assert str(answer.status_code) in operation["responses"], answer.content
    documented = operation["responses"][str(answer.status_code)].get("content", {answer["Content-Type"]: 0})
    assert answer["Content-Type"] in documented
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "address", "operation"), OPERATIONS)
def test_whoever_needs_rights_is_asked_for_them(here, method, address, operation):
    answer = Client().generic(method.upper(), address_of(address), content_type="application/xml")
    if operation["operationId"] in PUBLIC:
        assert answer.status_code in {400, 415}
    else:
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"]


def test_the_pages_about_the_api_run_nothing_inline(client, db):
    answer = client.get("/api/docs/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert not re.search(r"<style|\son\w+=|\sstyle=", html)
    scripts = re.findall(r'<script[^>]*\bsrc="([^"]+)"', html)
    assert len(scripts) >= 2
    script = client.get(next(one for one in scripts if "/api/docs/" in one))
    assert script["Content-Type"].startswith("application/javascript")
