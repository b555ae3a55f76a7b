"""Every address × every role, nobody, and machines: the answer is the one of the table (`docs/access.md`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.accounts import factories as people
from tests.house import access
from tests.house.access import ANONYMOUS, ROLE_HOLDERS, Door, Outcome, Who
from tests.house.world import House, bearer

pytestmark = pytest.mark.django_db
MACHINES = [
    f"machine of the {owner}{scopes}"
    for owner in ("company", "agency")
    for scopes in ("", " that reads changes", " without scopes")
]


# --- the table is whole -----------------------------------------------------------------------------------


def test_every_address_has_one_door() -> None:
    without = [address.name for address in access.addresses() if access.door_of(address) is None]
    assert without == [], "no door, or two: say who may open these"


def test_every_address_has_a_name_of_its_own() -> None:
    twice = [name for name, n in Counter(a.name for a in access.addresses()).items() if n > 1]
    assert twice == []


def test_the_table_names_nothing_that_is_gone() -> None:
    names = {address.name for address in access.addresses()}
    listed = {*access.PUBLIC, *access.CREDENTIALS, *access.OWN_ACCOUNT}
    assert listed <= names
    assert {f"admin:{table}_changelist" for table in access.TABLES} <= names


def test_the_page_is_up_to_date() -> None:
    told = access.PAGE.read_text(encoding="utf-8")
    assert told == access.page(), "run `python -m tests.house.access`"


# --- the house keeps to it --------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_description(monkeypatch: pytest.MonkeyPatch) -> None:
    """The description of the API takes seconds to write and is the same for everybody."""
    from drf_spectacular.generators import SchemaGenerator

    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda self, *args, **kwargs: {"openapi": "3.0.3"})


@pytest.mark.parametrize("who", ROLE_HOLDERS, ids=lambda who: who.name)
def test_a_role_opens_exactly_its_doors(house: House, who: Who) -> None:
    check(house, house.browser(house.people[who.name]), who)


def test_nobody_opens_what_is_public_alone(house: House) -> None:
    check(house, house.browser(), ANONYMOUS)


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_opens_what_its_scopes_name(house: House, name: str) -> None:
    who, value = house.machines[name]
    check(house, bearer(value), who)


def test_even_a_superuser_writes_to_no_table_but_by_its_verbs(house: House) -> None:
    root = people.a_person("root", is_superuser=True, is_staff=True)
    client, open_ = house.browser(root), []
    for door in access.doors():
        table, _, page = door.name.removeprefix("admin:").rpartition("_")
        if page in access.TABLES.get(table, ()) or table not in access.TABLES or not door.is_written_to:
            continue
        if knock(client, "POST", house.address(door.name, door.route), door) != "403":
            open_.append(door.name)
    assert open_ == []
    assert knock(client, "GET", reverse("admin:trail_entry_changelist"), access.doors()[0]) == "in"


def check(house: House, client: Client, who: Who) -> None:
    """All differences at once."""
    found = list(differences(house, client, who))
    assert not found, "\n".join(found)


def differences(house: House, client: Client, who: Who) -> Iterator[str]:
    """Where the house does not answer as the table says."""
    for door in access.doors():
        url = house.address(door.name, door.route)
        answered = False
        for method in door.scopes or ("GET", "POST"):
            if answered and not door.is_written_to:
                continue
            found = knock(client, method, url, door)
            if found is None:
                continue
            answered = True
            expected = door.expects(who, method)
            if found != expected:
                yield f"{who.name}: {method} {url} ({door.name}): {found}, not {expected}"
        if not answered:
            yield f"{who.name}: {url} ({door.name}) answers neither GET nor POST"


def knock(client: Client, method: str, url: str, door: Door) -> Outcome | None:
    """One request with nothing in it, undone afterwards; None where the address has no such method."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        ask: Any = client.get if method == "GET" else client.post
        response = ask(url)
        transaction.set_rollback(True)
    client.cookies = cookies
    return outcome(response, door)


def outcome(response: Any, door: Door) -> Outcome | None:
    """What came of it. An invalid form, a conflict or a redirect is behind the door."""
    status = response.status_code
    if status == 405:
        return None
    refused: dict[int, Outcome] = {401: "401", 403: "403", 404: "404"}
    if status in refused:
        return refused[status]
    if status == 400 and door.kind == "credentials":
        return "401"  # neither id nor secret
    login = status == 302 and response.headers["Location"].startswith(reverse("account_login"))
    return "login" if login and door.name not in access.STEPS else "in"
