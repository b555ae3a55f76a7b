"""Agencies that speak the offices' common JSON: their cases, and the answers to what they asked.

Named in the settings (`OFFICES`), so that an installation connects another one without code.
"""

from __future__ import annotations

from django.conf import settings

from submissions import registry
from submissions.http_gateway import HttpGateway

CASES, INFORMATION = "/cases", "/information"


def register() -> None:
    """The way to every office; called once by `apps.py`. A desk may register another way for its kinds."""
    for code in settings.OFFICES:
        register_office(code)


def register_office(code: str) -> None:
    """Cases go to `/cases`, answers to questions to `/information`; decisions come to the inbox as JSON."""
    registry.register_gateway(code, "payload", HttpGateway(code, CASES))
    registry.register_gateway(code, "information", HttpGateway(code, INFORMATION))
