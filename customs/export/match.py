"""Export lists beside their supporting documents: order and waybill, before 2024-12-15 the collection too (R2.02).

Which are needed on the day of declaration is the dated parameter `export_documents`.
"""

# ruff: noqa: S608 - statements are put together from constants of this module alone

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from accounts.selectors import companies_by_codes
from customs.export.currencies import letters
from customs.export.findings import ALWAYS, Case, compare, verb_of
from customs.findings import Row
from customs.lifecycle import Found, Verdict
from customs.match import Matching, reasons, stored
from reference.parameters import ParameterMissing
from reference.selectors import RateMissing, exchange_rate, setting
from reference.sets import query

_ORDER = "(i.ebp_code, i.ebc_code, i.order_no) = (d.ebp_code, d.ebc_code, d.order_no)"
_COLLECTION = "(i.ebc_code, i.order_no) = (d.ebc_code, d.order_no)"
_WAYBILL = "(i.logistics_code, i.logistics_no) = (d.logistics_code, d.logistics_no)"
_PARTNERS = {
    "customs_exportorder": _ORDER,
    "customs_collection": _COLLECTION,
    "customs_exportwaybill": _WAYBILL,
}
_TOUCHED = {
    "CEB303": f"JOIN customs_exportorder d ON {_ORDER}",
    "CEB403": f"JOIN customs_collection d ON {_COLLECTION}",
    "CEB505": f"JOIN customs_exportwaybill d ON {_WAYBILL}",
    "CEB603": "JOIN customs_exportlist d ON d.id = i.id",
}
_STANDING = f"""
SELECT i.id FROM customs_exportlist i WHERE i.state = 'loaded' OR (i.state = 'waiting'
  AND EXISTS (SELECT 1 FROM customs_exportorder d WHERE {_ORDER} AND d.state <> 'superseded')
  AND EXISTS (SELECT 1 FROM customs_exportwaybill d WHERE {_WAYBILL} AND d.state <> 'superseded')
  AND (EXISTS (SELECT 1 FROM customs_collection d WHERE {_COLLECTION} AND d.state <> 'superseded')
    OR NOT EXISTS (SELECT 1 FROM jsonb_array_elements(i.findings) f
      WHERE f ->> 'code' = 'match.collection_missing')))
ORDER BY i.id LIMIT %s
"""


def _partners(table: str, ids: Sequence[UUID]) -> dict[UUID, Row]:
    rows = query(
        f"SELECT i.id AS list_id, d.* FROM customs_exportlist i JOIN {table} d ON {_PARTNERS[table]}"
        " WHERE i.id = ANY(%s::uuid[]) AND d.state <> 'superseded' ORDER BY d.id",
        [list(ids)],
    )
    return {row["list_id"]: row for row in rows}


def _lines(table: str, parent: str, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in query(f"SELECT * FROM {table} WHERE {parent} = ANY(%s::uuid[]) ORDER BY gnum", [list(ids)]):
        found[row[parent]].append(row)
    return found


def _cases(lists: Sequence[Row]) -> dict[UUID, Case]:
    ids = [row["id"] for row in lists]
    orders, waybills = _partners("customs_exportorder", ids), _partners("customs_exportwaybill", ids)
    collections = _partners("customs_collection", ids)
    lines = _lines("customs_exportlistline", "export_list_id", ids)
    ordered = _lines("customs_exportorderline", "order_id", [row["id"] for row in orders.values()])
    firms = companies_by_codes({row["ebc_code"] for row in lists})
    zones = {code: firm.in_pilot_zone for code, firm in firms.items()}
    return {
        row["id"]: Case(
            list=row,
            lines=lines[row["id"]],
            order=(order := orders.get(row["id"])),
            order_lines=ordered[order["id"]] if order else (),
            waybill=waybills.get(row["id"]),
            collection=collections.get(row["id"]),
            needed=_needed(row),
            in_pilot_zone=zones.get(row["ebc_code"]),
            value=_value(row, lines[row["id"]]),
            limit=_limit(row),
        )
        for row in lists
    }


def _value(row: Row, lines: Sequence[Row]) -> Decimal | None:
    """CNY of the goods at customs' rate of the month; None without a rate."""
    try:
        day = datetime.strptime(row["ie_date"], "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        return sum(
            (
                line["total_price"] * exchange_rate(letters(line["currency"]), day, "month").value
                for line in lines
            ),
            Decimal(0),
        ).quantize(Decimal("0.01"))
    except (RateMissing, ValueError):
        return None


def _needed(row: Row) -> frozenset[str]:
    """The documents that must be here, by the day on which the list is declared."""
    try:
        day = datetime.strptime(row["app_time"][:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        return frozenset(cast("str", setting("export_documents", day).value).split())
    except (ParameterMissing, ValueError):
        return ALWAYS


def _limit(row: Row) -> Decimal | None:
    try:
        day = datetime.strptime(row["ie_date"], "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        return cast("Decimal", setting("export_parcel_limit", day).value)
    except (ParameterMissing, ValueError):
        return None


_FOUND = Found(
    (
        *((name, "uuid") for name in ("order_document", "collection_document", "waybill_document")),
        ("findings", "jsonb"),
    )
)


def _verdict(case: Case) -> Verdict:
    found = compare(case)
    verb = verb_of(case, found)
    partners = (row["id"] if row else None for row in (case.order, case.collection, case.waybill))
    return Verdict(verb, reasons(verb, found), (*partners, stored(found)))


def _decide(lists: Sequence[Row]) -> dict[UUID, Verdict]:
    return {key: _verdict(case) for key, case in _cases(lists).items()}


EXPORT = Matching("export_list", _TOUCHED, _STANDING, _decide, _FOUND)
