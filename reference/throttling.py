"""Counting calls: a number that ends with its period, instead of a list of the times of all calls.

The framework's own class reads and writes the times of every call of the last period at every call: at six thousand a
minute fifty kilobytes a call.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class CountingThrottle(SimpleRateThrottle):
    """So many calls in a period that begins with the first of them."""

    num_requests: int | None
    duration: int | None
    key = ""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the call; whether it is one too many."""
        bucket = self.get_cache_key(request, view)
        if self.num_requests is None or bucket is None:
            return True
        self.key = f"{bucket}:{self.duration}"
        return self._calls() <= self.num_requests

    def _calls(self) -> int:
        """How many there were in this period, this one included; the first begins one."""
        try:
            return int(cache.incr(self.key))
        except ValueError:
            cache.set(f"{self.key}:end", time.time() + (self.duration or 0), self.duration)
        return 1 if cache.add(self.key, 1, self.duration) else int(cache.incr(self.key))

    def wait(self) -> float:
        """Seconds until the period ends."""
        return max(float(cache.get(f"{self.key}:end", 0.0)) - time.time(), 0.0)
