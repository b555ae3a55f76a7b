"""What this room registers with the life of a submission."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions import registry
from submissions.registry import Happened, register_notice


def register() -> None:
    """Called once by `apps.py`. The service itself opens when the authority can be reached."""
    register_notice(
        "exemption.equal", _("Exemption of {month}: compared, equal. Comparison result {number}.")
    )
    register_notice(
        "exemption.differ",
        _("Exemption of {month}: the comparison found differences; the tax authority settles them."),
    )
    register_notice("exemption.settle", _("Exemption of {month}: the differences are settled ({number})."))
    register_notice(
        "exemption.returned",
        _("Goods of exempted lines came back ({lines}): the exemption is taken back with {month}."),
    )
    registry.register_hook("submission.refuse", _not_taken)
    registry.register_hook("submission.withdraw", _not_taken)


def _not_taken(happened: Happened) -> None:
    from tax.services import withdraw_refused

    withdraw_refused(happened.submission_ids, by=happened.by, why=happened.why or happened.words)
