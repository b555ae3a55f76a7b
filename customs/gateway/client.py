"""The ways to the E-port: messages and opinions. The wire is described in `docs/agencies/customs.md`."""

from __future__ import annotations

from typing import Final

from submissions.http_gateway import HttpGateway

AGENCY: Final = "customs"


class EportGateway(HttpGateway):
    """One endpoint of the E-port (`/ceb/messages` or `/opinions`)."""

    def __init__(self, path: str, *, agency: str = AGENCY) -> None:
        super().__init__(agency, path)
