"""The story: 60 rows, three wrong; mended; the same again. Versions, twins, speed."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from openpyxl import load_workbook

from filing import selectors
from filing.goods import reader, services, workbooks
from filing.goods.demo import export_rows, story_workbook, workbook
from filing.goods.findings import Finding
from filing.models import GoodsBatch, GoodsFiling
from submissions import papers
from submissions.models import Change, Notice, Paper, SubmissionState
from tests.accounts import factories as people
from tests.filing.goods.makers import a_filer, filed, load_codes, sheet
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _codes() -> None:
    load_codes()


def counts(batch: GoodsBatch) -> tuple[int, int, int, int]:
    return batch.filed_count, batch.amended_count, batch.unchanged_count, batch.faulty_count


def test_the_story_of_sixty_rows() -> None:
    firm = people.a_company()
    first = filed(firm, story_workbook())
    assert counts(first) == (57, 0, 0, 3)
    assert first.submission.state == SubmissionState.PARTLY_ACCEPTED
    told = [(row["field"], row["problem"]["code"]) for row in first.findings]
    assert told == [
        ("unit", "goods.code.zeros"),
        ("hs10", "goods.hs.length"),
        ("item_no", "goods.item_no.twice"),
    ]
    mended = filed(firm, story_workbook(mended=True))
    assert counts(mended) == (3, 0, 57, 0)
    assert mended.submission.state == SubmissionState.ACCEPTED
    again = filed(firm, story_workbook(mended=True))
    assert counts(again) == (0, 0, 60, 0)
    assert GoodsFiling.objects.filter(company=firm).count() == 60


def test_the_senders_own_workbook_comes_back_with_comments() -> None:
    batch = filed(people.a_company(), story_workbook())
    made = workbooks.commented(
        story_workbook(), reader.XLSX, [Finding.from_stored(row) for row in batch.findings]
    )
    page = load_workbook(io.BytesIO(made)).worksheets[0]
    told = {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}
    assert set(told) == {"F13", "D27", "A42"}
    assert "018" in told["F13"]


def test_what_a_submission_leaves_behind() -> None:
    firm = people.a_company()
    batch = filed(firm, story_workbook())
    entry = Entry.objects.get(action="goods.file")
    assert (entry.count, len(entry.digest)) == (57, 64)
    assert Notice.objects.filter(company=firm, code="submission.partly_accepted").exists()
    assert Change.objects.filter(submission=batch.submission).exists()
    paper = papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, batch.submission, by=people.TESTER)
    assert papers.pdf(paper).startswith(b"%PDF")


def test_other_content_is_the_next_version_and_the_day_decides() -> None:
    firm = people.a_company()
    submission = services.receive_goods(
        workbook(export_rows()), name="a.xlsx", principal=a_filer(firm), company=firm, channel="test"
    )
    services.check_batch(submission.pk, on=date(2026, 9, 1))
    amended = [row | {"hs10": "9205909001"} if row["item_no"] == "EX09" else row for row in export_rows()]
    assert counts(filed(firm, workbook(amended))) == (0, 1, 9, 0)
    today = timezone.localdate()
    october = selectors.goods(firm, "EX09", date(2026, 10, 14))
    now = selectors.goods_by_item(firm, ["EX09", "EX10", "none"], today)
    assert october is not None
    assert (october.hs10, october.version) == ("9205909000", 1)
    assert (now["EX09"].hs10, now["EX09"].version) == ("9205909001", 2)
    assert now["EX10"].hs10 == "8541430000"
    assert "none" not in now
    assert selectors.goods(firm, "EX09", date(2026, 8, 31)) is None
    assert selectors.goods(people.a_company(), "EX09", today + timedelta(days=1)) is None


def test_a_batch_is_checked_once() -> None:
    firm = people.a_company()
    batch = filed(firm, workbook(export_rows()))
    assert services.check_batch(batch.pk) is False
    assert GoodsFiling.objects.count() == 10


def test_a_lost_nudge_is_found_by_the_sweep() -> None:
    firm = people.a_company()
    submission = services.receive_goods(
        workbook(export_rows()), name="a.xlsx", principal=a_filer(firm), company=firm, channel="test"
    )
    assert services.waiting() == [submission.pk]
    services.check_batch(submission.pk)
    assert services.waiting() == []


def test_a_file_without_the_columns_is_refused_with_its_number() -> None:
    batch = filed(people.a_company(), b"a,b\n1,2\n", name="a.csv")
    assert batch.submission.state == SubmissionState.REFUSED
    assert {row["problem"]["code"] for row in batch.findings} == {"goods.heading.missing"}


def test_nobody_files_for_a_company_without_its_mandate() -> None:
    with pytest.raises(PermissionDenied):
        services.receive_goods(
            b"x",
            name="a.csv",
            principal=a_filer(people.a_company()),
            company=people.a_company(),
            channel="test",
        )


def test_an_export_can_be_handed_in_again_and_holds_no_formula() -> None:
    firm = people.a_company()
    filed(firm, sheet([row | {"brand": "-示例"} for row in export_rows()]))
    rows = list(GoodsFiling.objects.filter(company=firm))
    assert "'-示例" in workbooks.export_csv(rows).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(workbooks.export_xlsx(rows)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    filed(firm, workbook(export_rows()))
    newest = selectors.current_goods(GoodsFiling.objects.filter(company=firm), selectors.GoodsFilter())
    assert counts(filed(firm, workbooks.export_xlsx(newest)))[2] == 10


def test_five_thousand_rows_are_told_within_five_seconds() -> None:
    base = export_rows()
    rows = [base[n % 10] | {"item_no": f"S{n}", "unit": "18" if n % 3 else "015"} for n in range(5000)]
    data = sheet(rows)
    begun = time.process_time()  # not what others do on the machine
    batch = filed(people.a_company(), data)
    took = time.process_time() - begun
    assert batch.row_count == 5000
    assert batch.faulty_count >= 3333
    assert took < 5, f"{took:.2f} s"
