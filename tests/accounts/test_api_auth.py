"""Machine clients: tokens, scopes, and revocation that bites at the very next request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import ClientPrincipal
from accounts.permissions import COMPANY_SCOPES, Scope
from accounts.services import create_client, renew_secret, revoke_client, set_client_scopes
from reference.problems import Refused
from tests.accounts.factories import TESTER, a_client, a_company, a_member, an_agency, an_official
from trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.api_urls")]

TOKEN = "/identity/o/api/token"
ECHO = "/api/v1/echo"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def ask_token(client: Client, client_id: str, secret: str, **extra: str):
    data = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **extra}
    return client.post(TOKEN, data)


def bearer(client: Client, client_id: str, secret: str, **extra: str) -> dict[str, str]:
    answer = ask_token(client, client_id, secret, **extra)
    assert answer.status_code == 200, answer.content
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_a_client_speaks_for_its_company(client):
    headers = bearer(client, *a_client(a_company("Haihe"), Scope.SUBMISSIONS_READ, Scope.CEB_SEND))
    answer = client.get(ECHO, headers=headers).json()
    assert answer["company"] == "Haihe"
    assert answer["agency"] is None
    assert answer["scopes"] == ["ceb:send", "submissions:read"]
    assert answer["actor"] == "client"
    assert answer["throttle"].startswith("client:")
    assert client.post(ECHO, headers=headers).status_code == 200


def test_a_client_speaks_for_its_agency(client):
    headers = bearer(client, *a_client(an_agency(), Scope.SUBMISSIONS_READ))
    assert client.get(ECHO, headers=headers).json()["agency"] == "customs"


def test_a_token_lives_fifteen_minutes_and_is_kept_as_a_hash(client):
    answer = ask_token(client, *a_client(a_company(), Scope.CEB_SEND)).json()
    assert answer["expires_in"] == 900
    assert answer["token_type"] == "Bearer"
    assert "refresh_token" not in answer
    assert not Token.objects.filter(hash=answer["access_token"]).exists()


def test_the_secret_is_kept_as_a_hash():
    client_id, secret = a_client(a_company(), Scope.CEB_SEND)
    assert secret not in OIDCClient.objects.get(pk=client_id).secret


def test_a_wrong_secret_is_401(client):
    client_id, _secret = a_client(a_company(), Scope.CEB_SEND)
    answer = ask_token(client, client_id, "wrong")
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert ask_token(client, "nobody", "wrong").status_code == 401


def test_many_wrong_secrets_make_their_sender_wait_and_nobody_else(client):
    client_id, secret = a_client(a_company(), Scope.CEB_SEND)
    for _ in range(10):
        assert ask_token(client, client_id, "wrong").status_code == 401
    refused = ask_token(client, client_id, secret)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert ask_token(Client(REMOTE_ADDR="127.0.0.9"), client_id, secret).status_code == 200
    assert ask_token(client, *a_client(a_company(), Scope.CEB_SEND)).status_code == 200


def test_secrets_cannot_be_tried_out_where_tokens_are_returned_either(client):
    client_id, secret = a_client(a_company(), Scope.CEB_SEND)
    data = {"token": "x", "client_id": client_id}
    for _ in range(10):
        assert client.post("/identity/o/api/revoke", {**data, "client_secret": "wrong"}).status_code == 401
    assert client.post("/identity/o/api/revoke", {**data, "client_secret": secret}).status_code == 429
    assert ask_token(client, client_id, secret).status_code == 429


@pytest.mark.parametrize("path", [TOKEN, "/identity/o/api/revoke"])
def test_tokens_are_neither_given_nor_taken_by_a_link(client, path):
    assert client.get(path).status_code == 405


@pytest.mark.parametrize("grant", ["authorization_code", "password", "refresh_token", ""])
def test_only_client_credentials_are_granted(client, grant):
    client_id, secret = a_client(a_company(), Scope.CEB_SEND)
    answer = ask_token(client, client_id, secret, grant_type=grant)
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_client_may_ask_for_less_but_not_for_more(client):
    client_id, secret = a_client(a_company(), Scope.CEB_SEND, Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret, scope="submissions:read")
    assert client.get(ECHO, headers=headers).json()["scopes"] == ["submissions:read"]
    assert client.post(ECHO, headers=headers).status_code == 403
    assert ask_token(client, client_id, secret, scope="changes:read").status_code == 400


def test_no_token_is_401_with_a_challenge(client):
    answer = client.get(ECHO)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer ", "bearer x y"])
def test_a_bad_token_is_401_and_says_so(client, value):
    answer = client.get(ECHO, headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_a_token_in_the_address_is_not_read(client):
    token = ask_token(client, *a_client(a_company(), Scope.SUBMISSIONS_READ)).json()["access_token"]
    assert client.get(ECHO, {"access_token": token}).status_code == 401
    assert client.post(ECHO, {"access_token": token}).status_code == 401


def test_an_expired_token_is_401(client):
    headers = bearer(client, *a_client(a_company(), Scope.SUBMISSIONS_READ))
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(ECHO, headers=headers).status_code == 401


def test_a_revoked_scope_is_403_at_the_next_request(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ, Scope.CEB_SEND)
    headers = bearer(client, client_id, secret)
    assert client.get(ECHO, headers=headers).status_code == 200
    set_client_scopes(client_id, [Scope.CEB_SEND], by=TESTER)
    answer = client.get(ECHO, headers=headers)
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="submissions:read"' in answer["WWW-Authenticate"]
    # What was given back later counts again, what the token never had does not.
    set_client_scopes(client_id, [Scope.SUBMISSIONS_READ, Scope.CHANGES_READ], by=TESTER)
    assert client.get(ECHO, headers=headers).json()["scopes"] == ["submissions:read"]


def test_a_revoked_client_is_401_at_the_next_request(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret)
    revoke_client(client_id, by=TESTER)
    assert client.get(ECHO, headers=headers).status_code == 401
    assert ask_token(client, client_id, secret).status_code == 401


def test_a_client_without_a_principal_is_401(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret)
    ClientPrincipal.objects.filter(client_id=client_id).delete()
    assert client.get(ECHO, headers=headers).status_code == 401


def test_a_new_secret_ends_the_old_one_and_its_tokens(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret)
    fresh = renew_secret(client_id, by=TESTER)
    assert client.get(ECHO, headers=headers).status_code == 401
    assert ask_token(client, client_id, secret).status_code == 401
    assert ask_token(client, client_id, fresh).status_code == 200


def test_a_token_of_a_person_is_no_client(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret)
    Token.objects.update(user=a_member(a_company()))
    assert client.get(ECHO, headers=headers).status_code == 401


def test_a_returned_token_is_dead(client):
    client_id, secret = a_client(a_company(), Scope.SUBMISSIONS_READ)
    headers = bearer(client, client_id, secret)
    token = headers["Authorization"].removeprefix("Bearer ")
    data = {"token": token, "client_id": client_id, "client_secret": secret}
    assert client.post("/identity/o/api/revoke", data).status_code == 200
    assert client.get(ECHO, headers=headers).status_code == 401


def test_an_agency_is_never_given_the_scope_to_send():
    with pytest.raises(Refused) as refused:
        create_client(an_agency(), name="x", scopes=["ceb:send", "made:up"], by=TESTER)
    assert [p.params["scope"] for p in refused.value.problems] == ["ceb:send", "made:up"]
    with pytest.raises(Refused):
        create_client(a_company(), name="x", scopes=[], by=TESTER)


def test_the_trail_knows_of_clients_but_not_their_secrets():
    client_id, secret = a_client(a_company(), Scope.CEB_SEND)
    row = Entry.objects.get(action="client.created", object_id=client_id)
    assert row.detail["scopes"] == ["ceb:send"]
    assert secret not in str(row.detail)


def test_a_person_needs_the_permission_of_the_scope(client):
    client.force_login(a_member(a_company("own"), "viewer"))
    assert client.get(ECHO).json()["company"] == "own"
    assert client.post(ECHO).status_code == 403
    client.force_login(an_official(an_agency()))
    assert client.get(ECHO).json()["agency"] == "customs"


def test_a_person_needs_the_csrf_token():
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(a_member(a_company()))
    assert careless.get(ECHO).status_code == 200
    assert careless.post(ECHO).status_code == 403


def test_a_view_that_names_no_scope_lets_nobody_in(client):
    assert client.get("/api/v1/unnamed").status_code == 401
    client.force_login(a_member(a_company(), "declaring_user"))
    assert client.get("/api/v1/unnamed").status_code == 403
    client.logout()
    headers = bearer(client, *a_client(a_company(), *COMPANY_SCOPES))
    assert client.get("/api/v1/unnamed", headers=headers).status_code == 403


def test_a_request_costs_one_query(client, django_assert_num_queries):
    headers = bearer(client, *a_client(a_company(), Scope.SUBMISSIONS_READ))
    with django_assert_num_queries(1):
        client.get(ECHO, headers=headers)
