"""What this room registers with the life of a submission."""

from __future__ import annotations

from identity.notices import register_sentences
from submissions import registry


def register() -> None:
    """Called once by `apps.py`."""
    from identity import overview

    for figure in overview.figures():
        registry.register_figure(figure)
    register_sentences()
