"""The story's world with people who log in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.accounts.factories import a_member
from tests.customs.factories import World, world

LogIn = Callable[..., Client]


@pytest.fixture
def here(db: None) -> World:
    """The story's companies, customs and reference data."""
    return world()


@pytest.fixture
def log_in(here: World) -> LogIn:
    """`log_in("G")`: a browser in which somebody of that company is logged in, in English."""

    def as_one_of(key: str, role: str = "declaring_user") -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(
            a_member(here.companies[key], role), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return as_one_of
