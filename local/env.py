"""`var/local.env`: addresses and secrets of this checkout, made once and kept."""

from __future__ import annotations

import base64
import os
import secrets
import socket
from pathlib import Path

from local.paths import VAR

FILE = VAR / "local.env"


def load(path: Path | None = None) -> dict[str, str]:
    """The file's variables; an empty mapping when there is none yet."""
    path = path or FILE
    if not path.exists():
        return {}
    lines = (line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def save(values: dict[str, str], path: Path | None = None) -> None:
    """Replace the file at once, readable by its owner alone. Callers hold the services' lock."""
    path = path or FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{key}={value}\n" for key, value in sorted(values.items()))
        file.flush()
        os.fsync(file.fileno())  # without these keys nobody reads the personal data again
    temporary.replace(path)


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def ensure() -> dict[str, str]:
    """The variables of this checkout, with every secret that was missing made now."""
    values = load()
    before = dict(values)
    values.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    values.setdefault("PERSONAL_DATA_KEYS", f"1:{_key()}")
    values.setdefault("PERSONAL_HASH_KEY", _key())
    values.setdefault("AGENCY_SECRET_CUSTOMS", secrets.token_urlsafe(32))
    values.setdefault("AGENCY_SECRET_OFFICES", secrets.token_urlsafe(32))
    values.setdefault("POSTGRES_PASSWORD", secrets.token_urlsafe(24))
    values.setdefault("VALKEY_PASSWORD", secrets.token_urlsafe(24))
    if values != before:
        save(values)
    return values


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether a server may bind this port on loopback now."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
