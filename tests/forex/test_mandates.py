"""A declarant with F's mandate reads, matches and declares for F, named as such; its end closes all of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from accounts.services import give_mandate, revoke_mandate
from forex.models import BopDeclaration, InwardPayment, Match
from tests.accounts import factories as people
from tests.api.conftest import _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.forex.factories import a_payment, a_statement
from trail.models import Entry

LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def agent(firm: Company) -> Company:
    return people.a_company("津关通（示例）报关有限公司", roles=("declarant",))


def of(agent: Company) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(agent), backend=LOGIN)
    return client


def test_without_a_mandate_there_is_nothing(firm: Company, agent: Company) -> None:
    payment = a_payment(firm)
    give_mandate(principal=firm, agent=agent, service="import-declaration", by=people.TESTER)
    client = of(agent)
    assert payment.declaration_no not in client.get(reverse("forex_payments")).content.decode()
    assert client.get(reverse("forex_declare", args=[payment.pk])).status_code == 404


def test_matched_and_declared_for_the_company_and_closed_with_the_mandate(
    firm: Company, agent: Company
) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    mandate = give_mandate(principal=firm, agent=agent, service="bop-declaration", by=people.TESTER)
    client = of(agent)
    page = client.get(reverse("forex_payments"))
    assert page.context["several"]
    assert payment.declaration_no in page.content.decode()
    client.post(reverse("forex_match", args=[payment.pk]), {"statement": statement.pk})
    assert Match.objects.get().payment == payment
    entry = Entry.objects.get(action="inward_payment.match")
    assert "津关通" in entry.on_behalf_of
    form = client.get(reverse("forex_declare", args=[payment.pk])).context["form"]
    filled = {name: form.initial[name] for name in form.fields if form.initial.get(name, False) is not False}
    filled["code"] = "121990"
    url = reverse("forex_declare", args=[payment.pk])
    said = client.post(url, filled).context["form"].fields["confirmed"].choices
    assert client.post(url, {**filled, "confirmed": [code for code, _ in said]}).status_code == 302
    row = BopDeclaration.objects.get()
    assert row.submission.company == firm
    assert client.get(reverse("submission", args=[row.submission.reference])).status_code == 200
    revoke_mandate(mandate, by=people.TESTER)
    assert client.get(reverse("forex_payment", args=[payment.pk])).status_code == 404
    assert client.get(reverse("submission", args=[row.submission.reference])).status_code == 404


def test_statements_are_handed_in_for_the_company_named(firm: Company, agent: Company) -> None:
    give_mandate(principal=firm, agent=agent, service="bop-declaration", by=people.TESTER)
    client = of(agent)
    mine = client.get(reverse("forex_statement_new")).context
    assert (mine["company"], set(mine["clients"])) == (agent, {firm, agent})
    assert client.get(reverse("forex_statement_new"), {"company": firm.uscc}).context["company"] == firm
    stranger = people.a_company("旁观（示例）公司")
    asked = {"company": stranger.uscc}
    assert client.get(reverse("forex_statement_new"), asked).context["company"] == agent


def test_consents_stay_the_companys_own(firm: Company, agent: Company) -> None:
    give_mandate(principal=firm, agent=agent, service="bop-declaration", by=people.TESTER)
    admin = Client()
    admin.force_login(people.a_member(agent, "company_admin", name="ada"), backend=LOGIN)
    page = admin.get(reverse("forex_consents"))
    assert page.status_code == 200
    assert list(page.context["consents"]) == []


def test_over_rest_too(firm: Company, agent: Company) -> None:
    payment: InwardPayment = a_payment(firm, received_on=date(2026, 11, 24).isoformat())
    erp = erp_of(agent)
    body = {"declaration_no": payment.declaration_no, "code": "121990", "remark": "毛毯货款"}
    url = "/api/v1/forex/bop-declarations"
    problem_of(erp.post(url, body, content_type="application/json"), 404, "not_found")
    give_mandate(principal=firm, agent=agent, service="bop-declaration", by=people.TESTER)
    told = problem_of(erp.post(url, body, content_type="application/json"), 422, "refused")
    assert [one["code"] for one in told["problems"]] == ["bop.no_statement"]
    body["confirmed"] = ["bop.no_statement"]
    answer = erp.post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["account_holder"]) == (201, firm.uscc)
