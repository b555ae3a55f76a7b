"""The pages: from a credit by way of its statement to a declaration that was returned and corrected."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from forex import demo, orders
from forex.models import BopDeclaration, InwardPayment, Match, PayoutStatement
from forex.orders import KnownOrder
from submissions import services
from submissions.models import Referral
from tests.accounts import factories as people
from tests.forex.factories import a_payment, a_statement
from trail.actors import Actor

THE_BANK = Actor("agency", "bank", "示例银行")


@pytest.fixture
def clerk(firm: Company) -> Client:
    """A declaring user of F at a browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(firm), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def url(name: str, payment: InwardPayment) -> str:
    return reverse(name, args=[payment.pk])


def payout_file() -> SimpleUploadedFile:
    text = "order number,goods,freight,commission,other fees,refunds\n" + "".join(
        f"{line.order_no},{line.goods},{line.freight},{line.commission},{line.other_fees},0\n"
        for line in demo.payout(1).lines
    )
    return SimpleUploadedFile("payout.csv", text.encode())


def test_from_the_credit_to_the_accepted_declaration(
    firm: Company, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        orders,
        "_lookup",
        lambda numbers, company: {n: KnownOrder(n, D(0), "USD", in_statistics=True) for n in numbers},
    )
    payment = a_payment(firm)
    table = clerk.get(reverse("forex_payments"), {"tab": "open"}).content.decode()
    assert payment.declaration_no in table
    given = {
        "platform": demo.PLATFORM,
        "number": "PO-1",
        "period_from": "2026-10-01",
        "period_to": "2026-10-15",
        "currency": "USD",
        "net": "242.79",
        "file": payout_file(),
    }
    answer = clerk.post(f"{reverse('forex_statement_new')}?payment={payment.pk}", given)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == url("forex_payment", payment)
    statement = PayoutStatement.objects.get()
    assert str(statement.pk) in clerk.get(url("forex_payment", payment)).content.decode()
    clerk.post(url("forex_match", payment), {"statement": statement.pk})
    page = clerk.get(url("forex_payment", payment)).content.decode()
    assert "315.75" in page
    assert "72.96" in page

    form = clerk.get(url("forex_declare", payment)).context["form"]
    filled = {
        **form.initial,
        "code": "122030",
        "remark": "未报关、未纳入海关统计+网络购物+毛毯+货款，轧差净额",
    }
    filled = {name: filled[name] for name in form.fields if name in filled and filled[name] is not False}
    first = clerk.post(url("forex_declare", payment), filled)
    assert first.status_code == 422
    codes = {code for code, _text in first.context["form"].fields["confirmed"].choices}
    assert "bop.code_in_statistics" in codes
    assert not BopDeclaration.objects.exists()
    sent = clerk.post(url("forex_declare", payment), {**filled, "confirmed": sorted(codes)})
    assert sent.status_code == 302, sent.content.decode()

    one = BopDeclaration.objects.get()
    services.refuse(
        Referral.objects.get(submission=one.submission).pk, by=THE_BANK, words="编码错误：货物已纳入海关统计"
    )
    again = clerk.get(url("forex_declare", payment)).content.decode()
    assert "编码错误：货物已纳入海关统计" in again
    form = clerk.get(url("forex_declare", payment)).context["form"]
    filled = {name: form.initial[name] for name in form.fields if form.initial.get(name, False) is not False}
    clerk.post(url("forex_declare", payment), {**filled, "confirmed": ["bop.late"]})
    assert [row.state for row in BopDeclaration.objects.order_by("version")] == ["replaced", "submitted"]
    page = clerk.get(url("forex_payment", payment)).content.decode()
    assert "replaced by a later version" in page


def test_every_fault_of_a_statement_is_shown(clerk: Client) -> None:
    given = {
        "platform": "M",
        "number": "1",
        "period_from": "2026-10-02",
        "period_to": "2026-10-01",
        "currency": "USD",
        "file": SimpleUploadedFile("a.csv", b"order number,goods\nA,x\nA,1\n"),
    }
    answer = clerk.post(reverse("forex_statement_new"), given)
    assert answer.status_code == 422
    assert [one.code for one in answer.context["problems"]] == [
        "statement.period",
        "statement.amount",
        "statement.twice",
        "statement.twice",
    ]
    assert not PayoutStatement.objects.exists()


def test_matching_too_much_is_said_and_undoing_needs_a_reason(firm: Company, clerk: Client) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    page = clerk.post(url("forex_match", payment), {"statement": statement.pk, "amount": "300"}, follow=True)
    assert "Only 242.79" in page.content.decode()
    clerk.post(url("forex_match", payment), {"statement": statement.pk})
    made = Match.objects.get()
    clerk.post(url("forex_unmatch", payment), {"match": made.pk, "why": ""})
    made.refresh_from_db()
    assert made.undone_at is None
    page = clerk.post(url("forex_unmatch", payment), {"match": made.pk, "why": "wrong month"}, follow=True)
    assert "wrong month" in page.content.decode()


def test_others_find_none_of_it(firm: Company) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    stranger = Client()
    user = people.a_member(people.a_company("旁观（示例）公司"))
    stranger.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in ("forex_payment", "forex_declare"):
        assert stranger.get(url(name, payment)).status_code == 404
    assert stranger.get(reverse("forex_statement", args=[statement.pk])).status_code == 404
    for name, given in (
        ("forex_match", {"statement": statement.pk}),
        ("forex_unmatch", {"match": statement.pk, "why": "x"}),
        ("forex_declare", {}),
    ):
        assert stranger.post(url(name, payment), given).status_code == 404
    own = a_payment(user.memberships.get().company)  # type: ignore[arg-type]
    assert stranger.post(url("forex_match", own), {"statement": statement.pk}).status_code == 404
    for name in ("forex_payments", "forex_statements"):
        text = stranger.get(reverse(name)).content.decode()
        assert payment.declaration_no not in text
        assert statement.number not in text


def test_the_template_is_a_workbook(clerk: Client) -> None:
    answer = clerk.get(reverse("forex_statement_template"))
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(
    "asked", [{"since": "x"}, {"after": "no"}, {"state": "?"}, {"number": "a\0b"}, {"tab": "z"}]
)
def test_odd_filters_show_a_page(clerk: Client, asked: dict[str, str]) -> None:
    assert clerk.get(reverse("forex_payments"), asked).status_code in (200, 404)
