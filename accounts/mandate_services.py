"""The services a mandate can be given for; the desks offer them, this room knows none by name."""

from __future__ import annotations

from django.utils.functional import Promise

_offered: dict[str, str | Promise] = {}


def offer(code: str, name: str | Promise) -> None:
    """A mandate can be given for that service from now on; called from `ready()`. The last name counts."""
    _offered[code] = name


def offered() -> list[tuple[str, str | Promise]]:
    """(code, name) of every service, in the order they were offered."""
    return list(_offered.items())


def name_of(code: str) -> str | Promise:
    """The name of a service, its code where nobody offers it any more."""
    return _offered.get(code, code)
