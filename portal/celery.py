"""Celery only nudges; the sweeps in `CELERY_BEAT_SCHEDULE` guarantee."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal", fixups=["portal.worker:fixup"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
@worker_ready.connect
def _settle(**_: Any) -> None:
    """Each process of a worker; the pool of threads has the main one alone."""
    from portal.memory import settle

    settle()
