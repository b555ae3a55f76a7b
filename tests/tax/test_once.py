"""A line is exempted once, ever: declarations at the same time, and any order of declaring, answering and returning."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Company
from reference.problems import Refused
from submissions.models import Submission
from tax import sources
from tax.models import IN_FORCE, ExemptedLine, ExemptionDeclaration
from tax.services import apply_comparison, declare, mark_invoices, reverse_returned, withdraw_refused
from tax.services.compare import Comparison
from tests.accounts import factories as people
from tests.tax.story import OCTOBER, Story, key
from trail.actors import SYSTEM, Actor

F, TAX, TODAY = Actor("person", "6", "F"), Actor("agency", "tax", "tax"), date(2026, 11, 12)


def tried(company: Company) -> str:
    """Declared or refused."""
    try:
        return str(declare(company=company, month=OCTOBER, by=F, today=TODAY).submission.reference)
    except Refused as refused:
        return refused.problems[0].code
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("companies", [1, 4])
def test_of_declarations_at_once_one_wins(story: Story, exporter: Company, companies: int) -> None:
    """Four browsers of one company; four companies that all find themselves named in the lists."""
    firms = [exporter, *(people.a_company(f"firm {n}") for n in range(companies - 1))]
    gate = Barrier(4)

    def go(n: int) -> str:
        gate.wait(timeout=20)
        return tried(firms[n % companies])

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(4)))
    won = [one for one in outcomes if one.startswith("TJ")]
    assert len(won) == 1, outcomes
    assert Submission.objects.count() == ExemptionDeclaration.objects.count() == 1
    assert ExemptedLine.objects.count() == 14  # nobody marked the invoice of #12


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_row(story: Story, exporter: Company) -> None:
    row = declare(company=exporter, month=OCTOBER, by=F, today=TODAY)
    values = {"list_no": key(1)[0], "gnum": 1, "company": exporter, "month": OCTOBER, "cny": Decimal(1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        ExemptedLine.objects.create(declaration=row, **values)


class Months(RuleBasedStateMachine):
    """October declared, answered, corrected, given back in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()  # each sequence by itself
        self.example.__enter__()
        people.an_agency("tax")
        self.company = people.a_company("F")
        self.story = Story(Story().lines[:4])
        self.connected = sources.connected(self.story)
        self.connected.__enter__()
        self.back: set[int] = set()

    def teardown(self) -> None:
        self.connected.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def open(self) -> ExemptionDeclaration | None:
        return ExemptionDeclaration.objects.filter(company=self.company, state="declared").first()

    @rule()
    def declares(self) -> None:
        try:
            with transaction.atomic():
                declare(company=self.company, month=OCTOBER, by=F, today=TODAY, reason="r")
        except Refused:
            return

    @rule()
    def tax_finds_it_equal(self) -> None:
        if (row := self.open()) is not None:
            apply_comparison(row, Comparison("T", (), {}), by=TAX)

    @rule()
    def tax_does_not_take_it(self) -> None:
        if (row := self.open()) is not None:
            withdraw_refused([row.submission_id], by=TAX, why="no")

    @rule(number=st.integers(1, 4), held=st.booleans())
    def marks(self, number: int, held: bool) -> None:
        try:
            mark_invoices(company=self.company, month=OCTOBER, keys=[key(number)], held=held, by=F)
        except Refused:
            return

    @rule(number=st.integers(1, 4))
    def comes_back(self, number: int) -> None:
        self.story.give_back(number, date(2026, 12, 1))
        self.back.add(number)
        reverse_returned([(key(number), date(2026, 12, 1))], by=SYSTEM)

    @invariant()
    def no_line_stands_twice(self) -> None:
        keys = list(ExemptedLine.objects.values_list("list_no", "gnum"))
        assert len(keys) == len(set(keys))

    @invariant()
    def what_stands_is_declared_in_force_or_under_way(self) -> None:
        for row in ExemptedLine.objects.filter(state="exempted").select_related("declaration"):
            assert row.declaration.state in (*IN_FORCE, "declared")
            assert row.declaration.lines.filter(list_no=row.list_no, kind="exempt").exists()

    @invariant()
    def the_version_in_force_holds_each_of_its_lines(self) -> None:
        for row in ExemptionDeclaration.objects.filter(state__in=IN_FORCE):
            held = ExemptedLine.objects.filter(declaration=row)
            for line in row.lines.all():
                one = held.get(list_no=line.list_no, gnum=line.gnum)
                assert one.state == "exempted" or one.reversed_because == "returned"

    @invariant()
    def what_came_back_does_not_stand(self) -> None:
        lists = [key(number)[0] for number in self.back]
        assert not ExemptedLine.objects.filter(list_no__in=lists, state="exempted").exists()


@pytest.mark.django_db
def test_in_any_order_a_line_stands_once() -> None:
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
