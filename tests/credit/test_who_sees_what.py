"""The three levels of access – the public, the company, the regulator – field by field, on pages and over REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from credit import services
from credit.models import Fact
from credit.windows import add_months
from tests.accounts.factories import TESTER, a_client, a_company, a_member, an_agency, an_official
from tests.credit.situations import a_fact, with_levels

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
RECORD = {
    "document_no", "type", "type_text", "severity", "ruled_on", "agency", "words", "basis", "public_until", "state",
}  # fmt: skip
COMPANY = {
    "uscc", "customs_code", "name", "name_en", "in_pilot_zone", "customs_level", "customs_level_since",
    "integrity_score", "formula_version", "records",
}  # fmt: skip
# What of each record is told to whom: its document number and its words stand for the whole row.
PUBLIC_SEES = ("general", "disputed")
ALL = ("general", "minor", "expired", "repaired", "withdrawn", "disputed")
# Never on any page or in any answer for anybody: what only the source agency and the trail need.
NEVER = ("SECRETNUMBER", "e" * 64)


@dataclass(frozen=True)
class Situation:
    """A company with one record of each sort, and everybody who asks."""

    company: Company
    facts: Mapping[str, Fact]


@pytest.fixture
def here() -> Situation:
    cache.clear()
    with_levels()
    today, company, customs = timezone.localdate(), a_company("被查示例"), an_agency()
    fresh, old = add_months(today, -4), add_months(today, -13)

    def one(name: str, severity: str = "general", ruled: Any = fresh) -> Fact:
        return a_fact(
            company, severity=severity, ruled_on=ruled, document_no=f"DOC-{name}", words_zh=f"词-{name}",
            words_en=f"words-{name}", evidence_sha256="e" * 64,
        )  # fmt: skip

    facts = {name: one(name) for name in ("general", "repaired", "withdrawn", "disputed")}
    facts |= {"minor": one("minor", "minor"), "expired": one("expired", ruled=old)}
    services.repair(facts["repaired"], by=TESTER, why="SECRETNUMBER")
    services.withdraw(facts["withdrawn"], by=TESTER, why="SECRETNUMBER")
    services.add_event(facts["disputed"], "object", by=TESTER, why="SECRETNUMBER")
    told = services.LevelIn("certified", fresh, "LEVEL-DOC")
    services.record_level(told, company=company, agency=customs, by=TESTER)
    return Situation(company, facts)


def seen(text: str) -> tuple[str, ...]:
    """Whose document and whose words stand there; both or neither."""
    found = tuple(name for name in ALL if f"DOC-{name}" in text)
    assert found == tuple(name for name in ALL if f"words-{name}" in text)
    assert not [secret for secret in NEVER if secret in text]
    return found


def browser(user: Any = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user, backend=LOGIN)
    return client


def machine(owner: Any) -> Client:
    client_id, secret = a_client(owner, "records:read")
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post(reverse("idp:oidc:token"), given).json()["access_token"]
    return Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})


def test_the_public_sees_what_is_in_its_period_and_nothing_else(here: Situation) -> None:
    page = browser().get(reverse("credit_public", args=[here.company.uscc])).content.decode()
    table = browser().get(reverse("credit_csv", args=[here.company.uscc])).content.decode()
    assert (seen(page), seen(table)) == (PUBLIC_SEES, PUBLIC_SEES)
    assert "under objection" in page
    # Level and score are public; the level's document, the looks and what each record takes are not.
    assert "authorised" in page.lower() or "certified" in page.lower()
    for hidden in ("LEVEL-DOC", "Who looked", "Deduction", "Ask for repair"):
        assert hidden not in page


def test_the_public_answer_has_these_fields_and_no_more(here: Situation) -> None:
    answer = browser().get(reverse("api-public-records"), {"q": here.company.uscc}).json()
    found = answer["results"][0]
    assert (set(found), {frozenset(one) for one in found["records"]}) == (COMPANY, {frozenset(RECORD)})
    assert {one["document_no"] for one in found["records"]} == {f"DOC-{name}" for name in PUBLIC_SEES}
    assert {one["state"] for one in found["records"]} == {"public", "disputed"}
    assert all(one["public_until"] for one in found["records"])


def test_the_company_sees_everything_about_itself_and_who_looked(here: Situation) -> None:
    services.look(here.company, agency=an_agency("tax"), by=TESTER, reason="case 9")
    page = browser(a_member(here.company)).get(reverse("credit_own")).content.decode()
    assert seen(page) == ALL
    for shown in ("LEVEL-DOC", "case 9", "Deduction", "Ask for repair"):
        assert shown in page
    whole = machine(here.company).get(reverse("api-credit-records"), {"company": here.company.uscc}).json()
    assert {one["document_no"] for one in whole["records"]} == {f"DOC-{name}" for name in ALL}
    until = {one["document_no"]: one["public_until"] for one in whole["records"]}
    assert until["DOC-repaired"] == timezone.localdate().isoformat()
    assert (until["DOC-minor"], until["DOC-withdrawn"]) == (None, None)


def test_another_company_sees_what_the_public_sees(here: Situation) -> None:
    other = a_company("别家示例")
    member = browser(a_member(other))
    assert (
        seen(member.get(reverse("credit_public", args=[here.company.uscc])).content.decode()) == PUBLIC_SEES
    )
    assert seen(member.get(reverse("credit_own")).content.decode()) == ()
    asked = {"company": here.company.uscc, "reason": "x"}
    assert machine(other).get(reverse("api-credit-records"), asked).status_code == 404


def test_the_regulator_sees_everything_with_a_reason_and_may_do_nothing_for_the_company(
    here: Situation,
) -> None:
    officer = an_official(an_agency("market"))
    desk = browser(officer)
    looked = desk.post(reverse("admin:credit"), {"company": here.company.uscc, "reason": "case 8"})
    page = desk.get(looked.url).content.decode()
    assert seen(page) == ALL
    assert "Ask for repair" not in page
    client, url = machine(an_agency("market")), reverse("api-credit-records")
    assert client.get(url, {"company": here.company.uscc}).status_code == 400
    whole = client.get(url, {"company": here.company.uscc, "reason": "case 8"}).json()
    assert {one["document_no"] for one in whole["records"]} == {f"DOC-{name}" for name in ALL}
    assert set(whole) == COMPANY


def test_an_agency_opens_only_its_own_records_one_by_one(here: Situation) -> None:
    fact = here.facts["general"]
    own, other = browser(an_official(fact.agency)), browser(an_official(an_agency("market")))
    url = reverse("admin:credit_fact", args=[fact.pk])
    assert (own.get(url).status_code, other.get(url).status_code) == (200, 404)
