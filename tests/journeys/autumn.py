"""The steps of the exporter's autumn as F's people take them in a browser; what machines send goes over REST."""

from __future__ import annotations

import io
import re
from pathlib import Path

import psycopg2
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from customs.demo.cast import COMPANIES
from customs.demo.export import SENDERS, export_messages
from forex import demo as money
from forex.sheets import COLUMNS
from tests.journeys import papers
from tests.journeys.erp import Erp, eventually
from tests.running import Running

OCTOBER = "2026-10"
INVOICED, LACKING = (f"02132026E0000000{number}" for number in (12, 20))
PATIENCE_MS = 60_000
# What happened in the story's autumn is done here in one minute: what was entered today is dated as then.
AS_THEN = """
from datetime import date
from filing.enterprise import demo, records
from filing.goods.demo import FILED_ON
from filing.models import GoodsFiling
from submissions.models import Submission
from trail.actors import SYSTEM
for one in Submission.objects.filter(kind="enterprise-registration", state="accepted"):
    records.holds_since(one, demo.REGISTERED, by=SYSTEM)
GoodsFiling.objects.update(valid_from=FILED_ON)
"""
CAME_BACK = """
from datetime import date
from decimal import Decimal
from accounts.models import User
from accounts.principals import principal_of_user
from customs.export.returns import Returned, enter_return
from customs.models import ExportList
from portal.demo_story import RETURNED
official = principal_of_user(User.objects.get(email="officer@customs.example"))
found = ExportList.objects.get(invt_no=RETURNED)
enter_return(Returned(found.pk, 1, date(2026, 11, 6), Decimal(2), "9661", "returned (example)"), by=official)
"""


def file_goods(page: Page, stranger: Page, folder: Path) -> None:
    """Sixty rows, three wrong: 57 accepted; the file mended and handed in again changes those three alone."""
    page.goto("/filing/goods/upload/")
    sample = folder / "goods.xlsx"
    sample.write_bytes(papers.downloaded(page, page.locator("a[href$='sample.xlsx']")))
    _upload_goods(page, sample)
    counts = page.locator("#goods-counts")
    expect(counts).to_contain_text("57 rows accepted")
    expect(page.locator("table.problems tbody tr")).to_have_count(3)
    book = load_workbook(io.BytesIO(papers.downloaded(page, page.locator("#commented"))))
    sheet = book.worksheets[0]
    assert [bool(sheet[cell].comment) for cell in ("F13", "D27", "A42", "A2")] == [True, True, True, False]
    sheet["F13"], sheet["D27"], sheet["A42"] = "018", sheet["D26"].value, "EX01-OWN"
    mended = folder / "mended.xlsx"
    book.save(mended)
    _upload_goods(page, mended)
    expect(counts).to_contain_text("3 rows accepted")
    expect(counts).to_contain_text("57 unchanged")
    page.get_by_role("link", name="Open the submission").click()
    paper = papers.downloaded(page, page.get_by_role("link", name="Acknowledgement (PDF)"))
    assert "57" in papers.verified(stranger, paper)


def _upload_goods(page: Page, file: Path) -> None:
    page.goto("/filing/goods/upload/")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("#goods-counts")).to_be_visible()


def export_october(portal: Running) -> None:
    """F's orders, D's waybills, arrivals and departures, G's lists and manifests, each by its own machine client."""
    clients = {key: Erp(portal, f"demo-{key.lower()}") for key in set(SENDERS.values())}
    for type_, message in export_messages():
        clients[SENDERS[type_]].number_of(message)
    eventually(lambda: _closed(portal) == 20 or None, portal)
    portal.manage("shell", "-v0", "-c", CAME_BACK)


def _closed(portal: Running) -> int:
    with psycopg2.connect(portal.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customs_exportlist WHERE state = 'closed'")
        return int(cursor.fetchone()[0])


def figures(page: Page) -> dict[str, tuple[str, str]]:
    """Of the month's totals: row → (lines, CNY)."""
    rows = page.locator("section[aria-labelledby=totals] tbody tr").all()
    cells = [(row.locator("th").inner_text(), row.locator("td").all_inner_texts()) for row in rows]
    return {name.strip(): (texts[0].strip(), texts[-1].strip()) for name, texts in cells}


def exempt_october(page: Page, stranger: Page) -> None:
    """Twenty lines, seven not exempt and why; declared, compared, completed, corrected."""
    page.goto(f"/exemptions/month/?month={OCTOBER}")
    line = page.locator("tr", has_text=INVOICED)
    line.get_by_role("checkbox").check()
    page.get_by_role("button", name="Invoice held for the chosen lines").click()
    expect(page.locator("tr", has_text=INVOICED)).to_contain_text("not exempt")
    found = figures(page)
    assert found["All lines"] == ("20", "5,838.48")
    assert found["Exempt"] == ("13", "3,313.87")
    assert found["Not exempt"] == ("7", "2,524.61")
    _declare(page, stranger, lines=13, cny="3,313.87")
    page.goto(f"/exemptions/month/?month={OCTOBER}")
    page.locator("tr", has_text=LACKING).get_by_role("link", name="Complete the record").click()
    page.get_by_label("Unit", exact=False).fill("015")
    page.locator("[name=reason]").fill("The platform's record lacked the unit.")
    page.get_by_role("button", name="Complete it").click()
    page.locator("[name=reason]").fill("One line completed.")
    _declare(page, stranger, lines=14, cny="3,509.86")


def _declare(page: Page, stranger: Page, *, lines: int, cny: str) -> None:
    page.get_by_role("button", name=f"Declare {lines} lines, {cny} CNY").click()
    page.wait_for_url(re.compile("/exemptions/declarations/"))
    link = page.get_by_role("link", name="Result of the comparison (PDF)")
    _until(page, link)
    text = papers.verified(stranger, papers.downloaded(page, link))
    assert cny in text, text


def _until(page: Page, wanted: object) -> None:
    """Look again until it is there: a page that does not renew itself."""
    for _again in range(30):
        if wanted.count():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def push_credits(portal: Running) -> None:
    """The bank's system pushes three credits, and the first once more."""
    bank, firm = Erp(portal, "demo-bank"), COMPANIES["F"]
    for credit in (*money.CREDITS, money.CREDITS[0]):
        answer = bank.http.post("/forex/inward-payments", json=money.push_body(firm, credit))  # type: ignore[arg-type]
        assert answer.status_code == 201, answer.text


def match_payout(page: Page, number: int, folder: Path) -> None:
    """Hand the payout statement in for its credit, and match."""
    credit, statement = money.CREDITS[number - 1], money.payout(number)
    file = folder / f"payout-{number}.xlsx"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(COLUMNS)
    for one in statement.lines:
        sheet.append([str(getattr(one, name)) for name in COLUMNS])
    book.save(file)
    open_credit(page, number)
    page.get_by_role("link", name="Hand in a payout statement").click()
    head = statement.head
    for name in ("platform", "number", "period_from", "period_to", "currency"):
        page.locator(f"[name={name}]").fill(str(getattr(head, name)))
    page.locator("[name=net]").fill(credit.amount)
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("button", name="Match as much as both have").click()
    sums = page.locator("section[aria-labelledby=sums]")
    expect(sums).to_contain_text(str(statement.sums["goods"] + statement.sums["freight"]))
    expect(sums).to_contain_text("0.00")


def open_credit(page: Page, number: int) -> None:
    """The page of that credit."""
    page.goto("/forex/payments/")
    page.get_by_role("link", name=money.CREDITS[number - 1].declaration_no).click()
    page.wait_for_url(re.compile("/forex/payments/[0-9a-f-]{36}/"))


def declare_credit(page: Page, number: int, code: str, *, expected: str) -> None:
    """Declare it under a code, reading every warning, and wait for the bank's word."""
    open_credit(page, number)
    page.locator("a[href$='/declare/']").click()
    page.locator("[name=code]").select_option(code)
    page.get_by_role("button", name="Declare").click()
    page.wait_for_load_state()
    for box in page.locator("[name=confirmed]").all():
        box.check()
    if page.url.endswith("/declare/"):
        page.get_by_role("button", name="Declare").click()
        page.wait_for_url(re.compile("/forex/payments/[0-9a-f-]{36}/$"))
    _until(page, page.locator("section[aria-labelledby=bop] tbody tr").first.filter(has_text=expected))
