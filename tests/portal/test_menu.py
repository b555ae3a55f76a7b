"""The menu of the officials' desk: each agency finds its own business in it, folded, and every entry opens."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.principals import principal_of_user
from portal.admin_site import visible
from tests.accounts.factories import an_administrator, an_agency, an_official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("here")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVERY_OFFICE = {"queue", "board", "credit", "dispatches", "inbox"}
OWN = {
    "customs": {"b2b_approvals", "goods", "identity", "misuse_reports", "replies", "unloaded"},
    "tax": {"exemptions", "goods"},
    "commerce": {"goods"},
    "market": set(),
    "bank": {"inward_payments"},
    "bank2": {"inward_payments"},
}


def names(user: User) -> set[str]:
    return {page.name for page in visible(principal_of_user(user))}


def desk_of(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("agency", OWN)
def test_an_agency_finds_its_own_business_and_no_other(agency: str) -> None:
    user = an_official(an_agency(agency), "officer")
    assert names(user) == EVERY_OFFICE | OWN[agency]
    client = desk_of(user)
    answers = {name: client.get(reverse(f"admin:{name}")).status_code for name in names(user)}
    assert set(answers.values()) == {200}, answers


def test_who_runs_the_platform_finds_the_line_and_nobodys_records() -> None:
    assert names(an_administrator("system_admin")) == {
        "dispatches",
        "inbox",
        "agencies",
        "replies",
        "unloaded",
    }


def test_the_menu_is_folded_and_the_first_page_names_everything() -> None:
    client = desk_of(an_official(an_agency("customs"), "officer"))
    html = client.get(reverse("admin:identity")).content.decode()
    menu = html.split('aria-label="Main"')[1].split("</nav>")[0]
    lists = menu.split('<ul class="nav-list">')[1]
    top = re.sub(r"<ul.*?</ul>", "", lists, flags=re.S)
    assert [word.strip() for word in re.findall(r"<(?:summary|a)[^>]*>\s*([^<]+?)\s*<", top)] == [
        "Desk",
        "Queue",
        "Board",
        "Messages and agencies",
        "Records and desks",
    ]
    assert re.search(r'class="is-current"[^>]*>\s*Records and desks', menu)
    assert re.search(r'aria-current="page"[^>]*>\s*Identity checks', menu)
    assert "Unknown numbers" in client.get(reverse("admin:index")).content.decode()


def test_an_only_entry_of_a_group_stands_there_itself() -> None:
    html = (
        desk_of(an_official(an_agency("market"), "agency_viewer"))
        .get(reverse("admin:queue"))
        .content.decode()
    )
    menu = html.split('aria-label="Main"')[1].split("</nav>")[0]
    assert "<details" not in menu
