"""Recording, withdrawing by two people, repair, levels, looks; and that the database keeps them as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from credit import selectors, services
from credit.models import CustomsLevel, Fact, FactEvent, Look
from credit.services import Conflict, FactIn, LevelIn
from reference.problems import Refused
from submissions.models import Notice
from tests.accounts.factories import TESTER, a_company, an_agency, an_official
from tests.credit.situations import A_FACT, a_fact, with_levels

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def test_the_same_number_with_the_same_content_is_one_record_and_with_another_a_conflict() -> None:
    company, agency = a_company(), an_agency()
    told = replace(A_FACT, record_no="N-1")
    first, new = services.record_fact(told, company=company, agency=agency, by=TESTER)
    again, repeated = services.record_fact(told, company=company, agency=agency, by=TESTER)
    assert (first, new, repeated) == (again, True, False)
    with pytest.raises(Conflict):
        services.record_fact(replace(told, severity="serious"), company=company, agency=agency, by=TESTER)
    with pytest.raises(Conflict):
        services.record_fact(told, company=a_company("另一示例"), agency=agency, by=TESTER)
    _other, fresh = services.record_fact(told, company=company, agency=an_agency("market"), by=TESTER)
    assert fresh
    assert Notice.objects.filter(company=company, code="credit.recorded").count() == 2


def test_everything_wrong_with_a_fact_is_said_at_once() -> None:
    told = FactIn("misstatement", "general", date(2100, 1, 1), "", "x" * 101, " ", "", "goods", "", "xyz")
    with pytest.raises(Refused) as refused:
        services.record_fact(told, company=a_company(), agency=an_agency(), by=TESTER)
    assert set(codes(refused)) == {
        "fact.future",
        "fact.number",
        "fact.words",
        "fact.subject",
        "fact.evidence",
    }
    assert Fact.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"type": "no-such"}, "fact.type"),
        ({"severity": "grave"}, "fact.severity"),
        ({"type": "tax-arrears", "severity": "minor"}, "fact.severity"),
        ({"type": "late-correction", "severity": "minor"}, "fact.observed"),
        ({"subject_kind": "planet", "subject_code": "1"}, "fact.subject_kind"),
    ],
)
def test_kinds_and_classes_are_those_of_the_data(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        a_fact(**changed)
    assert codes(refused) == [code]


@pytest.mark.parametrize(
    "statement", ["UPDATE credit_fact SET severity = 'minor'", "DELETE FROM credit_fact"]
)
def test_not_even_the_database_edits_a_fact(statement: str) -> None:
    fact = a_fact()
    with (
        pytest.raises(DatabaseError, match="never edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    fact.refresh_from_db()
    assert fact.severity == "general"


def test_what_happens_at_a_desk_is_noted_once_with_the_basis_of_the_data() -> None:
    company, _customs = a_company(), an_agency()
    words = ("支付单更正逾期（示例）", "Late (example)")
    told = {"company": company, "key": "O10", "number": "O10", "on": TODAY, "words": words, "by": TESTER}
    made = [services.observe("late-correction", **told) for _ in range(2)]
    assert made[0] is not None
    assert made[0] == made[1]
    assert (made[0].severity, made[0].observed, made[0].agency.code) == ("minor", True, "customs")
    assert made[0].basis_zh
    assert services.observe("misstatement", **told) is None
    assert selectors.public_rows(company, TODAY) == []


# --- two people -------------------------------------------------------------------------------------------


def test_a_fact_is_withdrawn_by_two_people_and_is_still_there() -> None:
    fact = a_fact()
    olga, otto = an_official(fact.agency), an_official(fact.agency, name="otto")
    row = services.propose_withdrawal(fact, user=olga, why="wrong firm", by=TESTER)
    with pytest.raises(Refused) as refused:
        services.decide_withdrawal(row, "approve", user=olga, by=TESTER)
    assert codes(refused) == ["withdrawal.second_person"]
    assert selectors.score_of(fact.company, TODAY).value < 100
    services.decide_withdrawal(row, "approve", user=otto, by=TESTER)
    assert selectors.score_of(fact.company, TODAY).value == 100
    assert selectors.public_rows(fact.company, TODAY) == []
    assert [one.state for one in selectors.rows_of(fact.company, TODAY)] == ["withdrawn"]
    with pytest.raises(Refused) as refused:
        services.decide_withdrawal(row, "decline", user=otto, by=TESTER)
    assert codes(refused) == ["withdrawal.decided"]
    with pytest.raises(Refused) as refused:
        services.propose_withdrawal(fact, user=olga, why="again", by=TESTER)
    assert codes(refused) == ["withdrawal.done"]


def test_one_proposal_at_a_time_and_a_declined_one_may_be_followed_by_another() -> None:
    fact = a_fact()
    olga, otto = an_official(fact.agency), an_official(fact.agency, name="otto")
    row = services.propose_withdrawal(fact, user=olga, why="wrong", by=TESTER)
    with pytest.raises(Refused) as refused:
        services.propose_withdrawal(fact, user=otto, why="wrong", by=TESTER)
    assert codes(refused) == ["withdrawal.pending"]
    services.decide_withdrawal(row, "decline", user=otto, by=TESTER)
    assert not fact.events.exists()
    services.propose_withdrawal(fact, user=otto, why="wrong all the same", by=TESTER)
    with pytest.raises(Refused) as refused:
        services.propose_withdrawal(fact, user=olga, why=" ", by=TESTER)
    assert codes(refused) == ["withdrawal.why"]


# --- known when -------------------------------------------------------------------------------------------


def test_a_past_day_keeps_its_score_as_it_was_known_then() -> None:
    company = a_company()
    before = datetime(2026, 10, 1, tzinfo=UTC)
    fact = a_fact(company, at=datetime(2026, 9, 1, tzinfo=UTC))
    day = date(2026, 9, 30)
    then = selectors.score_of(company, day, before).value
    assert then == Decimal("87.5")
    services.withdraw(fact, by=TESTER, why="wrong")
    a_fact(company, severity="serious", ruled_on=date(2026, 9, 2))
    assert selectors.score_of(company, day, before).value == then
    assert selectors.score_of(company, day).value == Decimal("60.0")


def test_f_of_the_story_is_public_until_its_repair_and_counts_half_from_then_on() -> None:
    fact = a_fact(at=datetime(2026, 5, 8, tzinfo=UTC))
    services.repair(fact, by=TESTER, on=date(2026, 11, 20), at=datetime(2026, 11, 20, 2, tzinfo=UTC))
    services.repair(fact, by=TESTER)
    assert FactEvent.objects.filter(fact=fact).count() == 1
    assert [row.fact for row in selectors.public_rows(fact.company, date(2026, 11, 19))] == [fact]
    assert selectors.public_rows(fact.company, date(2026, 11, 20)) == []
    assert selectors.score_of(fact.company, date(2026, 11, 20)).value == Decimal("94.4")
    assert Notice.objects.filter(company=fact.company, code="credit.repaired").count() == 1


# --- customs' level ---------------------------------------------------------------------------------------


def test_a_level_is_received_with_its_day_and_its_rule() -> None:
    with_levels()
    company, customs = a_company(), an_agency()
    told = LevelIn("certified", date(2026, 6, 1), "津关认〔2026〕1号")
    row, new = services.record_level(told, company=company, agency=customs, by=TESTER)
    assert (new, row.rule) == (True, "海关总署令第282号")
    assert services.record_level(told, company=company, agency=customs, by=TESTER) == (row, False)
    with pytest.raises(Conflict):
        services.record_level(replace(told, level="regular"), company=company, agency=customs, by=TESTER)
    assert selectors.standing(company, date(2026, 5, 31)).customs_level == ""
    now = selectors.standing(company, TODAY)
    assert (now.customs_level, now.level_since, now.score, now.formula_version) == (
        "certified", date(2026, 6, 1), Decimal("100.0"), "v1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("level", "day", "code"),
    [
        ("certified", date(2026, 3, 31), "level.code"),  # Order 251 knew no such level
        ("other", date(2026, 4, 1), "level.code"),  # Order 282 no longer does
        ("other", date(2026, 3, 31), ""),
        ("seriously_dishonest", date(2026, 4, 1), ""),
    ],
)
def test_levels_are_those_of_the_order_in_force(level: str, day: date, code: str) -> None:
    with_levels()
    told, customs, company = LevelIn(level, day, "1"), an_agency(), a_company()
    if code:
        with pytest.raises(Refused) as refused:
            services.record_level(told, company=company, agency=customs, by=TESTER)
        assert codes(refused) == [code]
    else:
        assert services.record_level(told, company=company, agency=customs, by=TESTER)[1]


def test_only_customs_gives_levels() -> None:
    with_levels()
    told = LevelIn("certified", date(2026, 6, 1), "1")
    with pytest.raises(Refused) as refused:
        services.record_level(told, company=a_company(), agency=an_agency("tax"), by=TESTER)
    assert codes(refused) == ["level.agency"]
    assert not CustomsLevel.objects.exists()


def test_many_companies_are_asked_in_as_many_queries_as_one(django_assert_num_queries) -> None:
    companies = [a_company() for _ in range(4)]
    for company in companies:
        a_fact(company)
    with django_assert_num_queries(3):
        found = selectors.standings([one.pk for one in companies], TODAY)
    assert len(found) == 4


def test_a_look_needs_a_reason_and_is_kept() -> None:
    company, agency = a_company(), an_agency()
    with pytest.raises(Refused):
        services.look(company, agency=agency, by=TESTER, reason="  ")
    services.look(company, agency=agency, by=TESTER, reason="case 1")
    assert Look.objects.get().reason == "case 1"
