"""What stands in a form before it is handed in: kept by itself, never overwritten unseen by another window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Company
from forex.models import FormDraft, InwardPayment
from submissions.drafts import Stale
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """Which draft: a form, whose, and for which payment; a company has one of each."""

    form: FormDraft.Form
    company: Company
    payment: InwardPayment | None = None

    @property
    def key(self) -> dict[str, Any]:
        """Its columns."""
        return {"form": self.form, "company": self.company, "payment": self.payment}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept; version 0: nothing yet."""

    values: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    saved_at: datetime | None = None


def load(place: Place) -> Kept:
    """What was typed so far."""
    row = FormDraft.objects.filter(**place.key).first()
    return Kept(row.values, row.version, row.saved_at) if row else Kept()


def save(place: Place, values: Mapping[str, Any], version: int, *, by: Actor) -> Kept:
    """Keep it if nobody saved since `version`; `Stale` with the version there is when somebody did."""
    now = timezone.now()
    told = {"values": dict(values), "saved_at": now, "saved_by": by.sentence[:200]}
    if version == 0:
        row = FormDraft(**place.key, **told)
        FormDraft.objects.bulk_create([row], ignore_conflicts=True)
        found = FormDraft.objects.filter(**place.key).values_list("pk", "version").first()
        if found and found[0] == row.pk:
            return Kept(values, 1, now)
        raise Stale(found[1] if found else 0)
    rows = FormDraft.objects.filter(**place.key)
    if rows.filter(version=version).update(version=F("version") + 1, **told):
        return Kept(values, version + 1, now)
    raise Stale(rows.values_list("version", flat=True).first() or 0)


def discard(place: Place) -> None:
    """Handed in, or given up."""
    FormDraft.objects.filter(**place.key).delete()
