"""What machines ask the portal."""

from __future__ import annotations

import pytest
from django.test import Client

from customs.demo import story_set
from portal.views import health

pytestmark = pytest.mark.django_db


def test_a_living_process_asks_nobody(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.json() == {"alive": True}


def test_ready_when_database_migrations_and_broker_are_there(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_not_ready_names_what_is_missing_and_not_why(client: Client, monkeypatch) -> None:
    def refused() -> None:
        raise ConnectionError("redis://:password@host")

    monkeypatch.setitem(health.CHECKS, "broker", refused)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["broker"]})


def test_a_migration_not_applied_is_missing(client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="trail").delete()
    assert client.get("/readyz").json()["missing"] == ["migrations"]


def test_metrics_count_what_stands_where(client: Client, here) -> None:
    here.load_all(story_set("O01"))
    text = client.get("/metrics").content.decode()
    assert 'portal_submissions{state="in_progress"} 4.0' in text
    assert 'portal_inventory_lists{state="ready"} 1.0' in text
    assert 'portal_dispatches{agency="customs",failure="",state="queued"}' in text
    assert 'portal_dispatch_overdue_seconds{agency="customs"}' in text


def test_metrics_do_not_exist_for_strangers(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "t0ken"
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    through_proxy = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}
    assert client.get("/metrics", **through_proxy).status_code == 404
    wrong = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer other"})
    assert wrong.status_code == 404
    right = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer t0ken"})
    assert right.status_code == 200


def test_no_token_is_not_an_open_door(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""
    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer "})
    assert answer.status_code == 404
