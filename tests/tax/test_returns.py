"""Returns on record at customs reach the exemption: taken back in their month, or never declared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Company
from customs.export.returns import Returned, enter_return
from customs.models import ExportList
from reference.problems import Refused
from submissions.models import Notice
from tax import tasks
from tax.models import IN_FORCE, UNDER_WAY, ExemptedLine, ExemptionDeclaration
from tax.selectors import sheet
from tax.services import apply_comparison, declare, reverse_returned
from tax.services.compare import Comparison
from tests.accounts import factories as people
from tests.customs.export import month
from tests.customs.export.test_returns import _official
from tests.customs.factories import world
from tests.tax.story import NOVEMBER, OCTOBER, Closed, Story, key
from tests.tax.test_once import F, tried
from tests.tax.test_story import EQUAL, TAX, TODAY, declared
from trail.actors import SYSTEM

BACK = date(2026, 11, 20)


def closed_by(one: ExportList) -> Closed:
    """The list of the customs room as the story's sources hand it out."""
    return next(line for line in Story().lines if line.list_no == one.invt_no)


@pytest.mark.django_db
def test_what_customs_enters_reverses_what_stands_exempted(story: Story, tmp_path: Path) -> None:
    here = world()
    people.an_agency("tax")
    month.october(here, tmp_path)
    firm = here.companies["F"]
    story.give_back(14, date(2026, 11, 6))
    apply_comparison(declared(firm), EQUAL, by=TAX)
    told = {"gnum": 1, "mode": "9661", "reason": "买家退货"}
    for number in (13, 15):  # 15 was never exempt
        one = ExportList.objects.get(invt_no=key(number)[0])
        amount = closed_by(one).quantity
        assert amount is not None
        enter_return(Returned(list_id=one.pk, returned_on=BACK, quantity=amount, **told), by=_official())  # type: ignore[arg-type]
        story.give_back(number, BACK)
    held = ExemptedLine.objects.get(list_no=key(13)[0])
    assert (held.state, held.reversed_because, held.reversed_month) == ("reversed", "returned", NOVEMBER)
    assert ExemptedLine.objects.filter(state="reversed").count() == 1
    assert Notice.objects.filter(company=firm, code="exemption.returned").count() == 1
    assert [row.list_no for row in sheet(firm, NOVEMBER).reversals] == [key(13)[0]]


@pytest.mark.django_db(transaction=True)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(back=st.sets(st.integers(1, 4), min_size=1, max_size=3), corrects=st.booleans())
def test_a_line_stands_once_while_months_are_declared_corrected_and_goods_return(
    back: set[int], corrects: bool
) -> None:
    """Two browsers declare, customs enters returns, tax compares: all at the same moment."""
    from tax import sources

    people.an_agency("tax")
    company, told = people.a_company(), Story(Story().lines[:4])
    told.lines = [
        replace(one, list_no=f"{one.list_no[:9]}{company.pk:09d}", gnum=n)
        for n, one in enumerate(told.lines, 1)
    ]
    keys = {n: (one.list_no, one.gnum) for n, one in enumerate(told.lines, 1)}
    with sources.connected(told):
        if corrects:
            apply_comparison(declared(company), Comparison("T", (), {}), by=TAX)
        gate = Barrier(4)
        with ThreadPoolExecutor(4) as pool:
            acts = [
                pool.submit(_after, gate, lambda: tried(company)),
                pool.submit(_after, gate, lambda: _corrected(company)),
                pool.submit(_after, gate, lambda: _came_back(told, company, {keys[n] for n in back})),
                pool.submit(_after, gate, lambda: _compared(company)),
            ]
            for act in acts:
                act.result(timeout=60)
        _compared(company)
        _holds(company, {keys[n] for n in back})


def _after(gate: Barrier, act: object) -> None:
    gate.wait(timeout=20)
    try:
        act()  # type: ignore[operator]
    finally:
        connection.close()


def _corrected(company: Company) -> None:
    try:
        declare(company=company, month=OCTOBER, by=F, today=TODAY, reason="r")
    except Refused:
        return


def _came_back(told: Story, company: Company, keys: set[tuple[str, int]]) -> None:
    """As the customs room does it: the return is on record before the exemption hears of it."""
    told.lines = [
        replace(one, returned_on=BACK) if (one.list_no, one.gnum) in keys else one for one in told.lines
    ]
    reverse_returned([(one, BACK) for one in sorted(keys)], by=SYSTEM, companies=[company.pk])


def _compared(company: Company) -> None:
    row = ExemptionDeclaration.objects.filter(company=company, state="declared").first()
    if row is not None:
        apply_comparison(row, Comparison("T", (), {}), by=TAX)


def _holds(company: Company, back: set[tuple[str, int]]) -> None:
    rows = ExemptedLine.objects.filter(company=company).select_related("declaration")
    keys = [(row.list_no, row.gnum) for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        if (row.list_no, row.gnum) in back:
            assert row.state == "reversed", "what came back does not stand"
        if row.state == "exempted":
            assert row.declaration.state in (*IN_FORCE, *UNDER_WAY)
    in_force = ExemptionDeclaration.objects.filter(company=company, state__in=IN_FORCE)
    assert in_force.count() <= 1


@pytest.mark.django_db
def test_the_clock_closes_months_whose_filing_day_has_passed(
    exporter: Company, story: Story, monkeypatch
) -> None:
    from django.utils import timezone

    row = declared(exporter)
    apply_comparison(row, EQUAL, by=TAX)
    for day, state in ((date(2026, 11, 16), "compared_equal"), (date(2026, 11, 17), "closed")):
        monkeypatch.setattr(timezone, "localdate", lambda *args, day=day: day)
        tasks.close_months()
        row.refresh_from_db()
        assert row.state == state
