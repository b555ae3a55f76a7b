"""The buyers of the run in the identity library, as if each had been verified last month."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.personal import mask_name, mask_number, seal_fields
from bench.generator import CROWD, buyer_number, person
from identity import settings
from identity.library import Pair
from identity.models import Verification, VerificationState
from reference.keys import uuid7

AGO = timedelta(days=30)


def verify(lists: int, known: int = 0) -> int:
    """Put everybody who buys one of the first `lists` in the library; `known` are there. How many there are now."""
    wanted = buyer_number(max(lists - 1, 0)) // CROWD * CROWD + CROWD
    Verification.objects.bulk_create([_row(number) for number in range(known, wanted)], batch_size=1000)
    return max(wanted, known)


def _row(number: int) -> Verification:
    key, buyer, at = uuid7(), person(number), timezone.now() - AGO
    pair = Pair.of(buyer.name, buyer.id_number)
    number_hash, name_hash = pair.key
    return Verification(
        id=key,
        number_hash=number_hash,
        name_hash=name_hash,
        sealed=seal_fields({"name": pair.name, "number": pair.number}, context=f"verification:{key}"),
        name_masked=mask_name(pair.name),
        number_masked=mask_number(pair.number),
        state=VerificationState.MATCH,
        agency="police-local",
        source="police-local",
        answered_at=at,
        valid_until=settings.valid_until("match", at),
        used_on=timezone.localdate(),
    )
