"""The match: when the last of four documents arrives, in whatever order, a list is compared and taxed.

Sets of lists at a time: lists are locked in the order of their keys, their partners and lines read in a few
statements, the pure rules of `findings` and `import_tax` applied, everything written back in as few. Doing it
again changes nothing but what has changed.
"""

# ruff: noqa: S608 - statements are put together from constants of this module alone

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from customs import buyers, lifecycle, limits, tax
from customs.apart import apart
from customs.claims import standing
from customs.findings import PENDING, Case, Row, compare
from customs.lifecycle import Found, Verdict, decide
from customs.models import CebMessage
from customs.tax import Rules, Taxed
from reference.problems import Problem
from reference.sets import array, query
from trail.actors import SYSTEM

SET = 200  # lists in one transaction
OPEN = ("loaded", "waiting", "ready", "faulted")  # as long as it has not gone

_TOUCHED = {
    "CEB311": "JOIN customs_order d ON i.ebp_code = d.ebp_code AND i.order_no = d.order_no",
    "CEB411": "JOIN customs_payment d ON i.ebp_code = d.ebp_code AND i.order_no = d.order_no",
    "CEB511": "JOIN customs_waybill d ON i.logistics_code = d.logistics_code"
    " AND i.logistics_no = d.logistics_no",
    "CEB621": "JOIN customs_inventory d ON d.id = i.id",
}
_PARTNERS = {
    "order": "JOIN customs_documentkey k ON (k.kind, k.scope, k.number) = ('order', i.ebp_code, i.order_no)"
    " JOIN customs_order d ON d.id = k.document_id",
    "payment": "JOIN customs_payment d ON d.ebp_code = i.ebp_code AND d.order_no = i.order_no"
    " AND d.state <> 'superseded'",
    "waybill": "JOIN customs_documentkey k ON (k.kind, k.scope, k.number)"
    " = ('waybill', i.logistics_code, i.logistics_no) JOIN customs_waybill d ON d.id = k.document_id",
}
# Three pieces are there and the list has not been compared with them.
_STANDING = """
SELECT i.id FROM customs_inventory i
WHERE i.state = 'loaded' OR (i.state = 'waiting'
  AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(i.findings) f WHERE f ->> 'code' = 'identity.pending')
  AND EXISTS (SELECT 1 FROM customs_documentkey k
    WHERE (k.kind, k.scope, k.number) = ('order', i.ebp_code, i.order_no))
  AND EXISTS (SELECT 1 FROM customs_payment p
    WHERE p.ebp_code = i.ebp_code AND p.order_no = i.order_no AND p.state <> 'superseded')
  AND EXISTS (SELECT 1 FROM customs_documentkey k
    WHERE (k.kind, k.scope, k.number) = ('waybill', i.logistics_code, i.logistics_no)))
ORDER BY i.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the match found for one list."""

    case: Case
    taxed: Taxed
    problems: tuple[Problem, ...]

    @property
    def verb(self) -> str:
        """The way the list goes now."""
        if not self.case.complete:
            return "wait"
        if any(problem.code == PENDING for problem in self.problems):
            return "hold_identity"
        return "fault" if any(problem.level == "error" for problem in self.problems) else "ready"


@dataclass(frozen=True, slots=True)
class Matching:
    """How the lists of one direction are matched; the rest is the same for both."""

    kind: str
    touched: Mapping[str, str]  # message type → the join that finds the lists it touches
    standing: str  # SQL: lists that should have been matched
    # Compare; where each list goes now, why, and what was found of it.
    decide: Callable[[Sequence[Row]], Mapping[UUID, Verdict]]
    found: Found

    @property
    def table(self) -> str:
        """Where the lists are."""
        return lifecycle.TABLES[self.kind]


def matchings() -> tuple[Matching, ...]:
    """Import and export."""
    from customs.export.match import EXPORT

    return IMPORT, EXPORT


def match_message(message_id: UUID) -> None:
    """Match every list that a loaded message touches, and let messages go that wait for nothing more."""
    types = {message_id: CebMessage.objects.values_list("type", flat=True).get(pk=message_id)}
    _consider({message_id, *match_messages(types)})


def match_messages(types: Mapping[UUID, str]) -> set[UUID]:
    """Match every list that these loaded messages (with their types) touch; the messages of those lists.

    The caller lets go what waits for nothing more.
    """
    messages: set[UUID] = set()
    for one in matchings():
        ids = sorted(_touched(one, types))
        for start in range(0, len(ids), SET):
            messages |= _match_set(ids[start : start + SET], one)[1]
    return messages


def _touched(matching: Matching, types: Mapping[UUID, str]) -> set[UUID]:
    found: set[UUID] = set()
    for type_ in matching.touched.keys() & set(types.values()):
        rows = query(
            f"SELECT DISTINCT i.id FROM {matching.table} i {matching.touched[type_]}"
            " WHERE d.message_id = ANY(%s::uuid[]) AND i.state = ANY(%s)",
            [array(key for key, own in types.items() if own == type_), list(OPEN)],
        )
        found |= {row["id"] for row in rows}
    return found


def sweep(limit: int = 5 * SET) -> int:
    """Match the lists that a lost nudge or a dead worker left standing; how many changed their state."""
    moved = sum(
        apart(partial(match_lists, matching=one), [row["id"] for row in query(one.standing, [limit])])
        for one in matchings()
    )
    return moved + apart(match_lists, buyers.answered(limit))


def match_lists(inventory_ids: Iterable[UUID], matching: Matching | None = None) -> int:
    """Match these lists in sets; how many changed their state. One that is on its way stays as it is."""
    ids = sorted(inventory_ids)
    moved = 0
    for start in range(0, len(ids), SET):
        moved_now, messages = _match_set(ids[start : start + SET], matching or IMPORT)
        moved += moved_now
        # Without the locks of the match; what a worker that dies here leaves standing the sweep lets go.
        _consider(messages)
    return moved


@transaction.atomic
def _match_set(ids: Sequence[UUID], matching: Matching) -> tuple[int, set[UUID]]:
    """How many lists moved, and the messages they are in."""
    lists = query(
        f"SELECT i.* FROM {matching.table} i WHERE i.id = ANY(%s::uuid[]) AND {standing('i')} = ANY(%s)"
        " ORDER BY i.id FOR UPDATE OF i",
        [list(ids), list(OPEN)],
    )
    if not lists:
        return 0, set()
    states = {row["id"]: row["state"] for row in lists}
    moved = decide(matching.kind, states, matching.decide(lists), matching.found, by=SYSTEM)
    return moved, {row["message_id"] for row in lists}


def _consider(message_ids: set[UUID]) -> None:
    from customs import forward

    if message_ids:
        forward.consider(sorted(message_ids))


# --- reading -----------------------------------------------------------------------------------------------


def _partners(kind: str, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    rows = query(
        f"SELECT i.id AS list_id, d.* FROM customs_inventory i {_PARTNERS[kind]}"
        " WHERE i.id = ANY(%s::uuid[]) ORDER BY d.id DESC",
        [list(ids)],
    )
    for row in rows:
        found[row["list_id"]].append(row)
    return found


def _lines(table: str, parent: str, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    sql = f"SELECT * FROM {table} WHERE {parent} = ANY(%s::uuid[]) ORDER BY {parent}, gnum"
    rows = query(sql, [list(ids)])
    for row in rows:
        found[row[parent]].append(row)
    return found


def _cases(lists: Sequence[Row]) -> dict[UUID, Case]:
    ids = [row["id"] for row in lists]
    orders, payments, waybills = (_partners(kind, ids) for kind in ("order", "payment", "waybill"))
    order_of = {key: rows[0] for key, rows in orders.items()}
    lines = _lines("customs_inventoryline", "inventory_id", ids)
    order_lines = _lines("customs_orderline", "order_id", [row["id"] for row in order_of.values()])
    cases = {}
    for row in lists:
        key = row["id"]
        order = order_of.get(key)
        cases[key] = Case(
            list=row,
            lines=lines[key],
            order=order,
            order_lines=order_lines[order["id"]] if order else (),
            payment=_payment(order, payments.get(key, ())),
            waybill=next(iter(waybills.get(key, ())), None),
        )
    return cases


def _payment(order: Row | None, payments: Sequence[Row]) -> Row | None:
    """Of several payments the one of the firm that the order names, then the newest."""
    named = [row for row in payments if order is not None and row["pay_code"] == order["pay_code"]]
    return next(iter(named or payments), None)


# --- deciding ----------------------------------------------------------------------------------------------


def _outcomes(cases: Mapping[UUID, Case]) -> dict[UUID, Outcome]:
    """Compare and tax, and count one list after the other against its buyer's locked limit.

    A list that waits counts as well: it goes to customs sooner or later, at the latest when the waiting limit
    has passed. What is refused does not count.
    """
    rules = tax.rules_of([case.list for case in cases.values()], {k: c.lines for k, c in cases.items()})
    held = limits.shares(list(cases))
    used = limits.lock(_key(case) for case in cases.values())
    counted, outcomes = [], {}
    for key, case in cases.items():
        own = held[key].amount if key in held else limits.ZERO
        of_day = rules.get(case.list["decl_time"])
        taxed = tax.tax(case.list, case.lines, of_day, used[_key(case)] - own)
        if key not in held and taxed.counts is not None:
            counted.append(limits.Share(key, _key(case), taxed.counts))
            used[_key(case)] += taxed.counts
        outcomes[key] = Outcome(case, taxed, (*compare(case), *_of_tax(case, taxed, of_day)))
    limits.count(counted)
    return outcomes


def _key(case: Case) -> limits.Key:
    return limits.Key(bytes(case.list["buyer_id_hash"]), int(case.list["decl_time"][:4]))


def _of_tax(case: Case, taxed: Taxed, rules: Rules | None) -> list[Problem]:
    if case.order is None or case.of_another or rules is None:
        return list(taxed.problems)
    return [*taxed.problems, *tax.withheld(case.order, taxed, rules.params)]


# --- writing -----------------------------------------------------------------------------------------------


_FOUND = Found(
    (
        *((name, "uuid") for name in ("order_document", "payment_document", "waybill_document")),
        *(("findings", "jsonb"), ("parties", "bigint[]"), ("tax_regime", "text")),
        *((name, "numeric") for name in ("dutiable_value", "tariff", "consumption_tax", "vat", "tax_total")),
    )
)


def _found_of(outcome: Outcome) -> tuple[object, ...]:
    case, result = outcome.case, outcome.taxed.assessment
    partners = (row["id"] if row else None for row in (case.order, case.payment, case.waybill))
    # A list does not name the payment firm: it becomes party by the payment it sent for the order.
    parties = {*case.list["parties"], *(case.payment["parties"] if case.payment else ())}
    found = (*partners, stored(outcome.problems), array(sorted(parties)))
    if result is None:
        return (*found, "", None, None, None, None, None)
    taxes = (result.tariff, result.consumption_tax, result.vat, result.total)
    return (*found, result.regime, result.dutiable_value, *taxes)


def _decide(lists: Sequence[Row]) -> dict[UUID, Verdict]:
    outcomes = _outcomes(buyers.verified(_cases(lists)))
    taxed = {key: outcome.taxed for key, outcome in outcomes.items()}
    lines = {key: outcome.case.lines for key, outcome in outcomes.items()}
    tax.write_lines(taxed, lines)
    tax.write_workings(taxed, lines)
    return {
        key: Verdict(one.verb, reasons(one.verb, one.problems), _found_of(one))
        for key, one in outcomes.items()
    }


def stored(problems: Iterable[Problem]) -> str:
    """Findings as they are kept."""
    return json.dumps([problem.as_stored() for problem in problems], ensure_ascii=False)


def reasons(verb: str, problems: Iterable[Problem]) -> str:
    """Why a list goes that way: the codes of what decided it."""
    level = "error" if verb == "fault" else "warning"
    codes = [problem.code for problem in problems if problem.level == level]
    return "" if verb == "ready" else ", ".join(dict.fromkeys(codes))


IMPORT = Matching("inventory", _TOUCHED, _STANDING, _decide, _FOUND)
