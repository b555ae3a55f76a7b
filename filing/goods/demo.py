"""The story's goods: ten exported by F, ten imported by B, and a file of 60 rows with three faults."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from importlib.resources import files

from django.utils.translation import override

from accounts.models import Company
from accounts.principals import Principal
from filing.goods import services, workbooks
from filing.goods.columns import COLUMNS
from filing.models import GoodsFiling

FILED_ON = date(2026, 9, 1)  # the day after F registered

ROWS, FAULTS = 60, (("unit", "18"), ("hs10", "630140000"), ("item_no", "EX05"))


def _rows(begins: str) -> list[dict[str, str]]:
    """The story's goods, by what their item numbers begin with; factors of weight and countries are invented."""
    text = files("filing").joinpath("data/story_goods.csv").read_text("utf-8")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["item_no"].startswith(begins)]


def export_rows() -> list[dict[str, str]]:
    """EX01 to EX10."""
    return _rows("EX")


def import_rows() -> list[dict[str, str]]:
    """IM01 to IM10."""
    return _rows("IM")


def story_rows(*, mended: bool = False) -> list[dict[str, str]]:
    """The ten export goods and fifty in other sizes; three rows wrong unless `mended`."""
    rows = export_rows()
    for number in range(ROWS - len(rows)):
        base, size = rows[number % 10], number // 10 + 2
        rows.append(
            base
            | {"item_no": f"{base['item_no']}-{size}", "specification": f"{base['specification']} 款{size}"}
        )
    if not mended:
        for number, (field, wrong) in zip((11, 25, 40), FAULTS, strict=True):
            rows[number] = rows[number] | {field: wrong}
    return rows


def workbook(rows: Sequence[dict[str, str]]) -> bytes:
    """Rows in the form of the template."""
    with override("zh-hans"):
        return workbooks.workbook_of([row.get(column.code, "") for column in COLUMNS] for row in rows)


def story_workbook(*, mended: bool = False) -> bytes:
    """The file of 60 rows: unit 18 for 018, an HS code of nine digits, EX05 twice; or none of it."""
    return workbook(story_rows(mended=mended))


def file_goods(principals: dict[str, Principal]) -> int:
    """F files its export goods and B its import goods by Excel, once; the number of files handed in."""
    handed_in = 0
    for key, rows in (("F", export_rows()), ("B", import_rows())):
        principal = principals[key]
        company = principal.company
        if not isinstance(company, Company) or GoodsFiling.objects.filter(company=company).exists():
            continue
        submission = services.receive_goods(
            workbook(rows), name=f"goods-{key}.xlsx", principal=principal, company=company, channel="browser"
        )
        services.check_batch(submission.pk, on=FILED_ON)
        handed_in += 1
    return handed_in
