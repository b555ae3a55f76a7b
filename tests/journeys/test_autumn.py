"""The exporter's autumn from end to end in Debian's Chromium: every figure the story's, every paper verified.

People click. What machines send (customs' messages, the bank's credits, customs' ruling) goes over REST; workers and
the stub agencies carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import autumn, autumn_money, autumn_papers, papers, registering
from tests.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.timeout(400)
def test_f_registers_exports_is_exempt_and_is_paid(
    portal: Running, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page, stranger, official = visit("f@demo.example"), visit(), visit("officer@customs.example")
    registering.register(page, stranger)
    autumn.file_goods(page, tmp_path)
    autumn.mend_goods(page, stranger, tmp_path)
    autumn.as_then(portal)
    autumn.export_october(portal, page)
    autumn.come_back(page, official)
    autumn.judge_october(page)
    autumn.exempt_october(page, stranger)
    autumn.settle_october(page, visit("officer@tax.example"), visit("supervisor@tax.example"))
    autumn_money.push_credits(portal)
    for number in (1, 2):
        autumn_money.match_payout(page, number, tmp_path)
    autumn_money.declare_credit(page, 1, "122030", expected="returned")
    autumn_money.declare_credit(page, 1, "121990", expected="accepted")
    autumn_money.declare_credit(page, 2, "121990", expected="accepted")
    autumn_money.see_indicators(page)
    autumn_money.be_recorded(portal, stranger)
    autumn_money.be_repaired(page, stranger, official)
    for key in autumn_papers.HANDED_IN:
        own = page if key == "f" else visit(f"{key}@demo.example")
        autumn_papers.acknowledgements(portal, own, stranger, key)
    autumn_papers.export_papers(page, stranger)
    autumn_papers.settled_comparison(page, stranger)
    papers.found_out(stranger, autumn_papers.declared_payments(page, stranger))
