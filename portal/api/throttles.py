"""Rate limits, counted per principal (client or person), else per address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request

from reference.throttling import CountingThrottle

if TYPE_CHECKING:  # The REST framework imports this module while it imports its views.
    from rest_framework.views import APIView


class PrincipalThrottle(CountingThrottle):
    """One bucket per client, person or address; a view may name another rate with `throttle_scope`."""

    scope = "principal"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Take the view's own rate where it has one."""
        self.scope = getattr(view, "throttle_scope", "principal")
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Who is counted."""
        who = getattr(request.user, "throttle_id", None) or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}
