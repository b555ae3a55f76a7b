"""What the buyer's own page may know of inventory lists: fills the port of `identity`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.personal import unseal_fields
from accounts.selectors import companies_by_codes
from customs import limits
from customs.gateway.messages import reason_codes
from customs.lifecycle import TO_CORRECT
from customs.models import DocumentState, Inventory, InventoryLine, Order
from customs.presenters import state_name
from identity.ports import Source, Use, Year, register_uses
from reference.selectors import parameters

MOST = 200  # lists shown of one identity, the newest
LIMIT_CODES = frozenset({"1313", "-621018"})
TELEPHONES = ("consigneeTelephone", "buyerTelephone")


def register() -> None:
    """Called once by `registration.py`."""
    register_uses(Source(uses_of, year_of))


def uses_of(number_hash: bytes, telephone_end: str) -> Sequence[Use]:
    """The lists that name this number as the buyer's, replaced versions left out."""
    rows = Inventory.objects.filter(buyer_id_hash=number_hash).exclude(state=DocumentState.SUPERSEDED)
    lists = list(rows.defer("personal").order_by("-id")[:MOST])
    goods = _goods([one.pk for one in lists])
    firms = companies_by_codes({one.ebc_code for one in lists})
    own = _own([one.order_document for one in lists if one.order_document], telephone_end)
    return [
        Use(
            id=one.pk,
            platform=one.ebp_name,
            day=datetime.strptime(one.decl_time, "%Y%m%d").date(),  # noqa: DTZ007 - a day of Beijing
            goods=goods.get(one.pk, ""),
            amount=one.dutiable_value or limits.ZERO,
            tax=one.tax_total,
            state_name=state_name(one.state),
            number=one.invt_no or one.cop_no,
            firm_id=firms[one.ebc_code].pk if one.ebc_code in firms else None,
            submission_id=one.message_id,
            own_telephone=one.order_document in own,
            reason=_reason(one),
        )
        for one in lists
    ]


def _reason(one: Inventory) -> str:
    """That it was refused for the buyer's limit; other reasons are between the firms and customs."""
    if one.state not in TO_CORRECT:
        return ""
    codes = {one.return_code, *reason_codes(one.return_info)}
    return (
        gettext("Refused: your yearly limit is exceeded by customs' own count.")
        if codes & LIMIT_CODES
        else ""
    )


def _goods(list_ids: Sequence[UUID]) -> dict[UUID, str]:
    names: dict[UUID, list[str]] = {}
    lines = InventoryLine.objects.filter(inventory_id__in=list_ids).order_by("inventory_id", "gnum")
    for key, name in lines.values_list("inventory_id", "gname"):
        names.setdefault(key, []).append(name)
    return {key: "、".join(found) for key, found in names.items()}


def _own(order_ids: Sequence[UUID], telephone_end: str) -> set[UUID]:
    """The orders whose telephone ends so."""
    if not telephone_end:
        return set()
    rows = Order.objects.filter(pk__in=order_ids, personal__isnull=False)
    return {
        key
        for key, personal in rows.values_list("pk", "personal")
        if personal is not None
        and any(
            unseal_fields(personal, context=str(key)).get(name, "").endswith(telephone_end)
            for name in TELEPHONES
        )
    }


def year_of(number_hash: bytes, year: int) -> Year:
    """The yearly limit of retail imports and what we count of it."""
    return Year(year, parameters(date(year, 12, 31)).yearly_limit.value, limits.used(number_hash, year))
