"""The copied database: its name follows what it is made of, and what a killed run left is made anew."""

from __future__ import annotations

import os

import psycopg2
import pytest

from tests import template


def test_the_name_follows_the_migrations(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room" / "migrations").mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("django")
    first = tmp_path / "room" / "migrations" / "0001_initial.py"
    first.write_text("one")
    monkeypatch.setattr(template, "BASE", tmp_path)
    before = template.name_now()
    assert template.name_now() == before
    first.write_text("two")
    assert template.name_now() != before


def test_it_has_every_table_and_no_row_of_anybody() -> None:
    url = os.environ["DATABASE_URL"]
    name = template.ensure(url)
    assert template.ensure(url) == name
    connection = psycopg2.connect(f"{url.rsplit('/', 1)[0]}/{name}")
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM django_migrations), (SELECT count(*) FROM accounts_user)"
        )
        migrations, users = cursor.fetchone()
    connection.close()
    assert migrations > 50
    assert users == 0
