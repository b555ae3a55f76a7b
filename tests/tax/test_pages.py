"""From the list of months to the paper, as a person of exporter F goes through it; another company sees nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from tax.models import ExemptionDeclaration
from tax.services import apply_comparison
from tax.services.compare import Compared, Comparison
from tests.accounts import factories as people
from tests.tax.story import Story, key
from tests.tax.test_story import EQUAL, TAX, TODAY

pytestmark = pytest.mark.django_db
MONTH = reverse("exemption_month") + "?month=2026-10"


def of(company: Company, role: str = "declaring_user") -> Client:
    client = Client(headers={"accept-language": "en"})
    user = people.a_member(company, role)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twelfth of November."""
    told = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *args: told(*args) if args else TODAY)


@pytest.fixture
def browser(exporter: Company, story: Story) -> Client:
    return of(exporter)


def post(client: Client, name: str, **given: Any) -> Any:
    return client.post(reverse(name), {"month": "2026-10"} | given)


def declare(client: Client, **given: Any) -> Any:
    shown = client.get(MONTH)
    return post(client, "exemption_declare", digest=shown.context["ready"].digest, **given)


def test_the_month_shows_every_line_with_its_reasons(browser: Client) -> None:
    post(browser, "exemption_invoices", line=["/".join(map(str, key(12)))], held="1")
    page = browser.get(MONTH)
    text = page.content.decode()
    assert (page.context["exempt"].count, page.context["excluded"].count) == (13, 7)
    assert "3,313.87" in text
    for said in ("purchase invoice is held", "statistics flag B", "Closed by customs on 2026-11-02",
                 "Returned on 2026-11-06", "customs office 0101", "unit of measure"):  # fmt: skip
        assert said in text
    assert "5,838.48" in text
    chinese = browser.get(MONTH, headers={"accept-language": "zh-hans"}).content.decode()
    assert "无票免税" in chinese


def test_a_long_month_is_read_in_pages_and_its_sums_stay(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tax.views.month.PAGE", 8)
    pages = [browser.get(f"{MONTH}&page={n}") for n in (1, 2, 3)]
    lines = [re.findall(r'name="line"\s+value="([^"]+)"', one.content.decode()) for one in pages]
    assert [len(one) for one in lines] == [8, 8, 4]
    assert len({path for one in lines for path in one}) == 20
    assert ["5,838.48" in one.content.decode() for one in pages] == [True, True, True]
    assert "month=2026-10&amp;page=3" in pages[1].content.decode()
    assert len({one.context["ready"].digest for one in pages}) == 1


def test_it_is_declared_once_and_the_comparison_is_a_paper(browser: Client) -> None:
    answer = declare(browser)
    row = ExemptionDeclaration.objects.get()
    assert answer["Location"] == reverse("exemption_declaration", args=[row.pk])
    assert browser.get(answer["Location"]).status_code == 200
    paper = reverse("exemption_comparison", args=[row.pk])
    assert browser.get(paper).status_code == 409
    again = declare(browser)
    assert again.status_code == 422
    assert "being compared" in again.content.decode()
    apply_comparison(row, EQUAL, by=TAX)
    made = browser.get(paper)
    assert made["Content-Type"] == "application/pdf"
    assert browser.get(reverse("acknowledgement", args=[row.submission.reference])).status_code == 200
    assert browser.get(reverse("submission", args=[row.submission.reference])).status_code == 200


def test_what_changed_meanwhile_is_not_declared(browser: Client) -> None:
    answer = post(browser, "exemption_declare", digest="of-another-day")
    assert answer.status_code == 422
    assert ExemptionDeclaration.objects.count() == 0


def test_a_missing_particular_is_completed_with_a_reason(browser: Client) -> None:
    given = {"line": "/".join(map(str, key(20)))}
    page = browser.get(reverse("exemption_complete"), {"month": "2026-10"} | given)
    assert [name for name, _label, _value in page.context["fields"]] == ["unit"]
    wrong = post(browser, "exemption_complete", unit="1", **given)
    assert wrong.status_code == 422
    assert {one.code for one in wrong.context["problems"]} == {"record.invalid", "record.reason"}
    assert post(browser, "exemption_complete", unit="015", reason="left out", **given).status_code == 302
    assert browser.get(MONTH).context["exempt"].count == 15


def test_a_difference_stands_beside_the_line(browser: Client) -> None:
    declare(browser)
    row = ExemptionDeclaration.objects.get()
    apply_comparison(row, Comparison("T", [Compared(key(1), Decimal("31.25"))], {"zh": "不一致"}), by=TAX)
    text = browser.get(reverse("exemption_declaration", args=[row.pk])).content.decode()
    assert "31.25" in text
    assert "other amount" in text


def test_another_company_sees_nothing_of_it(browser: Client) -> None:
    declare(browser)
    row = ExemptionDeclaration.objects.get()
    stranger = of(people.a_company("stranger"))
    for name in ("exemption_declaration", "exemption_comparison"):
        assert stranger.get(reverse(name, args=[row.pk])).status_code == 404
    assert str(row.submission.reference) not in stranger.get(reverse("exemptions")).content.decode()
