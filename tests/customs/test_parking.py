"""A message that cannot be loaded is tried ever more slowly, parked, and loaded again by a person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, Membership, User
from customs import load, parking, tasks
from customs.demo import story_set
from customs.models import CebMessage, Inventory, Order
from submissions.models import Dispatch
from tests.customs.factories import World
from trail.actors import SYSTEM
from trail.models import Entry

pytestmark = pytest.mark.django_db


class Broken(Exception):
    """What one message does to the loader."""


@pytest.fixture
def poison(here: World, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A stored order message that cannot be loaded; everything else can."""
    key = here.store("CEB311", story_set("O01")["CEB311"])
    whole = load._load

    def break_it(submission_id: UUID, *, wait: bool = True) -> int:
        if submission_id == key:
            raise Broken("quotes 120199199003150246")
        return whole(submission_id, wait=wait)

    monkeypatch.setattr(load, "_load", break_it)
    return key


def try_until_parked(key: UUID) -> None:
    for _attempt in range(load.TRIES):
        with pytest.raises(Broken):
            parking.attempt(key)


def test_each_failure_waits_longer_and_tells_no_content(poison: UUID) -> None:
    waits = []
    for _attempt in range(3):
        with pytest.raises(Broken):
            parking.attempt(poison)
        row = CebMessage.objects.get(pk=poison)
        assert row.load_after is not None
        waits.append(row.load_after - timezone.now())
    assert waits == sorted(waits)
    assert waits[0] > timedelta(seconds=50)
    assert waits[2] > timedelta(minutes=3)
    assert (row.load_tries, row.load_reason) == (3, "Broken")
    assert load.to_load() == []
    CebMessage.objects.update(load_after=timezone.now())
    assert load.to_load() == [poison]


def test_it_is_parked_in_the_end_and_the_others_go_on(here: World, poison: UUID) -> None:
    try_until_parked(poison)
    CebMessage.objects.update(load_after=timezone.now())
    other = here.store("CEB311", story_set("O02")["CEB311"])
    assert load.to_load() == [other]
    tasks.sweep()
    assert CebMessage.objects.get(pk=other).loaded_at is not None
    assert [row.pk for row in parking.parked()] == [poison]


def test_a_database_that_is_away_counts_for_nothing(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = here.store("CEB311", story_set("O01")["CEB311"])

    def away(submission_id: UUID) -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(parking, "arrive", away)
    with pytest.raises(OperationalError):
        parking.attempt(key)
    assert CebMessage.objects.get(pk=key).load_tries == 0


def test_a_failure_after_loading_is_no_failure_to_load(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = here.load("CEB311", story_set("O01")["CEB311"])

    def later(submission_id: UUID) -> int:
        raise Broken

    monkeypatch.setattr(parking, "arrive", later)
    with pytest.raises(Broken):
        parking.attempt(key)
    assert CebMessage.objects.get(pk=key).load_tries == 0


def official(role: str) -> Client:
    user = User.objects.create_user(f"{role}@customs.example", "-", is_staff=True)
    Membership.objects.create(user=user, agency=Agency.objects.get(code="customs"), role=role)
    client = Client()
    client.force_login(user)
    return client


def test_a_person_has_it_loaded_again(poison: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    try_until_parked(poison)
    client = official("officer")
    page = client.get("/admin/unloaded/").content.decode()
    assert CebMessage.objects.get(pk=poison).submission.reference in page
    assert "Broken" in page
    assert "120199199003150246" not in page
    assert client.post("/admin/unloaded/again/", {"message": str(poison)}).status_code == 302
    assert load.to_load() == [poison]
    assert Entry.objects.get(action="message.load_again").object_id == str(poison)
    monkeypatch.undo()
    parking.attempt(poison)
    assert Order.objects.filter(message_id=poison).exists()
    assert not parking.parked().exists()


def test_only_what_is_parked_is_loaded_again(here: World) -> None:
    key = here.store("CEB311", story_set("O01")["CEB311"])
    assert parking.load_again([key], by=SYSTEM) == 0
    client = official("agency_viewer")
    assert client.get("/admin/unloaded/").status_code == 403
    assert client.post("/admin/unloaded/again/", {"message": str(key)}).status_code == 403


def test_a_set_with_one_that_cannot_be_loaded_goes_on_one_by_one(here: World, poison: UUID) -> None:
    messages = story_set("O02")
    others = [here.store("CEB311", messages["CEB311"])]
    others += [here.hand_in(type_, messages[type_]).submission.pk for type_ in ("CEB411", "CEB511", "CEB621")]
    parking.attempt_set([others[0], poison, *others[1:]])
    assert Inventory.objects.get().state == "ready"
    row = CebMessage.objects.get(pk=poison)
    assert (row.loaded_at, row.load_tries, row.load_reason) == (None, 1, "Broken")


def test_what_came_together_is_matched_together(here: World) -> None:
    keys = []
    for number in ("O01", "O02"):
        messages = story_set(number)
        keys += [here.hand_in(type_, data).submission.pk for type_, data in messages.items()]
    parking.attempt_set(keys)
    assert {one.state for one in Inventory.objects.all()} == {"ready"}
    assert not Dispatch.objects.filter(state="held").exists()


def test_a_database_that_is_away_is_not_blamed_on_a_set(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [here.hand_in("CEB311", story_set(key)["CEB311"]).submission.pk for key in ("O01", "O02")]

    def away(submission_ids: list[UUID]) -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(parking, "arrive_set", away)
    with pytest.raises(OperationalError):
        parking.attempt_set(keys)
