"""A worker keeps its connection from task to task, and gives up one that is broken or too old."""

from __future__ import annotations

import pytest
from django.db import connection

from portal.celery import app
from portal.worker import fixup

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_connection_is_kept_from_task_to_task(monkeypatch: pytest.MonkeyPatch) -> None:
    around = fixup(app).worker_fixup
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    connection.close()
    connection.ensure_connection()
    kept = connection.connection
    around.close_database()
    connection.ensure_connection()
    assert connection.connection is kept
    connection.close_at = 0.0  # its time is over
    around.close_database()
    connection.ensure_connection()
    assert connection.connection is not kept


def test_a_broken_one_is_not_kept() -> None:
    around = fixup(app).worker_fixup
    connection.ensure_connection()
    kept = connection.connection
    connection.errors_occurred = True
    kept.close()
    around.close_database()
    connection.ensure_connection()
    assert connection.connection is not kept


def test_celery_uses_it() -> None:
    assert app.fixups == ["portal.worker:fixup"]
