"""What the tax authority gets: the declaration with its lines, as canonical JSON (docs/agencies/offices.md)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from submissions.models import Submission
from submissions.registry import Frozen
from submissions.services import unseal_payload
from tax.models import DeclaredLine, ExemptionDeclaration


def payload(row: ExemptionDeclaration, lines: Iterable[DeclaredLine], *, remark: str) -> bytes:
    """The same declaration gives the same bytes; amounts are decimal strings."""
    company = row.company
    body = {
        "month": f"{row.month:%Y-%m}",
        "version": row.version,
        "taxpayer": {"name": company.name, "uscc": company.uscc, "customs_code": company.customs_code or ""},
        "due_on": row.due_on.isoformat(),
        "reason": row.reason,
        "remark": remark,
        "total_cny": str(row.cny),
        "lines": [_line(line) for line in lines],
    }
    return msgspec.json.encode(body, order="deterministic")


def _line(line: DeclaredLine) -> dict[str, object]:
    return {
        "kind": line.kind,
        "list_no": line.list_no,
        "gnum": line.gnum,
        "export_date": line.export_date.isoformat(),
        "goods_name": line.goods_name,
        "hs": line.hs10,
        "unit": line.unit,
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
        "currency": line.currency,
        "rate": str(line.rate),
        "cny": str(line.cny),
    }


def share(submission: Submission, agency: str) -> Frozen:
    """What goes out: the declaration as frozen, under its reference number."""
    body = msgspec.json.decode(unseal_payload(submission))
    named = body | {"reference": submission.reference, "kind": submission.kind}
    return Frozen(msgspec.json.encode(named, order="deterministic"), "application/json")
