"""What machines ask the portal about itself: alive, ready, and its numbers."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from portal import metrics

log = logging.getLogger(__name__)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        raise RuntimeError(f"{len(pending)} migrations are not applied")


def _broker() -> None:
    cache.get("ready")


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "migrations": _migrations, "broker": _broker}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing of anybody else."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served, else 503 naming what is missing; the reason goes to the log."""
    missing = []
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:
            log.warning("not ready: %s", name, exc_info=True)
            missing.append(name)
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _may_read_metrics(request: HttpRequest) -> bool:
    """From this machine itself, or with the token; a proxied request is not from this machine."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    proxied = "HTTP_X_FORWARDED_FOR" in request.META
    return not proxied and request.META.get("REMOTE_ADDR", "") in {"127.0.0.1", "::1"}


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; for strangers the page does not exist."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)
