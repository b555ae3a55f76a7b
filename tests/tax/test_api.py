"""Exemptions over REST: each reader its own fields, a machine declares a month once."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, Company
from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES
from accounts.services import give_mandate
from tax.models import ExemptionDeclaration
from tax.services import apply_comparison, mark_invoices
from tax.services.compare import Compared, Comparison
from tests.accounts import factories as people
from tests.house.world import bearer, token
from tests.tax.story import OCTOBER, Story, key
from tests.tax.test_story import TAX, TODAY, F, declared

pytestmark = pytest.mark.django_db
URL = "/api/v1/exemptions"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    told = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *args: told(*args) if args else TODAY)


def machine(owner: Company | Agency) -> Client:
    scopes = COMPANY_SCOPES if isinstance(owner, Company) else AGENCY_SCOPES
    return bearer(token(*people.a_client(owner, *scopes)))


def post(client: Client, body: dict[str, Any], **headers: str) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def row(exporter: Company, story: Story) -> ExemptionDeclaration:
    """October with one difference."""
    mark_invoices(company=exporter, month=OCTOBER, keys=[key(12)], held=True, by=F)
    row = declared(exporter)
    told = [Compared(key(1), Decimal("30.00"))]
    apply_comparison(row, Comparison("TAX-2", told, {"zh": "不一致"}), by=TAX)
    return row


def test_tax_reads_lines_differences_and_reasons(row: ExemptionDeclaration) -> None:
    tax = machine(people.an_agency("tax"))
    (one,) = tax.get(URL, {"month": "2026-10", "state": "differences"}).json()["results"]
    assert (one["company"], one["cny"], one["comparison_no"]) == (row.company.uscc, "3313.87", "TAX-2")
    whole = tax.get(f"{URL}/{one['id']}").json()
    lines = {line["list_no"]: line for line in whole["lines"]}
    first = lines[key(1)[0]]
    assert (first["amount"], first["customs_amount"], first["outcome"]) == ("29.00", "30.00", "amount")
    out = {line["list_no"]: [reason["code"] for reason in line["reasons"]] for line in whole["not_declared"]}
    assert len(out) == 7
    assert out[key(12)[0]] == ["invoice_held"]


def test_customs_reads_which_of_its_lines_stand_exempted_and_nothing_of_tax(
    row: ExemptionDeclaration,
) -> None:
    customs = machine(people.an_agency("customs"))
    (one,) = customs.get(URL).json()["results"]
    whole = customs.get(f"{URL}/{one['id']}").json()
    assert set(whole) == {
        "id", "company", "month", "version", "state", "state_text", "line_count", "compared_at", "lines",
    }  # fmt: skip
    assert set(whole["lines"][0]) == {
        "kind", "list_no", "gnum", "quantity", "unit", "amount", "currency", "outcome", "stands",
    }  # fmt: skip
    assert all(line["stands"] for line in whole["lines"])
    assert row.submission.reference is not None
    assert row.submission.reference not in json.dumps(whole)


def test_other_agencies_and_companies_read_nothing(row: ExemptionDeclaration) -> None:
    for owner in (people.an_agency("market"), people.a_company("stranger")):
        client = machine(owner)
        assert client.get(URL).json()["results"] == []
        assert client.get(f"{URL}/{row.pk}").status_code == 404


def test_wrong_questions_are_told_all_at_once(row: ExemptionDeclaration) -> None:
    answer = machine(people.an_agency("tax")).get(URL, {"month": "2026-13", "state": "x", "limit": "0"})
    assert answer.status_code == 400
    assert {one["path"].strip("/") for one in answer.json()["problems"]} == {"month", "state", "limit"}


def test_a_machine_looks_at_the_month_and_declares_just_that_once(exporter: Company, story: Story) -> None:
    erp = machine(exporter)
    month = erp.get(f"{URL}/month", {"month": "2026-10"}).json()
    assert (len(month["lines"]), month["may_declare"], month["due_on"]) == (20, True, "2026-11-16")
    mark_invoices(company=exporter, month=OCTOBER, keys=[key(12)], held=True, by=F)
    stale = post(erp, {"month": "2026-10", "digest": month["digest"]})
    assert stale.status_code == 422
    assert [one["code"] for one in stale.json()["problems"]] == ["month.changed"]
    month = erp.get(f"{URL}/month", {"month": "2026-10"}).json()
    body, name = {"month": "2026-10", "digest": month["digest"]}, {"Idempotency-Key": "october"}
    made = [post(erp, body, **name) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert (made[0].json()["cny"], made[0].json()["line_count"]) == ("3313.87", 13)
    assert ExemptionDeclaration.objects.get().submission.channel == "api"
    assert post(erp, body).status_code == 422
    assert post(erp, {"month": "2026-1"}).status_code == 400


def test_an_agent_declares_by_mandate_and_without_it_there_is_nothing(
    exporter: Company, story: Story
) -> None:
    agent = people.a_company("declarant")
    erp, body = machine(agent), {"month": "2026-10", "company": exporter.uscc}
    assert post(erp, body).status_code == 404
    assert erp.get(f"{URL}/month", body).status_code == 404
    give_mandate(principal=exporter, agent=agent, service="exemption-declaration", by=people.TESTER)
    assert len(erp.get(f"{URL}/month", body).json()["lines"]) == 20
    assert post(erp, body).status_code == 201
    row = ExemptionDeclaration.objects.get()
    assert row.company == exporter
    assert row.submission.transitions.filter(on_behalf_of__contains=exporter.name).exists()
    assert [one["id"] for one in erp.get(URL).json()["results"]] == [str(row.pk)]


def test_an_agency_has_no_months_of_its_own(exporter: Company) -> None:
    tax = machine(people.an_agency("tax"))
    assert tax.get(f"{URL}/month", {"month": "2026-10"}).status_code == 400
    assert post(tax, {"month": "2026-10"}).status_code == 403
