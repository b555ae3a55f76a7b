"""Tables of this room as CSV for download."""

from __future__ import annotations

from django.http import HttpResponse

from reference.sheets import CSV, csv_bytes
from tax.threeway import ThreeWay, table


def csv_response(found: ThreeWay) -> HttpResponse:
    """A declaration three ways, every line of it."""
    row = found.declaration
    answer = HttpResponse(csv_bytes(table(found)), content_type=f"{CSV}; charset=utf-8")
    name = f"exemption-{row.month:%Y-%m}-v{row.version}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
