"""Every paper of the autumn, as who it was made for downloads it and a stranger checks it."""

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import Page

from customs.demo.cast import COMPANIES
from forex import demo as money
from tests.journeys import autumn, autumn_money, papers
from tests.journeys.erp import Erp
from tests.running import Running

# What each of them handed in by the end of it: by a form, by a file, or by its own system.
HANDED_IN = {
    "f": {"enterprise-registration", "goods-filing", "exemption-declaration", "bop-declaration",
          "credit-repair", "integrity-report", "export-orders"},
    "d": {"export-waybills", "export-arrivals", "export-departures"},
    "g": {"export-declaration", "export-manifests"},
}  # fmt: skip


def acknowledgements(portal: Running, page: Page, stranger: Page, key: str) -> None:
    """One of each service this company handed in, with its number and the digest of what came."""
    rows = Erp(portal, f"demo-{key}").get("/submissions", limit=200)["results"]
    own = [row for row in rows if row["applicant"] == COMPANIES[key.upper()].uscc]
    assert {row["kind"] for row in own} >= HANDED_IN[key]
    for row in {row["kind"]: row for row in own if row["kind"] in HANDED_IN[key]}.values():
        paper = papers.behind(page, reverse("acknowledgement", args=[row["reference"]]))
        papers.verified(stranger, paper, row["reference"], row["payload_sha256"])


def export_papers(page: Page, stranger: Page) -> None:
    """Released and closed: two papers of one list, for the exporter."""
    page.goto(f"{reverse('export_lists')}?list_no={autumn.INVOICED}")
    page.get_by_role("link", name=autumn.INVOICED).click()
    page.wait_for_url(re.compile("/exports/[0-9a-f-]{36}/"))
    for name, title in (("Release", "放行证明"), ("Closing", "结关证明")):
        link = page.get_by_role("link", name=f"{name} certificate (PDF)")
        papers.verified(stranger, papers.downloaded(page, link), autumn.INVOICED, title)


def declared_payments(page: Page, stranger: Page) -> bytes:
    """What the bank accepted, one paper a payment: the first tells of the version it returned as well. The last."""
    paper = b""
    for number, codes in ((1, ("122030", "121990")), (2, ("121990",))):
        autumn_money.open_credit(page, number)
        link = page.get_by_role("link", name="Accepted declaration (PDF)").first
        printed = (money.CREDITS[number - 1].declaration_no, *codes)
        paper = papers.downloaded(page, link)
        papers.verified(stranger, paper, *printed)
    return paper


def settled_comparison(page: Page, stranger: Page) -> None:
    """The third result: what the officials of tax decided stands on its paper."""
    page.goto(f"{reverse('exemption_month')}?month={autumn.OCTOBER}")
    page.get_by_role("link", name="The declaration in force").click()
    page.wait_for_url(re.compile("/exemptions/declarations/"))
    link = page.get_by_role("link", name="Result of the comparison (PDF)")
    papers.verified(stranger, papers.downloaded(page, link), "The portal's figure")
