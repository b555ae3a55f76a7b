"""Reads of what is entered about an enterprise, for other rooms, pages and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import Company
from filing.models import EnterpriseRecord, Register


@dataclass(frozen=True, slots=True)
class Registration:
    """An enterprise on one day: its records in force, by register."""

    company: Company
    records: Mapping[str, EnterpriseRecord]

    @property
    def pilot_zone(self) -> EnterpriseRecord | None:
        """The pilot-zone record, on which the exemption depends."""
        return self.records.get(Register.PILOT_ZONE)

    @property
    def in_force(self) -> bool:
        """Whether it is registered in the pilot zone that day."""
        return self.pilot_zone is not None

    @property
    def since(self) -> date | None:
        """The day from which the pilot-zone record holds."""
        return self.pilot_zone.since if self.pilot_zone else None

    @property
    def number(self) -> str:
        """Number of the pilot-zone record, "" without one."""
        return self.pilot_zone.number if self.pilot_zone else ""

    def holds(self, register: Register) -> bool:
        """Whether it stands in that register that day."""
        return register in self.records


def registration(company: Company, on: date | None = None) -> Registration:
    """What is entered about a company on that day (today when none is given); one query."""
    rows = EnterpriseRecord.objects.filter(company=company).in_force(on).order_by("since", "created_at")
    return Registration(company, {row.register: row for row in rows.select_related("submission")})
