"""Configuration, from the environment only."""

import hashlib
import hmac
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
    offices_secret: bytes = b""  # each office's secret is derived from it
    delay: float = 2.0  # seconds between two steps in the life of a document
    patience: int = 3  # how many delays customs waits for an order, payment or waybill that has not come yet

    def secret_of(self, agency: str) -> bytes:
        """What the portal and one agency share; an office's own is derived from the installation's."""
        if agency == "customs":
            return self.secret
        return hmac.new(self.offices_secret, agency.encode(), hashlib.sha256).hexdigest().encode()

    def inbox_of(self, agency: str) -> str:
        """Where that agency's messages go."""
        return f"{self.inbox.rsplit('/', 1)[0]}/{agency}"

    @classmethod
    def from_environment(cls) -> "Settings":
        missing = [name for name in ("AGENCIES_SECRET", "PORTAL_INBOX") if not os.environ.get(name)]
        if missing:
            raise Misconfigured(f"Set {' and '.join(missing)}.")
        try:
            return cls(
                secret=os.environ["AGENCIES_SECRET"].encode(),
                offices_secret=os.environ.get("AGENCIES_OFFICES_SECRET", "").encode(),
                inbox=os.environ["PORTAL_INBOX"],
                store=Path(os.environ.get("AGENCIES_STORE", "var/agencies/store.sqlite3")),
                host=os.environ.get("AGENCIES_HOST", "127.0.0.1"),
                port=int(os.environ.get("AGENCIES_PORT", "8001")),
                delay=float(os.environ.get("AGENCIES_DELAY", "2.0")),
                patience=int(os.environ.get("AGENCIES_PATIENCE", "3")),
            )
        except ValueError as error:
            text = f"AGENCIES_PORT, AGENCIES_DELAY and AGENCIES_PATIENCE are numbers: {error}"
            raise Misconfigured(text) from error
