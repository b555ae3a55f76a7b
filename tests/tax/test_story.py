"""October 2026 to the cent: candidates, reasons, declaration, correction, November."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Company
from reference.problems import Refused
from submissions.models import Submission
from tax.deadline import deadline
from tax.deemed import deemed
from tax.law import law
from tax.models import ExemptedLine, ExemptionDeclaration
from tax.selectors import sheet, total
from tax.services import (
    apply_comparison,
    approve,
    close_due,
    complete_record,
    declare,
    mark_invoices,
    preflight,
    prepare,
    reverse_returned,
    send_back,
    withdraw_refused,
)
from tax.services.compare import Compared, Comparison
from tests.accounts import factories as people
from tests.tax.story import NOVEMBER, OCTOBER, Story, key
from trail.actors import SYSTEM, Actor
from trail.models import Entry

pytestmark = pytest.mark.django_db
F = Actor("person", "6", "F")
TAX = Actor("agency", "tax", "tax")
TODAY = date(2026, 11, 12)
EQUAL = Comparison("TAX-1", (), {"zh": "一致", "en": "equal"})


def declared(company: Company, month: date = OCTOBER, **rest: object) -> ExemptionDeclaration:
    return declare(company=company, month=month, by=F, today=TODAY, **rest)


@pytest.fixture
def marked(exporter: Company, story: Story) -> Company:
    """F has said that it holds the invoice of #12."""
    mark_invoices(company=exporter, month=OCTOBER, keys=[key(12)], held=True, by=F)
    return exporter


def test_thirteen_are_exempt_and_seven_not_for_seven_reasons(marked: Company) -> None:
    found = sheet(marked, OCTOBER)
    every, exempt, excluded = total(found.lines), total(found.exempt), total(found.excluded)
    assert (every.count, every.amounts["USD"], every.cny) == (20, Decimal("828.15"), Decimal("5838.48"))
    assert (exempt.count, exempt.amounts["USD"], exempt.cny) == (13, Decimal("470.05"), Decimal("3313.87"))
    assert (excluded.count, excluded.amounts["USD"], excluded.cny) == (
        7,
        Decimal("358.10"),
        Decimal("2524.61"),
    )
    reasons = {int(row.candidate.list_no[-2:]): row.main.code for row in found.excluded if row.main}
    assert reasons == {
        10: "refund_cancelled", 12: "invoice_held", 14: "returned", 15: "other_customs",
        17: "summary_declaration", 19: "next_month", 20: "field_missing",
    }  # fmt: skip
    assert exempt.cny != (exempt.amounts["USD"] * Decimal("7.05")).quantize(Decimal("0.01"))


def test_the_income_tax_of_such_a_year() -> None:
    found = deemed(Decimal("3313.87"), law(), TODAY)
    assert found is not None
    assert (found.income, found.tax, found.small) == (Decimal("132.55"), Decimal("33.14"), Decimal("6.63"))
    whole = deemed(Decimal(1_000_000), law(), TODAY)
    assert whole is not None
    assert (whole.income, whole.tax, whole.small) == (40_000, 10_000, 2_000)
    assert deemed(Decimal(1), law(), date(2019, 12, 31)) is None


def test_the_filing_day_is_the_monday(story: Story) -> None:
    assert deadline(OCTOBER, law()) == date(2026, 11, 16)


def test_f_declares_and_the_comparison_is_equal(marked: Company) -> None:
    row = declared(marked)
    assert (row.version, row.line_count, row.cny, row.state) == (1, 13, Decimal("3313.87"), "declared")
    assert row.submission.reference
    apply_comparison(row, EQUAL, by=TAX)
    row.refresh_from_db()
    assert (row.state, row.comparison_no) == ("compared_equal", "TAX-1")
    assert Submission.objects.get(pk=row.submission_id).state == "accepted"
    assert ExemptedLine.objects.filter(declaration=row, state="exempted").count() == 13
    assert close_due(date(2026, 11, 16)) == 0
    assert close_due(date(2026, 11, 17)) == 1


def test_number_20_is_completed_and_declared_as_a_correction(marked: Company) -> None:
    first = declared(marked)
    apply_comparison(first, EQUAL, by=TAX)
    complete_record(company=marked, month=OCTOBER, key=key(20), fields={"unit": "015"}, reason="漏填", by=F)
    assert Entry.objects.filter(action="exemption.complete").count() == 1
    with pytest.raises(Refused):
        declared(marked)  # without a reason
    second = declared(marked, reason="补登计量单位")
    assert (second.version, second.line_count, second.cny) == (2, 14, Decimal("3509.86"))
    first.refresh_from_db()
    assert first.state == "compared_equal"  # until the correction has been compared
    apply_comparison(second, EQUAL, by=TAX)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert ExemptedLine.objects.filter(declaration=second, state="exempted").count() == 14


def test_number_19_is_novembers_and_a_return_is_taken_back_there(marked: Company, story: Story) -> None:
    first = declared(marked)
    apply_comparison(first, EQUAL, by=TAX)
    story.give_back(13, date(2026, 11, 20))
    assert reverse_returned([(key(13), date(2026, 11, 20))], by=SYSTEM) == {key(13)}
    assert reverse_returned([(key(13), date(2026, 11, 20))], by=SYSTEM) == set()
    october, november = sheet(marked, OCTOBER), sheet(marked, NOVEMBER)
    assert total(october.exempt).count == 13  # October stands as it was declared
    assert [row.candidate.list_no for row in november.exempt] == [key(19)[0]]
    assert november.cny == Decimal("279.18") - Decimal("299.63")
    row = declare(company=marked, month=NOVEMBER, by=F, today=date(2026, 12, 3))
    assert (row.line_count, row.cny) == (2, Decimal("-20.45"))


def test_a_line_is_not_exempted_a_second_time_by_anybody(marked: Company, story: Story) -> None:
    declared(marked)
    other = people.a_company("another")
    found = sheet(other, OCTOBER)
    assert Counter(row.main.code for row in found.excluded if row.main)["already_exempted"] == 13
    assert not preflight(other, OCTOBER, today=TODAY).sheet.reversals


def test_what_tax_does_not_take_can_be_declared_again(marked: Company) -> None:
    row = declared(marked)
    withdraw_refused([row.submission_id], by=TAX, why="not taken")
    row.refresh_from_db()
    assert row.state == "refused"
    again = declared(marked)
    assert (again.version, again.line_count) == (2, 13)
    assert ExemptedLine.objects.count() == 13


def test_differences_are_settled_by_two_people(marked: Company) -> None:
    row = declared(marked)
    told = [Compared(key(1), Decimal("30.00")), Compared(key(2), None)]
    apply_comparison(row, Comparison("TAX-2", told, {"zh": "不一致"}), by=TAX)
    row.refresh_from_db()
    assert row.state == "differences"
    tax = people.an_agency("tax")
    olga, pavel = people.an_official(tax), people.an_official(tax, "supervisor", "pavel")
    a, b = (f"{key(n)[0]}/1" for n in (1, 2))
    for wrong in ({a: "customs"}, {a: "customs", b: "customs"}, {a: "x", b: "exclude"}):
        with pytest.raises(Refused):
            prepare(declaration=row, choices=wrong, reason="r", user=olga, by=F)
    choices = {a: "customs", b: "exclude"}
    first = prepare(declaration=row, choices=choices, reason="按海关数据", user=olga, by=F)
    with pytest.raises(Refused):
        prepare(declaration=row, choices=choices, reason="r", user=pavel, by=F)
    with pytest.raises(Refused):
        approve(settlement=first, user=olga, by=F)
    send_back(settlement=first, user=pavel, by=F, why="再核")
    second = prepare(declaration=row, choices=choices, reason="按海关数据", user=olga, by=F)
    assert approve(settlement=second, user=pavel, by=F).state == "settled"
    held = {(one.list_no, one.gnum): one for one in ExemptedLine.objects.all()}
    assert held[key(1)].cny == Decimal("211.50")
    assert (held[key(2)].state, held[key(2)].reversed_because) == ("reversed", "excluded")


def test_the_preflight_says_everything_and_writes_nothing(exporter: Company, story: Story) -> None:
    early = preflight(exporter, OCTOBER, today=date(2026, 10, 31))
    assert "month.open" in [one.code for one in early.problems]
    late = preflight(exporter, OCTOBER, today=date(2026, 11, 17))
    assert [(one.code, one.level) for one in late.problems] == [("month.late", "warning")]
    assert late.may_declare
    story.filed.pop("EX09")
    assert [one.code for one in preflight(exporter, OCTOBER, today=TODAY).problems] == [
        "exemption.goods_not_filed"
    ] * 2
    assert ExemptionDeclaration.objects.count() == 0


def test_what_was_looked_at_is_what_is_declared(marked: Company) -> None:
    looked = preflight(marked, OCTOBER, today=TODAY).digest
    mark_invoices(company=marked, month=OCTOBER, keys=[key(11)], held=True, by=F)
    with pytest.raises(Refused) as refused:
        declared(marked, digest=looked)
    assert [one.code for one in refused.value.problems] == ["month.changed"]


def test_customs_words_are_not_overwritten(exporter: Company, story: Story) -> None:
    with pytest.raises(Refused) as refused:
        complete_record(
            company=exporter, month=OCTOBER, key=key(20), fields={"unit": "1", "amount": "1"}, reason="", by=F
        )
    codes = {one.code for one in refused.value.problems}
    assert codes == {"record.invalid", "record.not_missing", "record.reason"}
