"""Load reference data. The same data twice changes nothing; rows are never deleted, only superseded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models, transaction

from reference import selectors
from reference.datafiles import calendar_rows, code_rows, parameter_rows, rate_rows
from reference.models import CalendarDay, Code, ExchangeRate, Parameter, TariffLine
from reference.problems import Refused
from reference.tariff_file import TARIFF, TariffRow, read_tariff
from trail.actors import SYSTEM, Actor
from trail.services import record


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of one table were new, different, and as before."""

    table: str
    created: int
    changed: int
    unchanged: int


def load_reference(*, by: Actor = SYSTEM) -> list[Loaded]:
    """Load the data files that come with the portal: codes, parameters, calendar, exchange rates, and the
    tariff lines of the demo goods.

    A tariff line that was loaded from a full tariff stays as it is: the shipped lines are partly unconfirmed.
    """
    with transaction.atomic():
        loaded = [
            upsert(Code, ("table", "code", "valid_from"), (asdict(row) for row in code_rows()), by=by),
            upsert(Parameter, ("key", "valid_from"), (asdict(row) for row in parameter_rows()), by=by),
            upsert(CalendarDay, ("day",), (asdict(row) for row in calendar_rows()), by=by),
            upsert(
                ExchangeRate, ("currency", "kind", "valid_from"), (asdict(row) for row in rate_rows()), by=by
            ),
        ]
        rows, problems = read_tariff(TARIFF, selectors.code_sets()["unit"])
        if problems:
            raise Refused(problems)
        official = set(TariffLine.objects.filter(evidence="official").values_list("hs10", "valid_from"))
        own = [row for row in rows if (row.hs10, row.valid_from) not in official]
        return [*loaded, load_tariff(own, by=by)]


def load_tariff(rows: Iterable[TariffRow], *, by: Actor = SYSTEM) -> Loaded:
    """Load tariff lines that `reference.tariff_file.read_tariff` found without fault."""
    return upsert(TariffLine, ("hs10", "valid_from"), (asdict(row) for row in rows), by=by)


@transaction.atomic
def upsert(
    model: type[models.Model], key: Sequence[str], rows: Iterable[dict[str, Any]], *, by: Actor
) -> Loaded:
    """Insert or update `rows` of `model` by their `key`; only rows that differ are written, all at once."""
    wanted = list(rows)
    fields = tuple(wanted[0]) if wanted else tuple(key)
    held = {
        tuple(row[name] for name in key): row for row in model._default_manager.values(*fields).iterator()
    }
    created = [row for row in wanted if tuple(row[name] for name in key) not in held]
    changed = [row for row in wanted if held.get(tuple(row[name] for name in key), row) != row]
    if created or changed:
        model._default_manager.bulk_create(
            [model(**row) for row in (*created, *changed)],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=list(key),
            update_fields=[name for name in fields if name not in key],
        )
        record(
            "reference.loaded",
            by=by,
            object_type=model._meta.label_lower,
            object_id="",
            detail={"created": len(created), "changed": len(changed)},
            count=len(created) + len(changed),
        )
        selectors.forget()
        transaction.on_commit(selectors.forget)
    done = Loaded(model._meta.model_name or "", len(created), len(changed), 0)
    return Loaded(done.table, done.created, done.changed, len(wanted) - done.created - done.changed)
