"""The dated parameters of this room, on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from reference.parameters import Setting
from reference.selectors import setting


def local_prefix(on: date) -> str:
    """Numbers that begin so are asked for locally first."""
    return str(setting("identity_local_prefix", on).value)


def valid_until(verdict: str, at: datetime) -> datetime:
    """How long an answer of that moment is relied on."""
    key = "identity_match_days" if verdict == "match" else "identity_other_days"
    return at + timedelta(days=int(setting(key, at.date()).value))


def retention(on: date) -> Setting[Any]:
    """Months for which a result is kept after its last use."""
    return setting("identity_retention_months", on)


def report_days(on: date) -> int:
    """Working days within which a report of misuse is answered."""
    return int(setting("identity_report_days", on).value)
