"""What this room registers with the life of a submission."""

from __future__ import annotations

from identity.notices import register_sentences


def register() -> None:
    """Called once by `apps.py`."""
    register_sentences()
