"""A declarant with a mandate works on the exporter's months; without it they are not there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from accounts.principals import principal_of_user
from accounts.services import give_mandate, revoke_mandate
from tax.models import ExemptionDeclaration, PlatformRecord
from tax.services import acting
from tax.workbench import for_others
from tests.accounts import factories as people
from tests.tax.story import OCTOBER, Story, key
from tests.tax.test_pages import of
from tests.tax.test_story import TODAY

FILES = ("exemption_invoice_file", "exemption_invoice_template")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    told = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *args: told(*args) if args else TODAY)


@pytest.fixture
def agent(exporter: Company, story: Story) -> Company:
    """G, with F's mandate."""
    firm = people.a_company("津关通（示例）")
    give_mandate(principal=exporter, agent=firm, service="exemption-declaration", by=people.TESTER)
    return firm


def test_the_agent_marks_completes_and_declares_for_the_exporter(agent: Company, exporter: Company) -> None:
    client: Client = of(agent)
    asked: dict[str, Any] = {"month": "2026-10", "company": exporter.uscc}
    line = "/".join(map(str, key(12)))
    shown = client.get(reverse("exemption_month"), asked)
    assert len(shown.context["sheet"].lines) == 20
    assert f"company={exporter.uscc}" in shown.content.decode()
    client.post(reverse("exemption_invoices"), asked | {"line": line, "held": "1"})
    twenty = {"line": "/".join(map(str, key(20))), "unit": "015", "reason": "漏填"}
    assert client.post(reverse("exemption_complete"), asked | twenty).status_code == 302
    assert set(PlatformRecord.objects.values_list("company", flat=True)) == {exporter.pk}
    digest = client.get(reverse("exemption_month"), asked).context["ready"].digest
    answer = client.post(reverse("exemption_declare"), asked | {"digest": digest})
    row = ExemptionDeclaration.objects.get()
    assert (row.company, row.line_count) == (exporter, 14)
    assert "津关通" in row.submission.transitions.get(verb="exemption.declare").on_behalf_of
    page = client.get(answer["Location"]).content.decode()
    assert f"company={exporter.uscc}" in page


def test_without_a_mandate_the_company_is_not_there(agent: Company, exporter: Company) -> None:
    stranger, asked = of(people.a_company("stranger")), {"month": "2026-10", "company": exporter.uscc}
    for name in (
        "exemptions",
        "exemption_month",
        "exemption_complete",
        "exemption_invoice_file",
        "exemption_invoice_template",
    ):
        assert stranger.get(reverse(name), asked).status_code == 404, name
    for name in ("exemption_declare", "exemption_invoices", "exemption_complete", "exemption_invoice_file"):
        assert stranger.post(reverse(name), asked).status_code == 404, name
    assert not ExemptionDeclaration.objects.exists()


def test_the_service_asks_for_the_mandate_anew(agent: Company, exporter: Company) -> None:
    principal = principal_of_user(people.a_member(agent, "declaring_user"))
    assert "→" in acting(principal, exporter).on_behalf_of
    mandate = exporter.mandates_given.get()
    revoke_mandate(mandate, by=people.TESTER)
    with pytest.raises(PermissionDenied):
        acting(principal, exporter)
    with pytest.raises(PermissionDenied):
        acting(principal_of_user(people.a_member(agent, "viewer", name="vera")), agent)


def test_months_of_others_are_counted_and_listed(agent: Company, exporter: Company) -> None:
    principal = principal_of_user(people.a_member(agent, "declaring_user"))
    assert for_others(principal, TODAY) == [(exporter, OCTOBER)]
    assert for_others(principal, date(2026, 10, 31)) == []
    page = of(agent).get(reverse("exemptions"), {"tab": "others"})
    assert [row["month"] for row in page.context["rows"]] == [OCTOBER]
    assert for_others(principal_of_user(people.a_member(exporter, "declaring_user", name="fu")), TODAY) == []
