"""F's money of October and its public record, in a browser; banks and customs tell by their own systems."""

from __future__ import annotations

import re
from pathlib import Path

from django.urls import reverse
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from accounts.models import Company
from credit.demo import MISSTATEMENT
from customs.demo.cast import COMPANIES
from forex import demo as money
from forex.sheets import COLUMNS
from tests.journeys import papers, registering
from tests.journeys.erp import Erp
from tests.running import Running

FIRM = COMPANIES["F"]


def push_credits(portal: Running) -> None:
    """The bank's system pushes three credits, and the first once more."""
    bank, firm = Erp(portal, "demo-bank"), Company(uscc=FIRM.uscc)
    for credit in (*money.CREDITS, money.CREDITS[0]):
        answer = bank.http.post("/forex/inward-payments", json=money.push_body(firm, credit))
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
    page.locator("form[action$='/match/'] button").first.click()
    sums = page.locator("section[aria-labelledby=sums]")
    expect(sums).to_contain_text(str(statement.sums["goods"] + statement.sums["freight"]))
    expect(sums).to_contain_text("0.00")


def open_credit(page: Page, number: int) -> None:
    """The page of that credit."""
    page.goto(reverse("forex_payments"))
    page.get_by_role("link", name=money.CREDITS[number - 1].declaration_no).click()
    page.wait_for_url(re.compile("/forex/payments/[0-9a-f-]{36}/"))


def declare_credit(page: Page, number: int, code: str, *, expected: str) -> None:
    """Declare it under a code, reading every warning, and wait for the bank's word."""
    open_credit(page, number)
    page.locator("a[href$='/declare/']").click()
    page.locator("[name=code]").select_option(code)
    confirm_and_declare(page)
    papers.look_again(
        page, page.locator("section[aria-labelledby=bop] tbody tr").first.filter(has_text=expected)
    )


def confirm_and_declare(page: Page) -> None:
    """Declare; where the portal warns of something, confirm that it was read and declare again."""
    button = page.get_by_role("button", name="Declare")
    boxes = page.locator("input[name=confirmed]")
    expect(boxes).to_have_count(0)  # so that what is waited for is the answer, not the page before it
    button.click()
    done = page.locator("section[aria-labelledby=bop]")
    expect(boxes.or_(done).first).to_be_visible()
    page.wait_for_load_state()
    for box in boxes.all():
        box.check()
    if boxes.count():
        button.click()
    page.wait_for_url(re.compile("/forex/payments/[0-9a-f-]{36}/$"))


def see_indicators(page: Page) -> None:
    """October and November to the 20th: what was exported beside what came in, as received and grossed up."""
    page.goto(
        f"{reverse('forex_indicators')}?since=2026-10-01&until=2026-11-20"
    )  # before the parcels to try by hand
    table = page.locator("table").first
    for figure in ("828.15", "741.93", "-86.22", "-0.0549", "0.8959", "948.15", "120.00", "0.0676", "1.1449"):
        expect(table).to_contain_text(figure)
    page.goto(f"{reverse('forex_payments')}?tab=open")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("88.00")


def be_recorded(portal: Running, stranger: Page) -> None:
    """Customs' system tells of its ruling of 8 May; anybody reads it, for a year."""
    told = {name: getattr(MISSTATEMENT, name) for name in ("type", "severity", "record_no", "document_no")}
    told |= {"words_zh": MISSTATEMENT.words_zh, "words_en": MISSTATEMENT.words_en, "company": FIRM.uscc}
    told["ruled_on"] = MISSTATEMENT.ruled_on.isoformat()
    answer = Erp(portal, "demo-customs").http.post("/credit/facts", json=told)
    assert answer.status_code == 201, answer.text
    stranger.goto(reverse("credit_search"))
    stranger.locator("[name=q]").fill(FIRM.uscc)
    stranger.get_by_role("button", name="Search").click()
    stranger.get_by_role("link", name=FIRM.name_en).click()
    expect(stranger.locator("section[aria-labelledby=records-title]")).to_contain_text("2027-05-08")


def be_repaired(page: Page, stranger: Page, official: Page) -> None:
    """Granted, the record is no longer public; the whole of it is a paper that F asks for."""
    _repair(page, official)
    stranger.goto(reverse("credit_public", args=[FIRM.uscc]))
    records = stranger.locator("section[aria-labelledby=records-title]")
    expect(records).to_contain_text("No record is published today.")
    page.goto(reverse("apply", args=["integrity-report"]))
    page.get_by_role("button", name="Begin a new form").click()
    page.get_by_role("button", name="Check the answers").click()
    registering.hand_in(page)
    report = papers.downloaded(page, page.locator("a[href$='/certificate.pdf']"))
    assert MISSTATEMENT.document_no in "".join(papers.verified(stranger, report).split())


def _repair(page: Page, official: Page) -> None:
    """Open since 8 August: F asks, customs' official grants it, publication ends here and at Credit China."""
    page.goto(reverse("credit_own"))
    row = page.locator("section[aria-labelledby=records-title] tbody tr")
    expect(row).to_contain_text("2026-08-08")
    row.get_by_role("button", name="Ask for repair").click()
    page.wait_for_url(re.compile("/drafts/"))
    page.locator("[name=f-done_on]").fill("2026-10-30")
    page.locator("[name=f-words]").fill("The declaration was put right and the fine paid (example).")
    # The paper is added while what was typed is not saved yet: neither may get lost.
    page.locator("#paper-proof input[type=file]").set_input_files([registering.PDF])  # type: ignore[list-item]
    page.locator("#paper-proof").get_by_role("button", name="Add").click()
    expect(page.locator("#paper-proof")).to_contain_text("proof-")
    page.get_by_role("button", name="Check the answers").click()
    page.wait_for_url(re.compile("/check/"))
    reference = registering.hand_in(page)
    official.goto(f"{reverse('admin:queue')}?state=all&q={reference}")
    official.get_by_role("link", name=reference).first.click()
    official.get_by_role("link", name="Accept").click()
    official.locator("[name=words]").fill("The duties are done; repair granted (example).")
    official.get_by_role("button", name="Accept").click()
    expect(page.locator(".status-large")).to_contain_text("accepted", timeout=60_000)
