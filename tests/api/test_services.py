"""Services that are forms, over REST: what is asked, and handing in as the browser does."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Company, Mandate
from submissions.models import Submission
from tests.accounts import factories as people
from tests.api.conftest import Erp, erp_of
from tests.api.test_everywhere import problem_of
from tests.submissions.definitions.conftest import service  # noqa: F401
from tests.submissions.definitions.throwaway import ANSWERS, PDF

ADDRESS = "/api/v1/services/throw-away/submissions"
JSON = "application/json"
DEED = {"code": "deed", "content": base64.b64encode(PDF).decode()}

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def firm(db: None) -> Company:
    return people.a_company()


@pytest.fixture
def erp(firm: Company) -> Erp:
    return erp_of(firm)


def body(**changes: Any) -> dict[str, Any]:
    return {"form": ANSWERS, "papers": [DEED]} | changes


def handed(erp: Erp, given: dict[str, Any], **headers: str) -> Any:
    return erp.post(ADDRESS, given, content_type=JSON, headers=headers)


def paths(answer: Any) -> set[str]:
    found = problem_of(answer, 422, "refused")
    return {one["path"] for one in found["problems"]}


def test_what_is_asked(erp: Erp) -> None:
    found = erp.get("/api/v1/services/throw-away").json()
    fields = {field["code"]: field for section in found["sections"] for field in section["fields"]}
    assert list(fields) == [*ANSWERS.keys() & fields.keys()] or set(ANSWERS) <= set(fields)
    assert fields["text"] | {"most_characters": 10, "required": True} == fields["text"]
    assert fields["money"]["visible_to"] == ["tax"]
    assert [row["code"] for row in fields["choices"]["choices"]] == ["x", "y", "z"]
    assert fields["country"]["table"] == "country"
    assert [(row["code"], row["required"]) for row in found["papers"]] == [("deed", True), ("photo", False)]
    assert found["agencies"][0] | {"promised_days": 2, "statutory_days": 20} == found["agencies"][0]
    problem_of(erp.get("/api/v1/services/goods-filing"), 404, "not_found")


def test_a_right_form_gets_its_number_and_reaches_both_agencies(erp: Erp, firm: Company) -> None:
    answer = handed(erp, body())
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert found | {"state": "in_progress", "applicant": firm.uscc, "channel": "api"} == found
    assert {row["agency"] for row in found["referrals"]} == {"customs", "tax"}
    row = Submission.objects.get(reference=found["reference"])
    assert row.payload_sha256 == found["payload_sha256"]
    assert erp.get(f"/api/v1/submissions/{row.reference}").json()["title"] == "A firm"


def test_everything_wrong_is_told_at_once_and_nothing_is_kept(erp: Erp) -> None:
    wrong = ANSWERS | {"text": "", "day": "soon", "count": "3", "country": "ZZZ", "surprise": "1"}
    bad = {"code": "deed", "content": base64.b64encode(b"no paper").decode()}
    answer = handed(
        erp, {"form": wrong, "papers": [bad, {"code": "none", "content": ""} | DEED | {"code": "none"}]}
    )
    assert paths(answer) == {
        "/text",
        "/day",
        "/count",
        "/country",
        "/surprise",
        "/papers/deed",
        "/papers/none",
    }
    assert not Submission.objects.exists()


def test_rules_between_fields_hold_and_a_missing_paper_is_named(erp: Erp) -> None:
    answer = handed(erp, {"form": ANSWERS | {"count": "6", "agreed": "no"}})
    assert paths(answer) == {"/agreed", "/papers/deed"}


def test_the_same_key_is_the_same_submission(erp: Erp) -> None:
    key = {"Idempotency-Key": "form-1"}
    first, again = handed(erp, body(), **key), handed(erp, body(), **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Submission.objects.count() == 1
    other = handed(erp, body(form=ANSWERS | {"text": "Another"}), **key)
    problem_of(other, 422, "idempotency_key_reused")


def test_a_refused_form_frees_its_key(erp: Erp) -> None:
    key = {"Idempotency-Key": "form-2"}
    assert handed(erp, body(papers=[]), **key).status_code == 422
    assert handed(erp, body(), **key).status_code == 201


def test_an_agent_hands_in_by_mandate_and_only_by_mandate(erp: Erp, firm: Company) -> None:
    principal = people.a_company("委托方")
    given = body(applicant=principal.uscc)
    problem_of(handed(erp, given), 404, "not_found")
    begun = date(2026, 1, 1)
    mandate = Mandate.objects.create(
        principal=principal, agent=firm, service="goods-filing", valid_from=begun
    )
    problem_of(handed(erp, given), 404, "not_found")
    mandate.service = "throw-away"
    mandate.save()
    answer = handed(erp, given)
    assert answer.status_code == 201
    assert answer.json()["applicant"] == principal.uscc
    row = Submission.objects.get(reference=answer.json()["reference"])
    assert row.company == principal
    mandate.valid_to = timezone.localdate() - timedelta(days=1)
    mandate.save()
    problem_of(handed(erp, given), 404, "not_found")


def test_a_company_that_does_not_exist_is_answered_as_a_foreign_one(erp: Erp) -> None:
    foreign = handed(erp, body(applicant=people.a_company("别家").uscc))
    nowhere = handed(erp, body(applicant="91110000600037341L"))
    assert foreign.json() | {"instance": ""} == nowhere.json() | {"instance": ""}
    assert foreign.status_code == nowhere.status_code == 404


def test_without_the_scope_it_is_forbidden_and_no_base64_is_named(erp: Erp, firm: Company) -> None:
    reader = erp_of(firm, "submissions:read")
    assert handed(reader, body()).status_code == 403
    answer = handed(erp, body(papers=[{"code": "deed", "content": "…"}]))
    assert answer.status_code == 400
    assert "papers.0.content" in str(answer.json())
