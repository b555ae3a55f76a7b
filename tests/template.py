"""An empty database with every migration applied, made once and copied: applying them costs more than most tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2

BASE = Path(__file__).resolve().parent.parent
PREFIX = "template_portal_"
LOCK = 20_181_113  # of the advisory lock; any number that is ours alone


def name_now() -> str:
    """Another migration, another library or another half of the lock file: another template."""
    digest = hashlib.sha256((BASE / "requirements.lock").read_bytes())
    for path in sorted(BASE.glob("[!.]*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return PREFIX + digest.hexdigest()[:12]


def ensure(url: str) -> str:
    """The template's name on the server of that address; processes that come together make one."""
    name = name_now()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
            _make(cursor, url, name)
    connection.close()
    return name


def _make(cursor: psycopg2.extensions.cursor, url: str, name: str) -> None:
    half = f"{name}_half"  # a killed run leaves this one, never a template that lacks something
    cursor.execute(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {half}")
    environment = os.environ | {"DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{half}"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=BASE,
        env=environment,
        check=True,
        capture_output=True,
    )
    cursor.execute(f"ALTER DATABASE {half} RENAME TO {name}")
