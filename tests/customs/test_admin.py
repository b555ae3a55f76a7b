"""The officials' desk of customs: documents on the case, the page of a list, search by any number."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customs.demo import BUYERS, story_set
from customs.lifecycle import advance
from customs.models import CustomsReply, Inventory
from submissions import services
from submissions.models import Referral, ReferralState
from tests.accounts import factories as people
from tests.customs import rows
from tests.customs.factories import World
from tests.submissions.desk import address, logged_in
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    return people.an_official(rows.customs_agency())


def case_of(document: Any) -> Referral:
    return Referral.objects.get(submission=document.message_id)


def found(client: Client, **query: str) -> set[Any]:
    page = client.get(address("queue"), query)
    return {row.referral.submission_id for row in page.context["sheet"].object_list}


def test_the_case_links_each_list_with_what_we_found(olga: User) -> None:
    message = rows.message("CEB621", 2)
    clean = rows.inventory("O01", of=message)
    finding = {"level": "error", "code": "match.x", "path": "/x", "message": "wrong", "params": {}}
    faulty = rows.inventory("O02", of=message, index=2, findings=[finding])
    page = logged_in(olga).get(address("case", case_of(clean).pk)).content.decode()
    assert address("list", clean.pk) in page
    assert address("list", faulty.pk) in page
    assert page.count("1 finding of ours") == 1


def test_a_list_has_its_four_documents_side_by_side_and_no_personal_data_in_clear(
    here: World, olga: User
) -> None:
    messages = story_set("O10")
    here.load_all(messages)
    one = Inventory.objects.get()
    page = logged_in(olga).get(address("list", one.pk))
    assert page.context["page"].columns == ("inventory", "order", "payment", "waybill")
    text = page.content.decode()
    assert one.order_no in text
    for buyer in BUYERS.values():
        assert buyer.id_number not in text
        assert buyer.name not in text
    assert reverse("admin:case", args=[case_of(one).pk]) in text


def test_a_list_is_for_customs_officials_only(here: World, olga: User) -> None:
    here.load_all(story_set("O01"))
    one = Inventory.objects.get()
    url = address("list", one.pk)
    assert logged_in(olga).get(url).status_code == 200
    assert logged_in(olga).get(address("list", uuid4())).status_code == 404
    police = people.an_official(people.an_agency("police"), name="peter")
    assert logged_in(police).get(url).status_code == 404
    assert logged_in(people.an_administrator("system_admin")).get(url).status_code == 403
    assert logged_in(people.a_member(here.companies["G"])).get(url).status_code == 403
    assert Client().get(url)["Location"].startswith(reverse("account_login"))


def test_customs_decides_in_its_own_system_not_by_button(olga: User) -> None:
    one = rows.inventory()
    case = case_of(one)
    client = logged_in(olga)
    assert [verb.code for verb in client.get(address("case", case.pk)).context["case"].verbs] == ["take"]
    for verb in ("accept", "refuse", "ask_information"):
        answer = client.post(address(f"case_{verb}", case.pk), {"words": "x"}, follow=True)
        assert "decided by the agency's own system" in str(*answer.context["messages"])
    case.refresh_from_db()
    assert case.state == ReferralState.WAITING


@pytest.mark.parametrize(
    "number", ["O01", "WO01", "GO01", "PO01", "02132026I000000001", "Declared by nobody"]
)
def test_a_case_is_found_by_every_number_of_its_documents(olga: User, number: str) -> None:
    order, payment, waybill = rows.order("O01"), rows.payment("O01"), rows.waybill("O01")
    one = rows.inventory("O01", invt_no="02132026I000000001")
    rows.inventory("O02")
    hits = found(logged_in(olga), q=number)
    lists = {one.message_id}
    three = {order.message_id, payment.message_id}
    expected = {
        "O01": lists | three,
        "WO01": lists | three | {waybill.message_id},
        "GO01": lists | three,
        "PO01": lists | three,
        "02132026I000000001": lists,
    }
    assert hits == expected.get(number, set())


def test_cases_with_returned_lists_come_first_and_can_be_filtered(olga: User) -> None:
    calm, returned = rows.inventory("O01"), rows.inventory("O02")
    advance("inventory", [returned.pk], verb="send", by=SYSTEM)
    Inventory.objects.filter(pk=returned.pk).update(state="returned")
    client = logged_in(olga)
    page = client.get(address("queue"))
    assert [row.referral.submission_id for row in page.context["sheet"].object_list] == [
        returned.message_id,
        calm.message_id,
    ]
    assert found(client, flags="returned") == {returned.message_id}
    assert found(client, flags="held_back") == set()


def test_answers_for_unknown_numbers_are_listed(olga: User) -> None:
    CustomsReply.objects.create(
        inbox_id=uuid4(),
        index=1,
        kind="order",
        scope="A",
        number="NOBODY-1",
        status="120",
        return_time="20261103110500000",
        outcome="unknown_number",
        info="<b>ok</b>",
    )
    page = logged_in(olga).get(address("replies")).content.decode()
    assert "NOBODY-1" in page
    assert "&lt;b&gt;ok&lt;/b&gt;" in page
    police = people.an_official(people.an_agency("police"), name="peter")
    assert logged_in(police).get(address("replies")).status_code == 404


def test_a_released_case_leaves_the_queue_and_cannot_be_taken(olga: User) -> None:
    one = rows.inventory()
    case = case_of(one)
    Inventory.objects.filter(pk=one.pk).update(state="released")
    services.recompute([one.message_id], SYSTEM)
    client = logged_in(olga)
    assert found(client) == set()
    assert found(client, state="decided") == {one.message_id}
    client.post(address("case_take", case.pk))
    case.refresh_from_db()
    assert case.taken_by is None
