"""What a worker does around each task: it keeps its connection to the database as a web process does.

Celery's own way closes it before and after every task: the signing in (a password is hashed four thousand times on both
sides), a new process of the server and its empty memory cost several times what the task does.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.fixups.django import DjangoFixup, DjangoWorkerFixup  # type: ignore[attr-defined] # the stubs lag behind
from django.db import close_old_connections


class _Keeping(DjangoWorkerFixup):
    def close_database(self, **kwargs: Any) -> None:
        """Close what is broken or older than CONN_MAX_AGE; what is kept is tried out before it is used."""
        close_old_connections()

    def close_cache(self) -> None:
        """Kept likewise."""


class _Fixup(DjangoFixup):
    @property
    def worker_fixup(self) -> DjangoWorkerFixup:
        """Ours, made once."""
        if self._worker_fixup is None:  # type: ignore[has-type]
            self._worker_fixup = _Keeping(self.app)
        return self._worker_fixup


def fixup(app: Celery) -> _Fixup:
    """For `Celery(fixups=…)`."""
    made = _Fixup(app)
    made.install()
    return made
