"""The exporter's autumn, played whole on a running portal: every figure is the story's; its money by hand, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from customs.demo import b2b
from customs.demo.cast import COMPANIES
from forex.demo import order_no
from portal.demo import PASSWORD
from tests.journeys import axe, papers
from tests.journeys.autumn_money import confirm_and_declare
from tests.journeys.erp import Erp
from tests.running import Running, running

FIGURES = (
    "F is entered by five parties: 5",
    "October's lists closed: 20",
    "9810, amount: USD 31,200.00",
    "9810, at the rate of the month: CNY 219,960.00",
    "9810, declaration and day of export: 021320260000000007 2026-09-18",
    "9810, classified as: cbec_b2b 9810",
    "9810, what comes back: 2027-02-10 relieved, 2027-05-02 taxed",
    "candidate lines: 20",
    "first declaration, exempt: 13 lines CNY 3,313.87",
    "first declaration, excluded: 7 lines CNY 2,524.61",
    "corrected declaration: 14 lines CNY 3,509.86",
    "credits without a statement: 88.00",
    "declared, actual: 741.93",
    "declared, gross in: 948.15",
    "declared, gross out: 206.22",
    "list 8 for the first bank: pledged",
    "list 8 for the second bank: refused",
    "O10, corrected: released",
    "B's minor records of it: 1",
    "what it takes from B's score: 3.0000",
    "P2 says of O10: this was me: True",
    "reports that mark O08: 1",
    "notices of it to B: 1",
)


@pytest.fixture(scope="module")
def with_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal of its own, with the messages of the story handed in."""
    folder: Path = tmp_path_factory.mktemp("story")
    with running(folder, name="story", broker=12) as found:
        found.manage("prepare", "--demo", "--story")
        yield found


@pytest.fixture(scope="module")
def told(with_story: Running) -> list[str]:
    """What the command says when it plays the story for the first time."""
    return with_story.manage("demo_story").splitlines()


@pytest.mark.timeout(400)
def test_the_story_comes_out_to_the_cent_and_once(with_story: Running, told: list[str]) -> None:
    assert [line for line in told if not line.startswith("ok  ")] == [], with_story.logs()
    assert [figure for figure in FIGURES if f"ok   {figure}" not in told] == []
    again = with_story.manage("demo_story").splitlines()
    assert [line for line in again if not line.startswith("ok  ")] == []


# --- the money by hand ------------------------------------------------------------------------------------

CREDIT, STATEMENT = "1200000001202611230004", "PO-2026-11-1"
ORDERS = (
    ("1", "29.00"),
    ("2", "29.70"),
)  # of October, with freight 6.00, commission 5.30 and label 3.20 each


def payout() -> bytes:
    """What the marketplace paid out for two orders: 53.70."""
    rows = [f"{order_no(int(number))},{goods},6.00,5.30,3.20,0" for number, goods in ORDERS]
    return "\n".join(["order number,goods,freight,commission,other fees,refunds", *rows]).encode()


@contextmanager
def clerk(
    portal: Running, browser: Browser, *, login: str = "f@demo.example", width: int = 1280
) -> Iterator[Page]:
    """F's declaring user at a browser; a console error fails the test, but for the refusals asked for."""
    errors: list[str] = []
    context = browser.new_context(base_url=portal.url, locale="en", viewport={"width": width, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and "422" not in m.text else None)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/(workbench|admin)/"))
    yield page
    context.close()
    assert errors == []


def until_it_says(page: Page, words: str) -> None:
    """Load the page again until the bank's answer stands there."""
    for _ in range(60):
        if words in page.locator(".state-box").inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(page.locator(".state-box").inner_text())


def declare(page: Page, code: str) -> None:
    """Fill in the code; what is typed is kept by itself; confirm what the portal warns of."""
    page.locator("select[name=code]").select_option(code)
    expect(page.locator("#draft-state")).to_contain_text("Saved")
    confirm_and_declare(page)


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_statement_match_declaration_returned_corrected_and_its_paper(
    with_story: Running, told: list[str], browser: Browser
) -> None:
    assert told  # its lists are closed: the orders are in customs statistics
    bank = Erp(with_story, "demo-bank")
    pushed = {
        "declaration_no": CREDIT,
        "account_holder": COMPANIES["F"].uscc,
        "account": "6217000000000000613",
        "currency": "USD",
        "amount": "53.70",
        "received_on": "2026-11-23",
        "payer": "Example Marketplace Payments Ltd",
        "payer_country": "USA",
    }
    assert bank.http.post("/forex/inward-payments", json=pushed).status_code == 201
    with clerk(with_story, browser) as page:
        page.goto("/forex/?tab=open")
        page.get_by_role("link", name=CREDIT).click()
        payment = page.url
        page.get_by_role("link", name="Hand in a payout statement").click()
        for name, value in (("platform", "Example Marketplace"), ("number", STATEMENT)):
            page.locator(f"input[name={name}]").fill(value)
        page.locator("input[name=period_from]").fill("2026-11-01")
        page.locator("input[name=period_to]").fill("2026-11-15")
        page.locator("input[name=file]").set_input_files(
            {"name": "payout.csv", "mimeType": "text/csv", "buffer": payout()}
        )
        page.get_by_role("button", name="Hand in").click()
        page.get_by_role("button", name="Match").click()
        page.get_by_role("link", name="Declare").click()
        page.locator("input[name=remark]").fill("未报关、未纳入海关统计+网络购物+毛毯+货款，轧差净额")
        declare(page, "122030")
        until_it_says(page, "returned by the bank")
        expect(page.locator(".state-box")).to_contain_text("122030")
        page.get_by_role("link", name="Correct and declare again").click()
        declare(page, "121990")
        until_it_says(page, "accepted and forwarded to SAFE")
        assert page.url == payment
        paper = papers.downloaded(page, page.locator("#declaration-paper"))
        stranger = page.context.new_page()
        papers.verified(stranger, paper, CREDIT, "122030", "121990", "USD 53.70")
        _papers_of_the_warehouse(with_story, page, stranger)
    found = bank.get("/forex/bop-declarations", declaration_no=CREDIT)["results"]
    assert [(one["version"], one["state"], one["code"]) for one in found] == [
        (2, "accepted", "121990"),
        (1, "replaced", "122030"),
    ]
    assert [found[0][name] for name in ("actual", "gross_in", "gross_out")] == ["53.70", "70.70", "17.00"]


def _papers_of_the_warehouse(portal: Running, page: Page, stranger: Page) -> None:
    """The 9810 declaration of the bicycles, declared by G for F: handed in, and released."""
    (row,) = Erp(portal, "demo-f").get("/submissions", kind="b2b-declaration")["results"]
    page.goto(reverse("submission", args=[row["reference"]]))
    certificate = papers.downloaded(page, page.locator("a[href$='/certificate.pdf']"))
    papers.verified(stranger, certificate, b2b.NUMBER, b2b.BOOKING, "USD 31,200.00")
    handed_in = papers.downloaded(page, page.get_by_role("link", name="Acknowledgement (PDF)"))
    papers.verified(stranger, handed_in, row["reference"], row["payload_sha256"])


# --- every desk with its rows, on a phone ---------------------------------------------------------------------

# A page, and what leads from it to one of its rows; "" where the page itself is all.
FIRM = (
    ("/customs/lists/exports/", "/customs/lists/exports/"),
    ("/customs/b2b/", "/submissions/"),
    ("/apply/b2b-declaration/", ""),
    ("/exemptions/", "/exemptions/declarations/"),
    ("/exemptions/month/?month=2026-10", ""),
    ("/exemptions/invoices/file/?month=2026-10", ""),
    ("/forex/", "/forex/payments/"),
    ("/forex/?tab=open", "/forex/payments/"),
    ("/forex/statements/", "/forex/statements/0"),
    ("/forex/statements/new/", ""),
    ("/forex/indicators/", ""),
    ("/forex/banks/", ""),
    ("/credit/own/", "/credit/records/"),
    ("/filing/goods/", "/filing/goods/0"),
    ("/submissions/", "/submissions/TJ"),
)
DECLARANT = (
    ("/customs/lists/", "/customs/lists/0"),
    ("/customs/one-list/import/", ""),
    ("/customs/one-list/export/", ""),
)
CUSTOMS = (
    ("/admin/queue/", "/admin/cases/"),
    ("/admin/identity-checks/", ""),
    ("/admin/misuse/", "/admin/misuse/0"),
    ("/admin/credit/", "/admin/credit/facts/0"),
    ("/admin/goods/", ""),
)
TAX = (("/admin/exemptions/", "/admin/cases/"),)
BANK = (("/admin/inward-payments/", "/admin/inward-payments/0"),)


@pytest.mark.browser
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("f@demo.example", FIRM),
        ("g@demo.example", DECLARANT),
        ("officer@customs.example", CUSTOMS),
        ("officer@tax.example", TAX),
        ("officer@bank.example", BANK),
    ],
)
def test_every_desk_with_its_rows_is_accessible_and_fits_a_phone(
    with_story: Running, told: list[str], browser: Browser, login: str, pages: tuple[tuple[str, str], ...]
) -> None:
    assert told
    found, wide = [], []
    with clerk(with_story, browser, login=login, width=375) as page:
        for path, row in pages:
            found += axe.findings(page, path)
            wide += [path] if axe.is_too_wide(page) else []
            if row:
                link = page.locator(f'main a[href^="{row}"]').first
                target = str(link.get_attribute("href"))
                found += axe.findings(page, target)
                wide += [target] if axe.is_too_wide(page) else []
    assert (found, wide) == ([], [])
