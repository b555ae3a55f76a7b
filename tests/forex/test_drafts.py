"""What is typed is kept by itself; two windows do not overwrite each other; everything wrong is told at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from forex import drafts
from forex.models import FormDraft, InwardPayment, PayoutStatement
from submissions.drafts import Stale
from tests.accounts import factories as people
from tests.forex.factories import FIRM, a_payment
from tests.forex.situations import a_matched_payment, declared, returned

HTMX = {"HX-Request": "true"}
TYPED = {"code": "121990", "remark": "毛毯货款", "settled": "eighty", "version": "0"}


@pytest.fixture
def clerk(firm: Company) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(firm), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def declare_url(payment: InwardPayment) -> str:
    return reverse("forex_declare", args=[payment.pk])


def place(payment: InwardPayment) -> drafts.Place:
    return drafts.Place(FormDraft.Form.DECLARATION, payment.company, payment)


def test_two_windows_do_not_overwrite_each_other(firm: Company) -> None:
    here = place(a_payment(firm))
    assert drafts.load(here).version == 0
    assert drafts.save(here, {"remark": "a"}, 0, by=FIRM).version == 1
    with pytest.raises(Stale) as stale:
        drafts.save(here, {"remark": "b"}, 0, by=FIRM)
    assert stale.value.current == 1
    assert drafts.save(here, {"remark": "c"}, 1, by=FIRM).version == 2
    with pytest.raises(Stale):
        drafts.save(here, {"remark": "d"}, 1, by=FIRM)
    assert drafts.load(here).values == {"remark": "c"}
    drafts.discard(here)
    assert drafts.load(here).version == 0


def test_typing_is_kept_readable_or_not_and_stands_there_again(firm: Company, clerk: Client) -> None:
    payment = a_matched_payment(firm)
    answer = clerk.post(declare_url(payment), TYPED, headers=HTMX)
    assert "Saved" in answer.content.decode()
    form = clerk.get(declare_url(payment)).context["form"]
    assert (form.initial["remark"], form.initial["settled"]) == ("毛毯货款", "eighty")
    assert "begun, not handed in" in clerk.get(reverse("forex_payments")).content.decode()
    stale = clerk.post(declare_url(payment), {**TYPED, "remark": "other"}, headers=HTMX).content.decode()
    assert "another window" in stale
    assert drafts.load(place(payment)).values["remark"] == "毛毯货款"
    clerk.post(declare_url(payment), {**TYPED, "remark": "mine", "keep": "1"}, headers=HTMX)
    assert drafts.load(place(payment)).values["remark"] == "mine"


def test_given_up_or_handed_in_it_is_gone(firm: Company, clerk: Client) -> None:
    payment = a_matched_payment(firm)
    url = declare_url(payment)
    clerk.post(url, TYPED, headers=HTMX)
    clerk.post(url, {"give_up": "1"})
    assert not FormDraft.objects.exists()
    clerk.post(url, {**TYPED, "settled": "242.79"}, headers=HTMX)
    form = clerk.get(url).context["form"]
    filled: dict[str, Any] = {
        name: form.initial[name] for name in form.fields if form.initial.get(name, False) is not False
    }
    said = clerk.post(url, filled).context["form"].fields["confirmed"].choices
    answer = clerk.post(url, {**filled, "confirmed": [code for code, _text in said]})
    assert answer.status_code == 302
    assert not FormDraft.objects.exists()


def test_what_cannot_be_read_what_is_wrong_and_what_warns_are_told_at_once(
    firm: Company, clerk: Client
) -> None:
    payment = a_matched_payment(firm)
    answer = clerk.post(
        declare_url(payment),
        {"code": "", "remark": "121990", "nature": "goods", "settled": "x", "held": "0", "other": "0"},
    )
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == {"code", "remark", "settled"}
    assert len(form.errors["settled"]) == 1
    warned = {code for code, _text in form.fields["confirmed"].choices}
    assert warned == {"bop.remark_netted", "bop.late"}


def test_what_the_bank_said_stands_above_the_correction(firm: Company, clerk: Client) -> None:
    payment = a_matched_payment(firm)
    returned(declared(payment, "122030"), "编码错误")
    page = clerk.get(declare_url(payment)).content.decode()
    assert "编码错误" in page


def test_a_statement_begun_is_kept_and_every_fault_told(firm: Company, clerk: Client) -> None:
    payment = a_payment(firm)
    url = f"{reverse('forex_statement_new')}?payment={payment.pk}"
    clerk.post(url, {"platform": "Market", "version": "0"}, headers=HTMX)
    assert clerk.get(url).context["form"].initial["platform"] == "Market"
    assert clerk.get(reverse("forex_statement_new")).context["form"].initial == {}  # another draft
    faulty = SimpleUploadedFile("a.csv", b"order number,goods\nA,x\nA,1\n")
    answer = clerk.post(url, {"platform": "", "file": faulty})
    assert {"platform", "number", "period_from"} <= set(answer.context["form"].errors)
    assert [one.code for one in answer.context["problems"]] == [
        "statement.amount",
        "statement.twice",
        "statement.twice",
    ]
    given = {
        "platform": "Market",
        "number": "1",
        "period_from": "2026-10-01",
        "period_to": "2026-10-02",
        "currency": "USD",
        "file": SimpleUploadedFile("a.csv", b"order number,goods\nA,1\n"),
    }
    assert clerk.post(url, given).status_code == 302
    assert PayoutStatement.objects.count() == 1
    assert not FormDraft.objects.exists()
