"""Configuration, from the environment only."""

import os
from dataclasses import dataclass
from pathlib import Path


class Misconfigured(Exception):
    """A variable that the service cannot do without is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    secret: bytes  # shared with the portal, signs both directions
    inbox: str  # full URL of the portal's inbox
    store: Path
    host: str = "127.0.0.1"
    port: int = 8001
    delay: float = 2.0  # seconds between two steps in the life of a document

    @classmethod
    def from_environment(cls) -> "Settings":
        missing = [name for name in ("AGENCIES_SECRET", "PORTAL_INBOX") if not os.environ.get(name)]
        if missing:
            raise Misconfigured(f"Set {' and '.join(missing)}.")
        try:
            return cls(
                secret=os.environ["AGENCIES_SECRET"].encode(),
                inbox=os.environ["PORTAL_INBOX"],
                store=Path(os.environ.get("AGENCIES_STORE", "var/agencies/store.sqlite3")),
                host=os.environ.get("AGENCIES_HOST", "127.0.0.1"),
                port=int(os.environ.get("AGENCIES_PORT", "8001")),
                delay=float(os.environ.get("AGENCIES_DELAY", "2.0")),
            )
        except ValueError as error:
            raise Misconfigured(f"AGENCIES_PORT and AGENCIES_DELAY are numbers: {error}") from error
