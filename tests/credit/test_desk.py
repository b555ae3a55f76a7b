"""The officials' desk and the agencies' systems: enter, withdraw by two people, look with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Company
from credit import admin, selectors, services
from credit.models import CustomsLevel, Fact, FactEvent, Look
from tests.accounts.factories import TESTER, a_client, a_company, a_member, an_agency, an_official
from tests.credit.situations import A_FACT, a_fact, with_levels

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    return


def browser(agency: Agency, name: str = "olga", role: str = "officer") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(an_official(agency, role, name), backend=LOGIN)
    return client


def machine(owner: Agency | Company, *scopes: str) -> Client:
    client_id, secret = a_client(owner, *scopes)
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post(reverse("idp:oidc:token"), given).json()["access_token"]
    return Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})


def filled_in(firm: Company, **changed: str) -> dict[str, str]:
    return {
        "company": firm.uscc, "type": "misstatement", "severity": "general", "ruled_on": "2026-05-08",
        "record_no": "N1", "document_no": "D1", "words_zh": "示例", **changed,
    }  # fmt: skip


# --- desk -------------------------------------------------------------------------------------------------


def test_an_official_enters_a_fact_and_everything_wrong_is_said_at_its_field() -> None:
    company, olga = a_company(), browser(an_agency())
    url = reverse("admin:credit_new_fact")
    wrong = olga.post(url, filled_in(company, ruled_on="2100-01-01", evidence_sha256="x", company="nobody"))
    assert wrong.status_code == 400
    assert "No company with this code" in wrong.content.decode()
    refused = olga.post(url, filled_in(company, ruled_on="2100-01-01", evidence_sha256="x"))
    assert {"ruled_on", "evidence_sha256"} <= set(refused.context["form"].errors)
    assert olga.post(url, filled_in(company)).status_code == 302
    assert Fact.objects.get().company == company
    again = olga.post(url, filled_in(company, words_zh="另一示例"))
    assert "record_no" in again.context["form"].errors


def test_two_officials_withdraw_a_fact_on_the_desk() -> None:
    fact = a_fact()
    olga, otto = browser(fact.agency), browser(fact.agency, "otto")
    url, page = (reverse(f"admin:{name}", args=[fact.pk]) for name in ("credit_withdrawal", "credit_fact"))
    olga.post(url, {"verb": "propose", "why": "wrong firm"})
    olga.post(url, {"verb": "approve"})
    assert not FactEvent.objects.exists()
    assert "Approve the withdrawal" not in olga.get(page).content.decode()
    assert "Approve the withdrawal" in otto.get(page).content.decode()
    assert "wrong firm" in otto.get(reverse("admin:credit")).content.decode()
    otto.post(url, {"verb": "approve"})
    assert FactEvent.objects.get().verb == "withdraw"
    assert otto.get(page).status_code == 200
    assert browser(an_agency("market")).get(page).status_code == 404


def test_a_look_is_ones_own_and_lasts_half_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    fact = a_fact(
        agency=an_agency("market"), type="product-quality", severity="minor", words_en="", words_zh="轻微示例"
    )
    customs = an_agency()
    olga, otto = browser(customs), browser(customs, "otto")
    assert olga.post(reverse("admin:credit"), {"company": fact.company.uscc, "reason": ""}).status_code == 400
    assert not Look.objects.exists()
    found = olga.post(reverse("admin:credit"), {"company": fact.company.uscc, "reason": "case 7"})
    assert "轻微示例" in olga.get(found.url).content.decode()
    assert otto.get(found.url).status_code == 302
    assert browser(an_agency("tax")).get(found.url).status_code == 404
    alice = Client()
    alice.force_login(a_member(fact.company), backend=LOGIN)
    assert "case 7" in alice.get(reverse("credit_own")).content.decode()
    monkeypatch.setattr(admin, "LOOK_LASTS", timedelta(0))
    assert olga.get(found.url).status_code == 302


def test_customs_enters_a_level_and_nobody_else() -> None:
    with_levels()
    company = a_company()
    given = {"company": company.uscc, "level": "certified", "valid_from": "2026-06-01", "document_no": "L1"}
    url = reverse("admin:credit_new_level")
    assert browser(an_agency("tax")).post(url, given).status_code == 400
    assert browser(an_agency()).post(url, given).status_code == 302
    assert CustomsLevel.objects.get().valid_from == date(2026, 6, 1)


# --- REST -------------------------------------------------------------------------------------------------


def told(firm: Company, **changed: Any) -> dict[str, Any]:
    return filled_in(firm) | {"subject_kind": "goods", "subject_code": "G-1"} | changed


def send(client: Client, name: str, body: dict[str, Any]) -> Any:
    return client.post(reverse(name), json.dumps(body), content_type="application/json")


def test_an_agency_sends_a_fact_once_however_often_it_sends_it() -> None:
    company, client = a_company(), machine(an_agency(), "facts:send")
    answers = [send(client, "api-credit-facts", told(company)) for _ in range(2)]
    assert [(one.status_code, one.json()["repeated"]) for one in answers] == [(201, False), (200, True)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert send(client, "api-credit-facts", told(company, severity="serious")).status_code == 409
    assert Fact.objects.get().subject_code == "G-1"
    other = machine(an_agency("market"), "facts:send")
    assert send(other, "api-credit-facts", told(company)).status_code == 201


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"company": "x"}, 422), ({"ruled_on": "soon"}, 400), ({"severity": "grave"}, 400), ({"type": "no"}, 422),
        ({"words_zh": "\0"}, 400), ({"record_no": ""}, 400), ({"subject_code": ""}, 422),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_refused_with_its_reasons(changed: dict[str, str], status: int) -> None:
    answer = send(machine(an_agency(), "facts:send"), "api-credit-facts", told(a_company(), **changed))
    assert (answer.status_code, bool(answer.json()["problems"])) == (status, True)
    assert not Fact.objects.exists()


def test_levels_come_from_customs_alone() -> None:
    with_levels()
    company = a_company()
    body = {"company": company.uscc, "level": "certified", "valid_from": "2026-06-01", "document_no": "L1"}
    assert send(machine(an_agency("tax"), "facts:send"), "api-credit-levels", body).status_code == 422
    customs = machine(an_agency(), "facts:send")
    assert [send(customs, "api-credit-levels", body).status_code for _ in range(2)] == [201, 200]
    assert send(customs, "api-credit-levels", body | {"level": "regular"}).status_code == 409


def test_an_agency_reads_a_whole_record_with_a_reason_that_is_kept() -> None:
    fact = a_fact(severity="minor", ruled_on=timezone.localdate())
    client, url = machine(an_agency("market"), "records:read"), reverse("api-credit-records")
    assert client.get(url, {"company": fact.company.uscc}).status_code == 400
    assert not Look.objects.exists()
    found = client.get(url, {"company": fact.company.customs_code, "reason": "case 8"}).json()
    assert [one["document_no"] for one in found["records"]] == [A_FACT.document_no]
    assert Look.objects.get().reason == "case 8"
    assert client.get(url, {"company": "nobody", "reason": "x"}).status_code == 404


def test_cases_of_applicants_with_a_serious_record_come_first() -> None:
    serious, general = a_fact(severity="serious"), a_fact()
    assert selectors.to_look_at(date(2026, 11, 23)) == [serious.company_id]
    with_levels()
    told = services.LevelIn("dishonest", date(2026, 6, 1), "L9")
    services.record_level(told, company=general.company, agency=an_agency(), by=TESTER)
    services.withdraw(serious, by=TESTER, why="wrong")
    assert selectors.to_look_at(date(2026, 11, 23)) == [general.company_id]
    assert selectors.to_look_at(date(2026, 5, 31)) == []
