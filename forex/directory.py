"""Whether a company is in the FX directory (名录, R4.05): asked of the registration desk, which is below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from accounts.models import Company

Lookup = Callable[[Company, date], bool]


def _nobody(company: Company, on: date) -> bool:
    return False


_lookup: Lookup = _nobody


def use(lookup: Lookup) -> None:
    """Who knows the directory; until somebody does, every company is flagged as not found in it."""
    global _lookup  # noqa: PLW0603 - one registry of this room
    _lookup = lookup


def contains(company: Company, on: date) -> bool:
    """Whether it stands in the directory on that day."""
    return _lookup(company, on)
