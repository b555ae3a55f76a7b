"""Who acts, in plain values: kept in every transition and trail row without a foreign key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "client", "agency", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a machine client, an agency or the portal itself, and whom it acts for."""

    kind: Kind
    id: str
    label: str
    on_behalf_of: str = ""

    @property
    def sentence(self) -> str:
        """Name for people: agent, and the principal when there is one."""
        return f"{self.label} → {self.on_behalf_of}" if self.on_behalf_of else self.label


SYSTEM = Actor("system", "portal", "portal")
