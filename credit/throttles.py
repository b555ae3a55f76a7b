"""Public questions are counted: pages and REST share one bucket per address or caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest

from reference.throttling import CountingThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class RecordsThrottle(CountingThrottle):
    """`RATE_RECORDS` of the settings."""

    scope = "records"

    def get_cache_key(self, request: Request, view: APIView | None) -> str:
        """Who is counted."""
        who = getattr(getattr(request, "user", None), "throttle_id", None) or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}


def wait_for(request: HttpRequest) -> int:
    """Seconds to wait before the next question of this reader; 0 when it may be asked now."""
    throttle = RecordsThrottle()
    if throttle.allow_request(cast(Any, request), cast(Any, None)):
        return 0
    return int(throttle.wait() or 1) + 1
