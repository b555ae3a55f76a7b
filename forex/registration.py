"""What this room tells the others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions import registry


def register() -> None:
    """Called once by `apps.py`."""
    registry.register_notice(
        "forex.inward_payment",
        _(
            "{amount} has come in (declaration number {number}): attach the payout statement and declare it by {due}."
        ),
    )
