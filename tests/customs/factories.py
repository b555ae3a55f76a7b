"""The story's companies with their rights, and messages handed in by them; named after situations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from unittest.mock import patch
from uuid import UUID

from accounts.models import Agency, Company, Mandate
from accounts.permissions import Permission
from accounts.principals import Principal
from customs.arrival import arrive
from customs.demo import BUYERS, COMPANIES, SENDERS, coherent_set, story_message, story_set
from customs.intake import Received, receive_message
from customs.load import load_message
from customs.models import Inventory, YearlyUse
from customs.rows import id_hash
from reference import selectors
from reference.datafiles import calendar_rows, code_rows, parameter_rows, rate_rows
from reference.models import CalendarDay, ExchangeRate, Parameter, TariffLine
from reference.parameters import ParameterRow
from reference.problems import Problem
from reference.tariff_file import TARIFF, TariffRow, read_tariff
from trail.actors import Actor


@dataclass(frozen=True)
class World:
    """The companies of the story by their keys."""

    companies: Mapping[str, Company]

    def principal(self, key: str, *, may_send: bool = True) -> Principal:
        """Someone who declares for this company."""
        company = self.companies[key]
        return Principal(
            actor=Actor("person", f"user-{key}", f"user of {key}", company.name),
            permissions=frozenset({Permission.CEB_SEND} if may_send else ()),
            companies=(company,),
            company=company,
        )

    def hand_in(self, type_: str, data: bytes, *, by: str = "") -> Received:
        """The sender of this type hands a message in."""
        return receive_message(data, principal=self.principal(by or SENDERS[type_]), channel="test")

    def store(self, type_: str, data: bytes) -> UUID:
        """Handed in, but its loading is left to a worker."""
        with patch("customs.intake.load_at_once", return_value=False):
            return self.hand_in(type_, data).submission.pk

    def load(self, type_: str, data: bytes, *, by: str = "") -> UUID:
        """Handed in, loaded and matched."""
        received = self.hand_in(type_, data, by=by)
        load_message(received.submission.pk)
        return received.submission.pk

    def load_all(self, messages: Mapping[str, bytes], *, types: Iterable[str] = ()) -> None:
        """All four, or those of `types`, in their order."""
        for type_ in types or messages:
            self.load(type_, messages[type_])

    def declared(self, key: str = "O01", **changed: Mapping[str, object]) -> Inventory:
        """One order of the story with its documents all here; `CEB411={"amountPaid": "1.00"}` changes one."""
        messages = story_set(key)
        for type_, values in changed.items():
            messages[type_] = story_message(key, type_, **values)  # type: ignore[arg-type]
        self.load_all(messages)
        return Inventory.objects.exclude(state="superseded").get()

    def used_before(self, key: str, amount: str = "") -> None:
        """What a buyer of the story has used of 2026."""
        buyer = BUYERS[key]
        YearlyUse.objects.create(
            buyer_id_hash=id_hash(buyer.id_number), year=2026, used=Decimal(amount or buyer.used)
        )


def world() -> World:
    """Parameters and tariff, customs, the eight companies, and G's mandates from B and F."""
    _rules()
    Agency.objects.get_or_create(code="customs", defaults={"name_zh": "海关", "name_en": "customs"})
    companies = {
        key: Company.objects.create(
            uscc=told.uscc,
            customs_code=told.customs_code,
            name=told.name,
            roles=list(told.roles),
            in_pilot_zone=told.in_pilot_zone,
        )
        for key, told in COMPANIES.items()
    }
    for firm in ("B", "F"):
        Mandate.objects.create(
            principal=companies[firm],
            agent=companies["G"],
            service="import-declaration",
            valid_from=date(2026, 1, 1),
        )
    return World(companies)


def _rules() -> None:
    """What tax and waiting limit need of the reference data; code tables only give warnings."""
    Parameter.objects.bulk_create(Parameter(**asdict(row)) for row in _rows()[0])
    CalendarDay.objects.bulk_create(CalendarDay(**asdict(row)) for row in calendar_rows())
    ExchangeRate.objects.bulk_create(ExchangeRate(**asdict(row)) for row in rate_rows())
    TariffLine.objects.bulk_create(TariffLine(**asdict(row)) for row in _rows()[1])
    selectors.forget()


@cache
def _rows() -> tuple[list[ParameterRow], list[TariffRow]]:
    units = {row.code for row in code_rows() if row.table == "unit"}
    return list(parameter_rows()), read_tariff(TARIFF, units)[0]


def codes(problems: Iterable[Problem]) -> list[str]:
    """The codes of problems."""
    return [problem.code for problem in problems]


def findings(one: Inventory, level: str = "") -> list[str]:
    """The codes of a list's findings, all or those of a level."""
    one.refresh_from_db()
    return [row["code"] for row in one.findings if not level or row["level"] == level]


def a_hundred(**kwargs: int) -> dict[str, bytes]:
    """Four messages of a hundred coherent documents each."""
    return coherent_set(100, **kwargs)


__all__ = ["World", "a_hundred", "arrive", "codes", "findings", "world"]
