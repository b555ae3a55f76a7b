"""What this room registers with the life of a submission."""

from __future__ import annotations


def register() -> None:
    """Called once by `apps.py`."""
    from filing.goods import registration as goods

    goods.register()
