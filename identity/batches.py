"""Reads of batches: how far each has come, and its results page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Company
from identity.library import UNAVAILABLE, Result, result_of
from identity.models import SETTLED, Batch, BatchItem
from reference.problems import Problem

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come."""

    id: UUID
    created_at: datetime
    count: int
    answered: int
    faulty: int

    @property
    def waiting(self) -> int:
        """Neither answered nor wrong in its form."""
        return self.count - self.answered - self.faulty


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One pair of a batch with what is known of it now."""

    item: BatchItem
    result: Result
    problems: list[dict[str, str]]


def progress_of(batches: Sequence[Batch]) -> list[Progress]:
    """In their order; one query for all of them."""
    answered = Q(verification__state__in=SETTLED, verification__valid_until__gt=timezone.now())
    rows = BatchItem.objects.filter(batch__in=batches).values("batch").order_by()
    counted = {
        row["batch"]: row
        for row in rows.annotate(
            answered=Count("pk", filter=answered), faulty=Count("pk", filter=~Q(problems=[]))
        )
    }
    none = {"answered": 0, "faulty": 0}
    found = [(one, counted.get(one.pk, none)) for one in batches]
    return [Progress(one.pk, one.created_at, one.count, row["answered"], row["faulty"]) for one, row in found]


def batches_of(company: Company) -> list[Batch]:
    """The newest ones."""
    return list(Batch.objects.filter(company=company).order_by("-created_at")[:SHOWN])


def items_of(batch: Batch, after: int, limit: int) -> list[BatchItem]:
    """Those behind a place, in order; one more than `limit` where there is more."""
    rows = BatchItem.objects.filter(batch=batch, index__gt=after).select_related("verification")
    return list(rows.defer("verification__sealed").order_by("index")[: limit + 1])


def results_of(items: Iterable[BatchItem]) -> list[ItemResult]:
    """What is known of each pair now."""
    now = timezone.now()
    return [
        ItemResult(
            one,
            result_of(one.verification, now) if one.verification else UNAVAILABLE,
            [Problem.from_stored(row).as_dict() for row in one.problems],
        )
        for one in items
    ]
