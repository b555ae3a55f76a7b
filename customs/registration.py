"""What this room registers with the life of a submission."""


def register() -> None:
    """Called once by `apps.py`."""
