"""A declarant at the browser, beside the story's firms."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Mandate
from tests.accounts.factories import a_member
from tests.customs.factories import World


@pytest.fixture
def clerk(here: World, settings, tmp_path) -> Client:
    """Somebody of G, in English; the demonstration's signer is there, and F lets G declare its exports."""
    settings.CEB_SIGNER = "demonstration"
    for name in ("export-declaration",):
        Mandate.objects.create(
            principal=here.companies["F"], agent=here.companies["G"], service=name, valid_from="2026-01-01"
        )
    return as_one_of(here, "G")


def as_one_of(here: World, key: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        a_member(here.companies[key]), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client
