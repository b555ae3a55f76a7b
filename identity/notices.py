"""The sentences of this room's notices; none names a person."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from submissions.registry import register_notice

REPORTED, CONFIRMED, REJECTED = "identity.reported", "identity.confirmed", "identity.rejected"


def register_sentences() -> None:
    """Called once by `registration.py`."""
    register_notice(
        REPORTED,
        _(
            "A buyer says that their identity was used without them: {lists}. Report {reference}; show who ordered."
        ),
    )
    register_notice(
        CONFIRMED, _("Customs confirmed the misuse of an identity: {lists}. Report {reference}: {reason}")
    )
    register_notice(
        REJECTED,
        _("Customs did not establish a misuse of an identity: {lists}. Report {reference}: {reason}"),
    )
