"""Payments corrected only after customs had returned a list over them: told to whoever keeps records (O10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.selectors import companies_by_codes
from customs.gateway.messages import moment_of
from customs.models import CustomsReply, Inventory, Payment
from submissions.observations import Observation, observe
from trail.actors import SYSTEM

RETURNED = "100"
EVENT = "payment.corrected_after_return"


def tell(replaced: Sequence[UUID]) -> None:
    """`replaced`: payments in whose place a corrected one has come. Three queries for all of them."""
    orders = set(Payment.objects.filter(pk__in=replaced).values_list("ebp_code", "order_no"))
    if not orders:
        return
    rows = Inventory.objects.filter(order_no__in={number for _ebp, number in orders})
    lists = [one for one in rows.defer("personal", "findings") if (one.ebp_code, one.order_no) in orders]
    last = _returned([one.pk for one in lists])
    firms = companies_by_codes({one.ebc_code for one in lists if one.pk in last})
    for one in lists:
        if one.pk in last and one.ebc_code in firms:
            _tell(one, last[one.pk], firms[one.ebc_code].pk)


def _returned(list_ids: Sequence[UUID]) -> dict[UUID, CustomsReply]:
    """The newest return of each list that was returned."""
    replies = CustomsReply.objects.filter(document_id__in=list_ids, status=RETURNED)
    return {one.document_id: one for one in replies.order_by("return_time") if one.document_id}


def _tell(one: Inventory, said: CustomsReply, firm: int) -> None:
    now = timezone.now()
    returned = moment_of(said.return_time) or said.received_at
    observe(
        Observation(
            event=EVENT,
            company_id=firm,
            key=f"{one.ebp_code}/{one.order_no}",
            number=one.order_no,
            on=timezone.localdate(now),
            by=SYSTEM,
            code=said.code,
            after=max(now - returned, timedelta(0)),
        )
    )
