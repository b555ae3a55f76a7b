"""Customs' numeric currency codes and the letters other offices use (JGS-20)."""

from __future__ import annotations

CURRENCIES = {"142": "CNY", "502": "USD", "300": "EUR", "303": "GBP", "116": "JPY", "110": "HKD"}


def letters(code: str) -> str:
    """The three letters; the code itself where it is not one that exporters use here."""
    return CURRENCIES.get(code, code)
