"""Companies, agencies and facts of these tests, named after their situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from accounts.models import Agency, Company
from credit.models import Fact
from credit.services import FactIn, record_fact
from reference.models import Code
from tests.accounts.factories import TESTER, a_company, an_agency

_serial = count(1)
A_FACT = FactIn(
    type="misstatement",
    severity="general",
    ruled_on=date(2026, 5, 8),
    record_no="",
    document_no="津关缉违字〔2026〕0001号",
    words_zh="申报数量与实际不符（示例）",
    words_en="Quantity mis-stated (example)",
)


def a_fact(
    company: Company | None = None,
    *,
    agency: Agency | None = None,
    at: datetime | None = None,
    **changed: Any,
) -> Fact:
    """A general fact of customs, ruled on 2026-05-08."""
    told = replace(A_FACT, record_no=f"R{next(_serial)}", **changed) if "record_no" not in changed else None
    fact, _new = record_fact(
        told or replace(A_FACT, **changed),
        company=company or a_company(),
        agency=agency or an_agency(),
        by=TESTER,
        at=at,
    )
    return fact


def with_levels() -> None:
    """The code table of customs' levels."""
    from dataclasses import asdict

    from reference import selectors
    from reference.datafiles import code_rows

    Code.objects.bulk_create(Code(**asdict(row)) for row in code_rows() if row.table == "customs_level")
    selectors.forget()
