"""A bank's officials: what is not cleared up, handing over, the case of a declaration; another bank sees nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, Company, User
from forex import ownership
from forex.models import HandOver, InwardPayment, OwnerSide
from reference.problems import Refused
from submissions.models import Change, Notice, Referral
from submissions.notices import text_of
from tests.accounts import factories as people
from tests.forex.factories import BANK, FIRM, a_bank, a_payment
from tests.forex.situations import a_matched_payment, accepted, declared, returned
from trail.models import Entry

LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "admin:inward_payments"


def desk(agency: Agency, role: str = "officer") -> tuple[Client, User]:
    user = people.an_official(agency, role, name=f"{role}-{agency.code}")
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend=LOGIN)
    return client, user


def shown(client: Client, **asked: str) -> list[str]:
    return [row.declaration_no for row, _bop in client.get(reverse(LIST), asked).context["rows"]]


def test_what_is_not_cleared_up_stands_on_the_banks_desk(firm: Company) -> None:
    late = a_payment(firm, received_on="2026-10-20")
    fresh = a_payment(firm, received_on="2026-11-24")
    matched = a_matched_payment(firm)
    done = a_matched_payment(firm)
    accepted(declared(done))
    client, _user = desk(a_bank())
    assert set(shown(client)) == {late.declaration_no, fresh.declaration_no, matched.declaration_no}
    assert shown(client, which="unmatched") == [late.declaration_no, fresh.declaration_no]
    assert done.declaration_no in shown(client, which="all")
    assert shown(client, q=fresh.declaration_no) == [fresh.declaration_no]
    assert shown(client, q="津沽", which="undeclared")[-1] == fresh.declaration_no
    assert shown(client, side="bank") == []
    other, _user = desk(a_bank("bank2"))
    assert shown(other, which="all") == []
    assert other.get(reverse("admin:inward_payment", args=[late.pk])).status_code == 404


def test_overdue_is_counted_in_the_menu_of_banks_alone(firm: Company) -> None:
    a_payment(firm, received_on="2026-10-20")
    client, _user = desk(a_bank())
    page = client.get(reverse("admin:index")).content.decode()
    assert reverse(LIST) in page
    customs, _user = desk(people.an_agency("customs"))
    assert reverse(LIST) not in customs.get(reverse("admin:index")).content.decode()


def test_handed_over_with_a_reason_and_told(firm: Company) -> None:
    payment = a_payment(firm)
    client, user = desk(a_bank())
    url = reverse("admin:inward_payment_hand_over", args=[payment.pk])
    assert client.post(url, {"to": f"bank-{user.pk}", "why": ""}).status_code == 422
    assert not HandOver.objects.exists()
    page = client.post(url, {"to": f"bank-{user.pk}", "why": "payer unknown to the company"}, follow=True)
    assert "payer unknown to the company" in page.content.decode()
    payment.refresh_from_db()
    assert (payment.owner_side, payment.owner) == ("bank", user)
    assert shown(client, side="bank") == [payment.declaration_no]
    assert "payer unknown" in text_of(Notice.objects.get(code="forex.handed_to_bank"))
    client.post(url, {"to": "company", "why": "statement found"})
    assert Notice.objects.filter(code="forex.handed_to_company").count() == 1
    assert Entry.objects.filter(action="inward_payment.hand_over").count() == 2


def test_who_may_look_only_hands_nothing_over(firm: Company) -> None:
    payment = a_payment(firm)
    client, _user = desk(a_bank(), "agency_viewer")
    page = client.get(reverse("admin:inward_payment", args=[payment.pk])).content.decode()
    assert 'name="why"' not in page
    url = reverse("admin:inward_payment_hand_over", args=[payment.pk])
    assert client.post(url, {"to": "bank", "why": "x"}).status_code == 403


def test_every_reason_against_a_hand_over_is_told(firm: Company) -> None:
    payment, stranger = a_payment(firm), people.a_person("stranger")
    with pytest.raises(Refused) as refused:
        ownership.hand_over(payment.pk, side=OwnerSide.BANK, owner=stranger, why=" ", by=BANK)
    assert [one.code for one in refused.value.problems] == ["payment.no_reason", "payment.owner"]
    with pytest.raises(Refused) as refused:
        ownership.hand_over(payment.pk, side=OwnerSide.COMPANY, owner=None, why="again", by=FIRM)
    assert [one.code for one in refused.value.problems] == ["payment.same_owner"]
    settled = a_matched_payment(firm)
    declared(settled)
    with pytest.raises(Refused) as refused:
        ownership.hand_over(settled.pk, side=OwnerSide.BANK, owner=None, why="late", by=FIRM)
    assert [one.code for one in refused.value.problems] == ["payment.settled"]


def test_the_company_hands_over_on_its_own_page(firm: Company) -> None:
    payment, colleague = a_payment(firm), people.a_member(firm, name="bob")
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(firm), backend=LOGIN)
    url = reverse("forex_hand_over", args=[payment.pk])
    assert client.post(url, {"to": "company-0", "why": "x"}).status_code == 422
    page = client.post(url, {"to": f"company-{colleague.pk}", "why": "on leave"}, follow=True)
    assert "on leave" in page.content.decode()
    payment.refresh_from_db()
    assert payment.owner == colleague
    assert not Notice.objects.filter(code__startswith="forex.handed").exists()  # the side stays the same


def test_the_case_shows_what_is_declared_and_the_other_versions(firm: Company) -> None:
    payment = a_matched_payment(firm)
    first = returned(declared(payment))
    second = declared(payment)
    client, _user = desk(a_bank())
    case = Referral.objects.get(submission=second.submission)
    page = client.get(reverse("admin:case", args=[case.pk])).content.decode()
    assert str(first.submission.reference) in page
    assert "315.75" in page
    assert "**** 1234" in page
    assert "6200000000001234" not in page
    queue = client.get(reverse("admin:queue"), {"q": payment.declaration_no, "state": "all"})
    assert str(second.submission.reference) in queue.content.decode()


def test_an_officer_decides_by_button_and_names_safes_number(firm: Company) -> None:
    row = declared(a_matched_payment(firm))
    client, _user = desk(a_bank())
    case = Referral.objects.get(submission=row.submission)
    Referral.objects.filter(pk=case.pk).update(state="sent")
    client.post(reverse("admin:case_accept", args=[case.pk]), {"words": "已报送，SAFE-2026-7"})
    row.refresh_from_db()
    assert (row.state, row.safe_no) == ("accepted", "SAFE-2026-7")
    assert "SAFE-2026-7" in text_of(Notice.objects.get(code="forex.bop_accepted"))


def test_company_and_bank_find_every_step_in_the_change_feed(firm: Company) -> None:
    payment = a_matched_payment(firm)
    returned(declared(payment))
    accepted(declared(payment))
    rows = Change.objects.filter(object_type="bop_declaration").order_by("pk")
    assert [(row.event, row.data["version"]) for row in rows] == [
        ("bop_declaration.submit", 1),
        ("bop_declaration.return", 1),
        ("bop_declaration.submit", 2),
        ("bop_declaration.replace", 1),
        ("bop_declaration.accept", 2),
    ]
    assert {(tuple(row.parties), tuple(row.agencies)) for row in rows} == {((firm.pk,), ("bank",))}


def test_a_company_is_reminded_once_when_time_runs_out(firm: Company) -> None:
    late = a_payment(firm, received_on="2026-10-20")  # due on 27 October
    done = a_payment(firm, received_on="2026-10-20")
    declared(done)
    assert ownership.remind(date(2026, 10, 25)) == 0
    assert ownership.remind(date(2026, 10, 26)) == 1
    assert ownership.remind(date(2026, 10, 28)) == 0
    told = [text_of(one) for one in Notice.objects.filter(code="forex.due")]
    assert len(told) == 1
    assert late.declaration_no in told[0]
    assert InwardPayment.objects.get(pk=late.pk).reminded_on == date(2026, 10, 26)
