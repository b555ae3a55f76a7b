"""Exporter and declarant at a browser: the table of goods, the check page, the list, the record with its timeline."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from customs.b2b.workbench import counters
from customs.models import B2BDeclaration
from submissions.models import Submission
from tests.accounts import factories as people
from tests.customs.b2b.factories import Firms, declared, direct, exported, raw, say

pytestmark = pytest.mark.django_db


def browser(company: Company, name: str = "alice") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        people.a_member(company, name=name), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def posted(answers: dict[str, Any], version: int) -> dict[str, Any]:
    """The form as a browser sends it: a table cell by cell."""
    given = {f"f-{code}": "yes" if value is True else "no" if value is False else value
             for code, value in answers.items() if code != "goods"}  # fmt: skip
    for place, row in enumerate(answers["goods"]):
        given |= {f"f-goods-{place}-{code}": value for code, value in row.items()}
    return given | {"version": version}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_declarant_fills_in_checks_and_hands_in(here: Firms) -> None:
    client = browser(here.declarant)
    went = client.post(reverse("apply", args=["b2b-declaration"]), {"company": here.exporter.pk})
    draft = Submission.objects.get(kind="b2b-declaration")
    assert went.headers["Location"] == reverse("draft", args=[draft.pk])
    form = text(client.get(went.headers["Location"]))
    assert "f-goods-2-quantity" in form
    assert "f-goods-3-quantity" not in form
    wrong = raw(goods=[{"item_no": "EX03", "quantity": "x", "unit_price": "1"}], booking_no=None)
    client.post(reverse("draft", args=[draft.pk]), posted(wrong, 0))
    check = text(client.get(reverse("draft_check", args=[draft.pk])))
    assert "Goods, row 1, Quantity" in check
    assert "The number of the warehouse booking order (W) is missing." in check
    looked = text(client.get(reverse("draft", args=[draft.pk]), {"look": "1"}))
    assert "row 1, Quantity: This is not a number." in looked
    client.post(reverse("draft", args=[draft.pk]), posted(raw(), 1))
    check = text(client.get(reverse("draft_check", args=[draft.pk])))
    assert "What is handed in fits the mode 9810 that is claimed." in check
    assert "worth more than CNY 5,000.00" in check
    assert "219,960.00" in check
    assert "contested" in check
    assert "to be confirmed</strong> Up to this value" in check
    went = client.post(reverse("draft_hand_in", args=[draft.pk]), {"version": 2})
    row = B2BDeclaration.objects.get()
    assert went.headers["Location"] == reverse("submission", args=[row.submission.reference])
    page = text(client.get(went.headers["Location"]))
    for word in ("31,200.00", "219,960.00", "8712003000", "WH-2026-0007", "The B2B export was declared."):
        assert word in page


def test_the_record_tells_until_when_goods_may_come_back(here: Firms) -> None:
    row = exported(declared(here))
    page = text(browser(here.exporter).get(reverse("submission", args=[row.submission.reference])))
    for word in (
        "2027-09-18",
        "2027-03-18",
        "2026年第16号",
        "021320260000000007",
        "The goods have left the country",
    ):
        assert word in page
    sold = exported(declared(here, direct()))
    page = text(browser(here.exporter, "adam").get(reverse("submission", args=[sold.submission.reference])))
    assert "whether it may be used is contested" in page


def test_the_list_is_narrowed_and_leads_to_the_record(here: Firms) -> None:
    one, two = declared(here), declared(here, direct(buyer="person"))
    client, url = browser(here.exporter), reverse("b2b_declarations")
    both = text(client.get(url))
    assert one.submission.reference in both
    assert "fits 9610" in both
    narrow = text(client.get(url, {"mode": "9710"}))
    assert two.submission.reference in narrow
    assert one.submission.reference not in narrow
    assert one.submission.reference in text(client.get(url, {"text": "WH-2026-0007", "since": "not a day"}))
    assert "No B2B export fits" in text(client.get(url, {"tab": "done"}))
    stranger = browser(people.a_company("陌生示例"), "carol")
    assert "No B2B exports yet." in text(stranger.get(url))
    assert stranger.get(reverse("submission", args=[one.submission.reference])).status_code == 404


def test_the_workbench_counts_them_by_what_is_to_be_done(here: Firms) -> None:
    from accounts.principals import principal_of_user

    exported(declared(here))
    declared(here)
    say(declared(here), status="sent_back", words={"zh": "退单"})
    who = principal_of_user(people.a_member(here.exporter))
    assert {one.tab: one.count(who) for one in counters()} == {"action": 1, "progress": 1, "done": 1}


def test_in_chinese_nothing_is_left_in_english(here: Firms) -> None:
    row = exported(declared(here))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(
        people.a_member(here.exporter), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = text(client.get(reverse("submission", args=[row.submission.reference])))
    assert "申报内容与所报监管方式9810相符" in page
    assert "Customs released" not in page
