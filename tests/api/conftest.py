"""Enterprise systems with real tokens, asking through the real addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Agency, Company
from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES
from accounts.services import create_client
from tests.accounts.factories import TESTER
from tests.customs.factories import World, world

XML = "application/xml"


class Erp(Client):
    """A machine client; speaks English unless told otherwise."""

    client_id: str

    def send(self, message: bytes, content_type: str = XML, **headers: str):
        """Hand a message in; `key` is the Idempotency-Key."""
        named = {"Idempotency-Key" if name == "key" else name: value for name, value in headers.items()}
        return self.post("/api/v1/ceb/messages", message, content_type=content_type, headers=named)

    def pages(self, address: str, **asked: object) -> list[list[dict]]:
        """All pages of a list by its cursors."""
        found, after = [], ""
        while after is not None:
            body = self.get(address, {**asked, "after": after}).json()
            found.append(body["results"])
            after = body["next"]
        return found


def erp_of(owner: Company | Agency, *scopes: str, **defaults: object) -> Erp:
    """A new client of that company or agency, with a token for all its scopes."""
    scopes = scopes or tuple(COMPANY_SCOPES if isinstance(owner, Company) else AGENCY_SCOPES)
    client_id, secret = create_client(owner, name="ERP", scopes=scopes, by=TESTER)
    data = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post("/identity/o/api/token", data).json()["access_token"]
    erp = Erp(
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        raise_request_exception=False,
        **defaults,
    )
    erp.client_id = client_id
    return erp


@pytest.fixture(autouse=True)
def _own_cache(settings) -> None:
    """Rates are counted in a cache of the test's own."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch) -> None:
    """Nobody is woken up: what is stored stays as it is."""
    monkeypatch.setattr("submissions.nudge.send", lambda *args, **kwargs: False)


@pytest.fixture
def here(db: None) -> World:
    """The story's companies, customs and reference data."""
    return world()


@pytest.fixture
def erp(here: World) -> Callable[..., Erp]:
    """`erp("A")`, `erp("customs")`: the system of one of the story's companies, or of customs."""

    def make(key: str, *scopes: str) -> Erp:
        owner = Agency.objects.get(code=key) if key == "customs" else here.companies[key]
        return erp_of(owner, *scopes)

    return make


def problem_of(answer, status: int, code: str) -> dict:
    """The problem document of an answer, with everything that every one of them has."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert (body["status"], body["type"]) == (status, f"/errors/{code}")
    assert body["title"]
    assert "{" not in body["title"]
    assert answer["X-Request-Id"]
    for problem in body.get("problems", ()):
        assert set(problem) == {"level", "code", "path", "text"}
        assert problem["text"]
        assert problem["path"]
    return body
