"""Machine clients: allauth keeps id, secret and scopes; a `ClientPrincipal` says whom they speak for."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable

from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency, ClientPrincipal, Company
from accounts.rules import scope_problems
from reference.problems import Problem, Refused
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def create_client(
    owner: Company | Agency,
    *,
    name: str,
    scopes: Collection[str],
    by: Actor,
    client_id: str | None = None,
    secret: str | None = None,
) -> tuple[str, str]:
    """A machine client of a company or agency: (client id, secret). Only a hash is kept: show the secret now.

    Id and secret are random unless given (the demonstration gives them).
    """
    problems = scope_problems(scopes, for_agency=isinstance(owner, Agency))
    if problems:
        raise Refused(problems)
    secret = secret or secrets.token_urlsafe(32)
    client = Client(name=name[:100], type=Client.Type.CONFIDENTIAL)
    if client_id:
        client.id = client_id
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_response_types([])
    _set_scopes(client, scopes)
    client.set_secret(secret)
    client.save(force_insert=True)
    company = owner if isinstance(owner, Company) else None
    agency = owner if isinstance(owner, Agency) else None
    ClientPrincipal.objects.create(client=client, company=company, agency=agency)
    detail = {
        "name": name,
        "scopes": sorted(map(str, scopes)),
        "company": company.pk if company else None,
        "agency": agency.code if agency else None,
    }
    record("client.created", by=by, object_type="client", object_id=client.id, detail=detail)
    return client.id, secret


@transaction.atomic
def set_client_scopes(client_id: str, scopes: Collection[str], *, by: Actor) -> None:
    """Replace the scopes of a client; tokens it already holds lose what was taken away at their next use."""
    link = _locked(client_id)
    problems = scope_problems(scopes, for_agency=link.agency_id is not None)
    if problems:
        raise Refused(problems)
    detail = {"before": sorted(link.client.get_scopes()), "after": sorted(map(str, scopes))}
    _set_scopes(link.client, scopes)
    link.client.save(update_fields=["scopes", "default_scopes"])
    record("client.scopes_changed", by=by, object_type="client", object_id=client_id, detail=detail)


@transaction.atomic
def renew_secret(client_id: str, *, by: Actor) -> str:
    """A new secret; the old one and every token stop working now."""
    link = _locked(client_id)
    if link.disabled_at is not None:
        message = gettext_noop("This client was revoked; create a new one.")
        raise Refused([Problem("client.revoked", "/", message)])
    secret = secrets.token_urlsafe(32)
    link.client.set_secret(secret)
    link.client.save(update_fields=["secret"])
    Token.objects.filter(client=link.client).delete()
    record("client.secret_renewed", by=by, object_type="client", object_id=client_id)
    return secret


@transaction.atomic
def revoke_client(client_id: str, *, by: Actor) -> None:
    """Disable a client: no new token, and those it holds stop working now. The record stays for the trail."""
    link = _locked(client_id)
    if link.disabled_at is not None:
        return
    link.disabled_at = timezone.now()
    link.save(update_fields=["disabled_at"])
    link.client.secret = make_password(None)
    link.client.save(update_fields=["secret"])
    Token.objects.filter(client=link.client).delete()
    record("client.revoked", by=by, object_type="client", object_id=client_id)


def _locked(client_id: str) -> ClientPrincipal:
    return (
        ClientPrincipal.objects.select_for_update(of=("self",))
        .select_related("client")
        .get(client_id=client_id)
    )


def _set_scopes(client: Client, scopes: Iterable[str]) -> None:
    ordered = sorted({str(scope) for scope in scopes})
    client.set_scopes(ordered)
    # A client that asks for no scope gets all of its own.
    client.set_default_scopes(ordered)
