"""With the export desk asked for real: what it does not know is in no answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from accounts.models import Company
from forex import consents, orders
from forex.consents import Question
from forex.indicator_rows import report
from forex.links import _months
from forex.models import DocumentKind, Purpose
from tests.customs.export import parcels
from tests.customs.factories import world
from tests.forex.factories import BANK, FIRM, a_bank


def test_unknown_orders_and_no_exports(firm: Company) -> None:
    assert orders.known(["EO-1"], firm) == {}
    assert orders.exports(firm, date(2026, 10, 1), date(2026, 11, 30)) == []
    assert report(firm, date(2026, 10, 1), date(2026, 11, 30)).plain.difference_ratio is None


def test_months_of_a_period_over_the_turn_of_the_year() -> None:
    assert [f"{day:%Y-%m}" for day in _months(date(2026, 11, 30), date(2027, 1, 1))] == [
        "2026-11",
        "2026-12",
        "2027-01",
    ]


def test_a_list_that_customs_closed_answers_the_bank(db: None, tmp_path: Path) -> None:
    """Asked of the export desk for real: closed, released and unknown lists."""
    here = world()
    one, bank = parcels.closed(here, tmp_path), a_bank()
    found = orders.export_list(one.invt_no)
    assert found is not None
    assert (found.company, found.closed, found.order_no) == (here.companies["F"], True, one.order_no)
    assert orders.export_list("02132026E999999999") is None
    assert orders.export_list("") is None
    asked = Question(DocumentKind.EXPORT_LIST, one.invt_no, Purpose.FINANCING)
    assert not consents.ask(bank, asked, by=BANK).exists
    consents.give(here.companies["F"], bank, Purpose.FINANCING, by=FIRM)
    told = consents.ask(bank, asked, by=BANK)
    assert (told.exists, told.closed, told.backs_payment) == (True, True, False)
    type(one).objects.filter(pk=one.pk).update(state="released")
    assert not consents.ask(bank, asked, by=BANK).closed
