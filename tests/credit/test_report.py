"""The report a company has of itself: as of a day, level and score apart, fact by fact, verifiable and lasting."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit import report, services
from credit.models import Fact
from reference.problems import Refused
from submissions import papers
from submissions.definitions import filling
from submissions.models import Paper, Submission
from tests.accounts.factories import TESTER, a_client, a_company, a_member, an_agency
from tests.credit.situations import a_fact, with_levels
from trail.actors import Actor

pytestmark = pytest.mark.django_db
ALICE = Actor("person", "1", "alice")
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


def asked(fact: Fact, as_of: str = "", **more: Any) -> Submission:
    form = {"as_of": as_of or timezone.localdate().isoformat(), **more}
    return filling.receive(report.DEFINITION, fact.company, form, [], by=ALICE)


def test_it_is_accepted_at_once_and_nobody_is_asked() -> None:
    made = asked(a_fact(), purpose="银行贷款")
    assert (made.state, made.referrals.count(), bool(made.reference)) == ("accepted", 0, True)
    assert report.content(made, "")["purpose"] == "银行贷款"


def test_level_and_score_are_two_things_and_every_fact_is_explained() -> None:
    with_levels()
    fact = a_fact()
    told = services.LevelIn("certified", date(2026, 6, 1), "L1")
    services.record_level(told, company=fact.company, agency=an_agency(), by=TESTER)
    a_fact(fact.company, severity="minor", ruled_on=date(2026, 11, 1))
    found = report.content(asked(fact, "2026-11-08"), "")
    assert (found["level"]["zh"], found["level"]["row"].document_no) == ("认证企业", "L1")
    # general: 15 × (1 − 6/24); minor: 3, still new
    assert [row["part"].deduction for row in found["rows"]] == [Decimal("3.0000"), Decimal("11.2500")]
    assert found["score"].value == Decimal("85.8")
    assert found["rows"][1]["until"] == date(2027, 5, 8)


def test_a_report_stays_what_it_was_whatever_becomes_known_later() -> None:
    fact = a_fact()
    made = asked(fact)
    before = report.facts(made, "")
    services.withdraw(fact, by=TESTER, why="wrong")
    a_fact(fact.company, severity="serious")
    assert report.facts(made, "") == before
    assert [row["state"][1] for row in report.content(made, "")["rows"]] == ["published"]
    assert report.facts(asked(fact), "")["integrity_score"] != before["integrity_score"]


@pytest.mark.parametrize(
    ("day", "path"), [("2025-12-31", "/as_of"), ("2100-01-01", "/as_of"), ("x", "/as_of")]
)
def test_a_day_that_cannot_be_reported_is_refused(day: str, path: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(a_fact(), day)
    assert [one.path for one in refused.value.problems] == [path]


def test_the_paper_is_a_signed_pdf_and_its_public_page_says_no_more_than_the_public_query() -> None:
    fact = a_fact(severity="minor", words_zh="轻微秘密示例", ruled_on=timezone.localdate())
    made = asked(fact)
    alice = Client(headers={"accept-language": "en"})
    alice.force_login(a_member(fact.company), backend=LOGIN)
    answer = alice.get(reverse("service_certificate", args=[made.reference]))
    assert answer.content[:5] == b"%PDF-"
    paper = Paper.objects.get()
    assert papers.pdf(paper) == answer.content
    html = (
        Client(headers={"accept-language": "en"}).get(reverse("verify", args=[paper.code])).content.decode()
    )
    for said in (made.reference, "97.0 / 100 (v1)", fact.company.name, "Integrity score of the pilot zone"):
        assert str(said) in html
    assert "轻微秘密示例" not in html
    other = Client()
    other.force_login(a_member(a_company()), backend=LOGIN)
    assert other.get(reverse("service_certificate", args=[made.reference])).status_code == 404


def test_over_rest_it_is_one_call() -> None:
    fact = a_fact()
    client_id, secret = a_client(fact.company, "submissions:write", "submissions:read")
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post(reverse("idp:oidc:token"), given).json()["access_token"]
    client = Client(headers={"authorization": f"Bearer {token}"})
    url = reverse("api-service-submissions", args=[report.REPORT])
    body = json.dumps({"form": {"as_of": "2026-11-01"}})
    answer = client.post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (201, "accepted")
