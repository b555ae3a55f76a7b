"""Celery only nudges; the sweeps in `CELERY_BEAT_SCHEDULE` guarantee."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal", fixups=["portal.worker:fixup"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
