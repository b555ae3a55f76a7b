"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """Demo banner and site address."""
    return {"DEMO": settings.DEMO, "SITE_URL": settings.SITE_URL}
