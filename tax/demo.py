"""The story's exemption of October: the invoice of one line, the declaration, the unit completed, the correction.

Each step is what a page or the API would do; what was done already stays.
"""

from __future__ import annotations

from datetime import date

from accounts.models import Company, User
from reference.sheets import csv_bytes
from tax.invoices.rules import COLUMNS
from tax.invoices.services import mark_from_file
from tax.models import ExemptionDeclaration
from tax.services import complete_record, declare
from trail.actors import Actor

OCTOBER = date(2026, 10, 1)
INVOICED, LACKING = ("02132026E000000012", 1), ("02132026E000000020", 1)
INVOICE = ("26127000000000000012", "2026-10-18", "91120118DEM0000653")  # number, day, seller: invented


def invoice_file() -> bytes:
    """The file that F hands in: the one line of which it holds an invoice."""
    list_no, gnum = INVOICED
    return csv_bytes([[column.zh for column in COLUMNS], [list_no, str(gnum), *INVOICE]])


def mark(company: Company, *, by: Actor) -> int:
    """F hands the file in; how many lines changed (none the second time)."""
    return mark_from_file(invoice_file(), name="invoices.csv", company=company, month=OCTOBER, by=by).changed


def declare_october(
    company: Company, *, by: Actor, user: User | None, reason: str = ""
) -> ExemptionDeclaration:
    """October as it stands; with a reason, the correction."""
    return declare(company=company, month=OCTOBER, by=by, user=user, channel="api", reason=reason)


def complete(company: Company, *, by: Actor) -> None:
    """The unit that F's record lacked."""
    complete_record(
        company=company,
        month=OCTOBER,
        key=LACKING,
        fields={"unit": "015"},
        reason="平台记录补录计量单位",
        by=by,
    )
