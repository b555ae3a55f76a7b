"""Checks over REST: one buyer, ten thousand, how far they have come, and that nothing of a person comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, Company
from identity import gateway, lookups, services
from identity.models import Batch, BatchItem, PersonalLook, Verification
from tests.accounts.factories import a_client, a_company, an_agency

pytestmark = pytest.mark.django_db
P2 = {"name": "钱示例", "number": "120199198511020371"}
WHY = {"ground": "order", "reason": "order HY20261104O10"}


@pytest.fixture(autouse=True)
def _here(police: dict[str, Agency], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    for module in (lookups, services):
        monkeypatch.setattr(module, "nudge", lambda *args, **kwargs: None)


def machine(owner: Company | Agency, *scopes: str) -> Client:
    client_id, secret = a_client(owner, *scopes)
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post(reverse("idp:oidc:token"), given).json()["access_token"]
    return Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})


def platform(firm: Company | None = None) -> Client:
    return machine(firm or a_company(), "identities:check")


def send(client: Client, name: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(reverse(name), json.dumps(body), content_type="application/json", headers=headers)


def answer_all(monkeypatch: pytest.MonkeyPatch, verdict: str = "match") -> None:
    monkeypatch.setattr(gateway, "ask", lambda agency, pair: verdict)
    while keys := lookups.due(1000):
        lookups.run_all(keys)


def test_one_buyer_is_unknown_first_and_known_when_the_police_have_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = platform()
    first = send(client, "api-identity-checks", P2 | WHY)
    assert (first.status_code, first.json()) == (
        200, {"outcome": "unavailable", "answered_by": "", "answered_at": None},
    )  # fmt: skip
    answer_all(monkeypatch)
    again = send(client, "api-identity-checks", P2 | WHY).json()
    assert (again["outcome"], again["answered_by"]) == ("match", "police-local")
    assert again["answered_at"]


def test_ground_reason_and_asker_are_kept_each_time() -> None:
    firm = a_company("甲示例")
    send(platform(firm), "api-identity-checks", P2 | WHY | {"ground": "declaration"})
    look = PersonalLook.objects.get()
    assert (look.ground, look.reason, look.full, look.subject) == (
        "declaration", WHY["reason"], False, "1201**********0371",
    )  # fmt: skip
    assert firm.name in look.on_behalf_of or firm.name in look.actor_label


@pytest.mark.parametrize(
    ("changed", "status", "path"),
    [
        ({"reason": ""}, 400, "/reason"),
        ({"ground": "own"}, 400, "/ground"),
        ({"ground": "case"}, 400, "/ground"),
        ({"number": "120199198511020372"}, 422, "/number"),
        ({"name": ""}, 422, "/name"),
        ({"name": "\0"}, 400, "/name"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_asked(changed: dict[str, str], status: int, path: str) -> None:
    answer = send(platform(), "api-identity-checks", P2 | WHY | changed)
    assert (answer.status_code, answer.json()["problems"][0]["path"]) == (status, path)
    assert not Verification.objects.exists()
    assert not PersonalLook.objects.exists()


def test_without_the_scope_or_a_company_nobody_checks() -> None:
    assert send(machine(a_company(), "submissions:read"), "api-identity-checks", P2 | WHY).status_code == 403
    assert send(machine(an_agency(), "submissions:read"), "api-identity-checks", P2 | WHY).status_code == 403
    assert send(Client(), "api-identity-checks", P2 | WHY).status_code == 401


# --- batches ----------------------------------------------------------------------------------------------


def pairs(count: int) -> list[dict[str, str]]:
    return [{"name": f"示例{place}", "number": "110199199207210181"} for place in range(count)]


def test_a_batch_goes_on_by_itself_and_says_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    client = platform()
    body = WHY | {"pairs": [*pairs(5), {"name": "", "number": "1"}]}
    made = send(client, "api-identity-batches", body)
    assert (made.status_code, made.json()["waiting"], made.json()["faulty"]) == (202, 5, 1)
    url = reverse("api-identity-batch", args=[made.json()["id"]])
    monkeypatch.setattr(gateway, "ask", lambda agency, pair: "mismatch")
    lookups.run_all(lookups.due(2)[:2])  # a worker that stops after two
    assert {key: client.get(url).json()[key] for key in ("count", "answered", "waiting", "faulty")} == {
        "count": 6, "answered": 2, "waiting": 3, "faulty": 1,
    }  # fmt: skip
    answer_all(monkeypatch, "mismatch")
    page = client.get(url, {"limit": "4"}).json()
    assert [(row["place"], row["outcome"]) for row in page["results"]] == [
        (place, "mismatch") for place in range(1, 5)
    ]
    rest = client.get(url, {"limit": "4", "after": str(page["next"])}).json()
    assert ([row["place"] for row in rest["results"]], rest["next"]) == ([5, 6], None)
    assert {one["path"] for one in rest["results"][1]["problems"]} == {"/name", "/number"}
    listed = client.get(reverse("api-identity-batches")).json()["results"]
    assert [(row["id"], row["answered"]) for row in listed] == [(made.json()["id"], 5)]
    for text in ("示例0", "110199199207210181"):
        assert text not in client.get(url).content.decode()
    look = PersonalLook.objects.get()
    assert (look.subject_type, look.count, look.ground) == ("batch", 6, "order")


def test_the_same_call_again_is_the_same_batch() -> None:
    client = platform()
    body = WHY | {"pairs": pairs(2)}
    one, two = (send(client, "api-identity-batches", body, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert one.json()["id"] == two.json()["id"]
    assert Batch.objects.count() == 1
    other = send(client, "api-identity-batches", WHY | {"pairs": pairs(3)}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 422


def test_at_most_ten_thousand_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH_MOST", 3)
    client = platform()
    statuses = [
        send(client, "api-identity-batches", WHY | {"pairs": pairs(n)}).status_code for n in (0, 3, 4)
    ]
    assert statuses == [422, 202, 422]
    assert BatchItem.objects.count() == 3


def test_a_batch_is_its_companys_alone_and_its_statements_do_not_grow(
    django_assert_max_num_queries: Any,
) -> None:
    client = platform()
    with django_assert_max_num_queries(45):
        made = send(client, "api-identity-batches", WHY | {"pairs": pairs(300)}).json()
    url = reverse("api-identity-batch", args=[made["id"]])
    assert platform().get(url).status_code == 404
    assert client.get(url, {"after": "x"}).status_code == 400
    with django_assert_max_num_queries(12):
        assert len(client.get(url, {"limit": "300"}).json()["results"]) == 300
