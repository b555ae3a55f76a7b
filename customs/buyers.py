"""The buyer's identity where somebody else pays (R9.01, R13.12): asked of the library, and matched again on its answer.

The library answers at once or not yet; no agency is called here. What it does not know is queued there in the match's
own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.personal import unseal_fields
from customs.findings import FAULTY, PENDING, Case
from identity.library import Pair
from identity.models import Ground
from identity.services import check_many
from reference.sets import query
from submissions.nudge import nudge
from trail.actors import SYSTEM

if TYPE_CHECKING:
    from submissions.registry import Happened

_REASON = "R13.12"
# Lists that were held for their buyer's identity, by the buyer of the order.
_HELD = """
SELECT i.id FROM customs_inventory i
JOIN customs_order o ON o.id = i.order_document
JOIN identity_verification v ON v.number_hash = o.buyer_id_hash AND v.name_hash = o.buyer_name_hash
WHERE i.state = 'waiting' AND i.findings @> %s::jsonb AND v.answered_at IS NOT NULL {which}
ORDER BY i.id LIMIT %s
"""


def verified(cases: Mapping[UUID, Case]) -> dict[UUID, Case]:
    """The cases, each whose payer is not its buyer with what the library says of the buyer."""
    asked = {key: case for key, case in cases.items() if case.others_pay and not case.of_another}
    if not asked:
        return dict(cases)
    pairs = [_buyer(case) for case in asked.values()]
    found = check_many(pairs, by=SYSTEM, ground=Ground.DECLARATION, reason=_REASON)
    told = {
        key: replace(asked[key], buyer=FAULTY if one.problems else one.result.outcome)
        for key, one in zip(asked, found, strict=True)
    }
    return {**cases, **told}


def _buyer(case: Case) -> Pair:
    order = case.order or {}
    fields = unseal_fields(order["personal"], context=str(order["id"])) if order.get("personal") else {}
    return Pair.of(fields.get("buyerName", ""), fields.get("buyerIdNumber", ""))


def _held(which: str, values: Iterable[object], limit: int) -> list[UUID]:
    held = f'[{{"code": "{PENDING}"}}]'
    return [row["id"] for row in query(_HELD.format(which=which), [held, *values, limit])]


def answered(limit: int) -> list[UUID]:
    """The sweep's share: lists still held although the answer is there."""
    return _held("AND v.valid_until > clock_timestamp()", (), limit)


def of_checks(verification_ids: Iterable[UUID], limit: int = 10_000) -> list[UUID]:
    """Lists held for these checks."""
    return _held("AND v.id = ANY(%s::uuid[])", [list(verification_ids)], limit)


def settled(happened: Happened) -> None:
    """Hook of `identity.settled`: the lists that waited for it are matched again once it is committed."""
    from customs import tasks

    nudge(tasks.rematch, [str(key) for key in happened.ids])
