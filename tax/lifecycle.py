"""The life of a declaration and of a settlement, and the row by which a line is exempted once: the only writer of
their states.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from accounts.models import Company
from submissions.approvals import approval_table
from submissions.lifecycle import ANYONE, OFFICIAL, SYSTEM, Step, Table
from tax.lines import Key
from tax.models import DeclarationState as S
from tax.models import ExemptedLine, ExemptionDeclaration, Settlement

_DECIDED = (S.COMPARED_EQUAL, S.SETTLED, S.CLOSED)


def _steps(*steps: Step) -> dict[str, Step]:
    return {step.verb: step for step in steps}


DECLARATION = Table(
    "exemption",
    ExemptionDeclaration,
    "t.submission_id, NULL::uuid",
    _steps(
        Step("declare", ("",), S.DECLARED, ("person", "client")),
        Step("equal", (S.DECLARED,), S.COMPARED_EQUAL, OFFICIAL),
        Step("differ", (S.DECLARED,), S.DIFFERENCES, OFFICIAL),
        Step("settle", (S.DIFFERENCES,), S.SETTLED, ("person",)),
        Step("close", (S.COMPARED_EQUAL, S.SETTLED), S.CLOSED, SYSTEM),
        # A later version takes its place when that one has been compared.
        Step("supersede", _DECIDED, S.SUPERSEDED, ANYONE),
        Step("refuse", (S.DECLARED, S.DIFFERENCES), S.REFUSED, ANYONE),
    ),
)
SETTLEMENT = approval_table(
    "settlement",
    Settlement,
    owner="d.submission_id, NULL::uuid",
    join="JOIN tax_exemptiondeclaration d ON d.id = t.declaration_id",
)


def lock(companies: Iterable[int]) -> None:
    """One after the other: declaring, marking and returns of a company, until the transaction ends."""
    rows = Company.objects.select_for_update(no_key=True).filter(pk__in=list(companies)).order_by("pk")
    list(rows.values_list("pk"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A line to be exempted, with what it comes to in CNY."""

    key: Key
    cny: Decimal


_CLAIM = """
INSERT INTO tax_exemptedline (id, list_no, gnum, company_id, month, state, declaration_id, reversed_because, cny)
SELECT uuidv7(), u.list_no, u.gnum, %s, %s, 'exempted', %s, '', u.cny
FROM unnest(%s::text[], %s::int[], %s::numeric[]) AS u(list_no, gnum, cny) ORDER BY u.list_no, u.gnum
ON CONFLICT (list_no, gnum) DO UPDATE SET state = 'exempted', company_id = EXCLUDED.company_id,
  month = EXCLUDED.month, declaration_id = EXCLUDED.declaration_id, reversed_month = NULL,
  reversed_because = '', cny = EXCLUDED.cny
  WHERE tax_exemptedline.state = 'reversed'
    AND tax_exemptedline.reversed_because NOT IN ('excluded', 'returned')
RETURNING list_no, gnum
"""


def exempt(claims: Sequence[Claim], *, declaration: ExemptionDeclaration) -> set[Key]:
    """Take the lines for that declaration; those taken. A line that stands exempted anywhere is not, nor one that
    came back or that officials took out.

    Lines are taken in the order of their keys, so that two declarations at once never wait for each other in a ring.
    """
    if not claims:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            [
                declaration.company_id,
                declaration.month,
                declaration.pk,
                [one.key[0] for one in claims],
                [one.key[1] for one in claims],
                [one.cny for one in claims],
            ],
        )
        return set(cursor.fetchall())


_REVERSE = """
WITH held AS (
  SELECT e.id FROM tax_exemptedline e
  JOIN unnest(%s::text[], %s::int[]) AS u(list_no, gnum) ON u.list_no = e.list_no AND u.gnum = e.gnum
  WHERE e.state = 'exempted' AND e.company_id = %s AND (%s::uuid IS NULL OR e.declaration_id = %s::uuid)
  ORDER BY e.list_no, e.gnum FOR UPDATE OF e
)
UPDATE tax_exemptedline e SET state = 'reversed', reversed_month = %s, reversed_because = %s
FROM held WHERE e.id = held.id AND e.state = 'exempted' RETURNING e.list_no, e.gnum
"""


def reverse(
    keys: Iterable[Key], *, company_id: int, month: date, because: str, declaration_id: UUID | None = None
) -> set[Key]:
    """Take back the exemption of those lines, counting in that month; those that stood exempted.

    With `declaration_id`, only those that this declaration holds.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    lists, lines = [one[0] for one in wanted], [one[1] for one in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_REVERSE, [lists, lines, company_id, declaration_id, declaration_id, month, because])
        return set(cursor.fetchall())


def let_in(keys: Iterable[Key], *, declaration_id: UUID) -> None:
    """What officials took out of that declaration can be taken by a later one again."""
    with connection.cursor() as cursor:
        wanted = sorted(set(keys))
        cursor.execute(
            """UPDATE tax_exemptedline e SET reversed_because = 'lifted'
               FROM unnest(%s::text[], %s::int[]) AS u(list_no, gnum)
               WHERE e.declaration_id = %s AND e.reversed_because = 'excluded'
                 AND e.list_no = u.list_no AND e.gnum = u.gnum""",
            [[one[0] for one in wanted], [one[1] for one in wanted], declaration_id],
        )


def hand_over(old: UUID, new: UUID, amounts: Sequence[Claim]) -> None:
    """Let the later version hold the lines it keeps of the earlier one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE tax_exemptedline e SET declaration_id = %s, cny = u.cny
               FROM unnest(%s::text[], %s::int[], %s::numeric[]) AS u(list_no, gnum, cny)
               WHERE e.declaration_id = %s AND e.list_no = u.list_no AND e.gnum = u.gnum""",
            [
                new,
                [one.key[0] for one in amounts],
                [one.key[1] for one in amounts],
                [one.cny for one in amounts],
                old,
            ],
        )


__all__ = [
    "DECLARATION",
    "SETTLEMENT",
    "Claim",
    "ExemptedLine",
    "exempt",
    "hand_over",
    "let_in",
    "lock",
    "reverse",
]
