"""Officials see the library masked; a full number is shown to who says why, and never without a row."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agency
from customs.demo import BUYERS
from customs.models import Inventory
from identity.models import PersonalLook
from tests.accounts import factories as people
from tests.customs.factories import World, world
from trail.models import Entry

pytestmark = pytest.mark.django_db
P1, P4 = BUYERS["P1"], BUYERS["P4"]


@pytest.fixture
def here(db: None) -> World:
    return world()


@pytest.fixture
def o12(here: World) -> Inventory:
    return here.declared("O12")


def browser(role: str = "officer", agency: str = "customs") -> Client:
    client = Client(headers={"accept-language": "en"})
    user = people.an_official(people.an_agency(agency), role)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_who_says_why_sees_the_numbers_once_and_is_on_record(o12: Inventory) -> None:
    PersonalLook.objects.all().delete()
    url = reverse("admin:list_unmask", args=[o12.pk])
    client = browser()
    answer = client.post(url, {"reason": "the payer telephoned"})
    html = answer.content.decode()
    assert P4.id_number in html
    assert P1.id_number in html
    assert "no-store" in answer["Cache-Control"]
    look = PersonalLook.objects.get()
    assert (look.full, look.ground, look.reason, look.count) == (True, "case", "the payer telephoned", 2)
    assert P4.id_number not in look.subject
    assert look.request_id == answer["X-Request-Id"]
    assert Entry.objects.filter(action="personal.seen", object_id=str(o12.pk)).count() == 1
    assert P4.id_number not in client.get(url).content.decode()


@pytest.mark.parametrize("given", [{}, {"reason": "  "}])
def test_without_a_reason_nothing_is_shown_and_nothing_written(o12: Inventory, given: dict[str, str]) -> None:
    PersonalLook.objects.all().delete()
    html = browser().post(reverse("admin:list_unmask", args=[o12.pk]), given).content.decode()
    assert P4.id_number not in html
    assert not PersonalLook.objects.exists()


def test_the_button_is_for_who_may(o12: Inventory) -> None:
    url, page = reverse("admin:list_unmask", args=[o12.pk]), reverse("admin:list", args=[o12.pk])
    assert url in browser().get(page).content.decode()
    viewer = browser("agency_viewer")
    assert url not in viewer.get(page).content.decode()
    assert viewer.post(url, {"reason": "x"}).status_code == 403
    assert browser(agency="police").post(url, {"reason": "x"}).status_code == 404


def test_the_library_shows_who_waits_masked(o12: Inventory) -> None:
    Agency.objects.create(code="police-national", name_zh="全国", name_en="National base")
    html = browser().get(reverse("admin:identity")).content.decode()
    assert "3101**********0262" in html
    assert P4.id_number not in html
    assert P4.name not in html
    assert "National base" in html


def test_the_library_is_nothing_to_other_agencies(here: World) -> None:
    assert browser(agency="market").get(reverse("admin:identity")).status_code == 404
    assert browser(agency="police-national").get(reverse("admin:identity")).status_code == 200
