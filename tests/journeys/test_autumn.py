"""The exporter's autumn from end to end in Debian's Chromium: every figure the story's, every paper verified.

People click. What machines send (customs' messages, the bank's credits, customs' ruling) goes over REST; workers and
the stub agencies carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from filing.enterprise.demo import ANSWERS
from tests.journeys import autumn, autumn_money, papers, registering
from tests.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.timeout(400)
def test_f_registers_exports_is_exempt_and_is_paid(
    portal: Running, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page, stranger, official = visit("f@demo.example"), visit(), visit("officer@customs.example")
    register(page, stranger)
    autumn.file_goods(page, stranger, tmp_path)
    autumn.as_then(portal)
    autumn.export_october(portal, page)
    autumn.come_back(page, official)
    autumn.exempt_october(page, stranger)
    autumn.settle_october(page, visit("officer@tax.example"), visit("supervisor@tax.example"))
    autumn_money.push_credits(portal)
    for number in (1, 2):
        autumn_money.match_payout(page, number, tmp_path)
    autumn_money.declare_credit(page, 1, "122030", expected="returned")
    autumn_money.declare_credit(page, 1, "121990", expected="accepted")
    autumn_money.declare_credit(page, 2, "121990", expected="accepted")
    autumn_money.see_indicators(page)
    autumn_money.public_record(portal, page, stranger, official)


def register(page: Page, stranger: Page) -> None:
    """Five parties; customs asks for the name of the account; in progress until the last has accepted."""
    registering.begin(page)
    reference = registering.hand_in(page)
    registering.answer(page, reference, "Customs", account_name=str(ANSWERS["name"]))
    expect(page.locator(".status-large")).to_contain_text("accepted", timeout=60_000)
    expect(page.locator("section[aria-labelledby=agencies] tbody tr", has_text="accepted")).to_have_count(5)
    paper = papers.downloaded(page, page.get_by_role("link", name="Certificate (PDF)"))
    text = papers.verified(stranger, paper)
    assert str(ANSWERS["name"]) in text
    for number in ("COM", "CUS", "TAX", "BAN", "MAR"):
        assert f"{number}20" in text, text
