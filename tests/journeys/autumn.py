"""The steps of the exporter's autumn as F's people take them in a browser; what machines send goes over REST."""

from __future__ import annotations

import io
import re
from pathlib import Path

import psycopg2
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from customs.demo.export import SENDERS, export_messages
from filing.enterprise.demo import REGISTERED
from filing.goods.demo import FILED_ON
from tests.journeys import papers
from tests.journeys.erp import Erp
from tests.running import Running

OCTOBER = "2026-10"
INVOICED, RETURNED, LATE, LACKING = (f"02132026E0000000{number}" for number in (12, 14, 19, 20))
PATIENCE_MS = 60_000
REASONS = {
    "02132026E000000010": "is cancelled from 2026-04-01",
    INVOICED: "A valid purchase invoice is held",
    RETURNED: "Returned on 2026-11-06, before it was declared",
    "01012026E000000015": "Declared at customs office 0101",
    "02132026E000000017": "Summary declaration (statistics flag B)",
    LATE: "Closed by customs on 2026-11-02: it belongs to 2026-11",
    LACKING: "Missing in the platform's record: unit of measure",
}
# What happened in the story's autumn is done here in one minute: what was entered today is dated as then.
AS_THEN = """
UPDATE filing_enterpriserecord SET since = %(registered)s WHERE since > %(registered)s;
UPDATE filing_goodsfiling SET valid_from = %(filed)s;
"""


def file_goods(page: Page, folder: Path) -> None:
    """Sixty rows, three wrong: 57 accepted, and the page says what is wrong in the other three."""
    page.goto(reverse("goods_upload"))
    sample = folder / "goods.xlsx"
    sample.write_bytes(papers.downloaded(page, page.locator("a[href$='sample.xlsx']")))
    _upload_goods(page, sample)
    expect(page.locator("#goods-counts")).to_contain_text("57 rows accepted")
    expect(page.locator("table.problems tbody tr")).to_have_count(3)


def mend_goods(page: Page, stranger: Page, folder: Path) -> None:
    """The file that came back with comments, mended and handed in again, changes those three alone."""
    book = load_workbook(io.BytesIO(papers.downloaded(page, page.locator("#commented"))))
    sheet = book.worksheets[0]
    assert [bool(sheet[cell].comment) for cell in ("F13", "D27", "A42", "A2")] == [True, True, True, False]
    sheet["F13"], sheet["D27"], sheet["A42"] = "018", sheet["D26"].value, "EX01-OWN"
    mended = folder / "mended.xlsx"
    book.save(mended)
    _upload_goods(page, mended)
    counts = page.locator("#goods-counts")
    expect(counts).to_contain_text("3 rows accepted")
    expect(counts).to_contain_text("57 unchanged")
    page.get_by_role("link", name="Open the submission").click()
    paper = papers.downloaded(page, page.get_by_role("link", name="Acknowledgement (PDF)"))
    assert "57" in papers.verified(stranger, paper)
    _upload_goods(page, mended)
    expect(page.locator("main")).to_contain_text("Nothing new")
    page.goto(f"{reverse('goods')}?q=EX01-OWN")
    expect(page.locator("table tbody tr")).to_have_count(1)


def _upload_goods(page: Page, file: Path) -> None:
    page.goto(reverse("goods_upload"))
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("#goods-counts")).to_be_visible()


def as_then(portal: Running) -> None:
    """F was registered and its goods were filed before October."""
    with psycopg2.connect(portal.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(AS_THEN, {"registered": REGISTERED, "filed": FILED_ON})


def export_october(portal: Running, page: Page) -> None:
    """F's orders, D's waybills, arrivals and departures, G's lists and manifests, each by its own machine client."""
    clients = {key: Erp(portal, f"demo-{key.lower()}") for key in set(SENDERS.values())}
    page.goto(reverse("export_lists"))
    done = page.locator("#tab-done .count")
    before = int(done.inner_text()) if done.count() else 0
    for type_, message in export_messages():
        clients[SENDERS[type_]].number_of(message)
    page.goto(reverse("export_lists"))
    expect(done).to_have_text(str(before + 20), timeout=2 * PATIENCE_MS)
    # The list released on 30 October left and was closed on 2 November: it belongs to November.
    page.goto(f"{reverse('export_lists')}?closed={OCTOBER}")
    expect(page.locator("tbody tr")).to_have_count(19)
    expect(page.locator("tbody")).not_to_contain_text(LATE)


def come_back(page: Page, official: Page) -> None:
    """Customs enters that the two bags of list 14 came back on 6 November; F sees it at the list."""
    page.goto(f"{reverse('export_lists')}?list_no={RETURNED}")
    page.get_by_role("link", name=RETURNED).click()
    page.wait_for_url(re.compile("/exports/[0-9a-f-]{36}/"))
    number = page.url.rstrip("/").rsplit("/", 1)[-1]
    official.goto(reverse("admin:export_list", args=[number]))
    official.get_by_role("link", name="Enter returned goods").click()
    official.locator("[name=quantity]").fill("2")
    official.locator("[name=returned_on]").fill("2026-11-06")
    official.locator("[name=mode]").select_option("9661")
    official.locator("[name=reason]").fill("The buyer sent it back (example).")
    official.get_by_role("button", name="Look it over").click()
    official.get_by_role("button", name="Confirm the return").click()
    page.reload()
    expect(page.locator("section[aria-labelledby=returns]")).to_contain_text("2026-11-06")


def figures(page: Page) -> dict[str, tuple[str, str]]:
    """Of the month's totals: row → (lines, CNY)."""
    rows = page.locator("section[aria-labelledby=totals] tbody tr").all()
    cells = [(row.locator("th").inner_text(), row.locator("td").all_inner_texts()) for row in rows]
    return {name.strip(): (texts[0].strip(), texts[-1].strip()) for name, texts in cells}


def judge_october(page: Page) -> None:
    """Twenty lines, seven not exempt and why."""
    page.goto(f"{reverse('exemption_month')}?month={OCTOBER}")
    line = page.locator("tr", has_text=INVOICED)
    line.get_by_role("checkbox").check()
    page.get_by_role("button", name="Invoice held for the chosen lines").click()
    expect(page.locator("tr", has_text=INVOICED)).to_contain_text("not exempt")
    found = figures(page)
    assert found["All lines"] == ("20", "5,838.48")
    assert found["Exempt"] == ("13", "3,313.87")
    assert found["Not exempt"] == ("7", "2,524.61")
    for number, words in REASONS.items():
        expect(page.locator("tr", has_text=number)).to_contain_text(words)


def exempt_october(page: Page, stranger: Page) -> bytes:
    """From the month's sheet: declared, compared, completed, corrected. The paper of the first comparison."""
    paper = _declare(page, stranger, lines=13, cny="3,313.87")
    page.goto(f"{reverse('exemption_month')}?month={OCTOBER}")
    page.locator("tr", has_text=LACKING).get_by_role("link", name="Complete the record").click()
    page.get_by_label("Unit", exact=False).fill("015")
    page.locator("[name=reason]").fill("The platform's record lacked the unit.")
    page.get_by_role("button", name="Complete it").click()
    page.locator("[name=reason]").fill("One line completed.")
    _declare(page, stranger, lines=14, cny="3,509.86")
    return paper


def _declare(page: Page, stranger: Page, *, lines: int, cny: str) -> bytes:
    page.get_by_role("button", name=f"Declare {lines} lines, {cny} CNY").click()
    page.wait_for_url(re.compile("/exemptions/declarations/"))
    link = page.get_by_role("link", name="Result of the comparison (PDF)")
    papers.look_again(page, link)
    paper = papers.downloaded(page, link)
    text = papers.verified(stranger, paper)
    assert cny in text, text
    return paper


def settle_october(page: Page, officer: Page, supervisor: Page) -> None:
    """One more invoice is found; customs' data differ; one official of tax proposes, another approves."""
    page.goto(f"{reverse('exemption_month')}?month={OCTOBER}")
    page.locator("tr", has_text=LACKING).get_by_role("checkbox").check()
    page.get_by_role("button", name="Invoice held for the chosen lines").click()
    page.locator("[name=reason]").fill("An invoice was found.")
    page.locator("[name=remark]").fill("scenario=difference")
    page.get_by_role("button", name=re.compile("^Declare 13 lines")).click()
    page.wait_for_url(re.compile("/exemptions/declarations/"))
    differs = page.get_by_role("link", name=re.compile("^Where they differ 1$"))
    papers.look_again(page, differs)
    officer.goto("/admin/exemptions/")
    officer.locator("tr", has_text="differences").get_by_role("link").first.click()
    case = officer.url
    officer.get_by_role("link", name="Settle the differences").click()
    officer.locator("select[name^='choice:']").select_option("portal")
    officer.locator("[name=reason]").fill("The record is right (example).")
    officer.get_by_role("button", name="Propose it to a colleague").click()
    officer.wait_for_url(case)
    supervisor.goto(case)
    supervisor.get_by_role("link", name="Approve or send back").click()
    supervisor.get_by_role("button", name="Approve").click()
    supervisor.wait_for_url(case)
    page.reload()
    expect(page.locator("main")).to_contain_text("differences settled")
    expect(page.locator("main")).to_contain_text("The record is right (example).")
