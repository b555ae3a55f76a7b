"""A token is read again whenever anything about its caller has changed."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import api_auth
from accounts.models import ClientPrincipal, Company
from accounts.permissions import Scope
from tests.accounts.factories import a_client, a_company
from tests.accounts.test_api_auth import ask_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def value(client: Any) -> str:
    """A good token."""
    return str(ask_token(client, *a_client(a_company(), Scope.CEB_SEND)).json()["access_token"])


def test_the_second_time_one_question_is_asked(value: str) -> None:
    first = api_auth._valid_token(value)
    with CaptureQueriesContext(connection) as asked:
        assert api_auth._valid_token(value) is first
    assert len(asked) == 1


@pytest.mark.parametrize("model", [Company, ClientPrincipal, OIDCClient, Token])
def test_a_row_written_anew_is_read_anew(value: str, model: Any) -> None:
    first = api_auth._valid_token(value)
    row = model.objects.get()
    row.save()
    second = api_auth._valid_token(value)
    assert second is not None
    assert second is not first


def test_what_was_taken_away_counts_at_once(value: str) -> None:
    token = api_auth._valid_token(value)
    assert token is not None
    OIDCClient.objects.update(scopes="")
    again = api_auth._valid_token(value)
    assert again is not None
    assert again.client.get_scopes() == []
    ClientPrincipal.objects.update(disabled_at=timezone.now())
    disabled = api_auth._valid_token(value)
    assert disabled is not None
    assert api_auth._link_of(disabled) is None
    Token.objects.update(expires_at=timezone.now())
    assert api_auth._valid_token(value) is None
    Token.objects.all().delete()
    assert api_auth._valid_token(value) is None
