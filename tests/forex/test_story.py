"""October's money to the cent: pushed, matched, declared, returned, corrected, accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal as D

import pytest

from accounts.models import Company
from forex import answers, demo, orders
from forex.models import BopDeclaration, InwardPayment, PayoutStatement
from forex.orders import KnownOrder
from reference.models import ExchangeRate
from reference.problems import Refused
from submissions import services
from submissions.models import Notice, Referral
from submissions.notices import text_of
from tests.forex.factories import BANK, FIRM, a_bank
from trail.actors import Actor

DAY, NEXT = date(2026, 10, 26), date(2026, 10, 27)
THE_BANK = Actor("agency", "bank", "示例银行")
DESPITE = ("bop.code_in_statistics",)


@pytest.fixture
def october(firm: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """F with three credits pushed, both statements matched, its orders counted by customs, rates loaded."""

    def known(order_nos: Iterable[str], company: Company) -> Mapping[str, KnownOrder]:
        return {number: KnownOrder(number, D(0), "USD", in_statistics=True) for number in order_nos}

    monkeypatch.setattr(orders, "_lookup", known)
    for day, rate in ((date(2026, 10, 20), "7.0400"), (date(2026, 11, 4), "7.0300")):
        ExchangeRate.objects.create(
            currency="USD", kind="spot", valid_from=day, rate=D(rate), source="demo", standing="unverified"
        )
    demo.push_credits(a_bank(), firm, by=BANK)
    demo.match_payouts(firm, by=FIRM)
    return firm


def test_the_statements_are_the_storys(october: Company) -> None:
    rows = PayoutStatement.objects.order_by("number")
    told = [(row.goods, row.freight, row.gross, row.commission, row.other_fees, row.net) for row in rows]
    assert told == [
        (D("267.75"), D("48.00"), D("315.75"), D("47.36"), D("25.60"), D("242.79")),
        (D("560.40"), D("72.00"), D("632.40"), D("94.86"), D("38.40"), D("499.14")),
    ]
    assert [row.lines.count() for row in rows] == [8, 12]
    assert {row.state for row in rows} == {"paid"}


def test_all_again_changes_nothing(october: Company) -> None:
    before = list(InwardPayment.objects.values()), list(PayoutStatement.objects.values())
    demo.push_credits(a_bank(), october, by=BANK)
    demo.match_payouts(october, by=FIRM)
    assert before == (list(InwardPayment.objects.values()), list(PayoutStatement.objects.values()))


def test_the_third_credit_stays_with_an_owner_and_a_clock(october: Company) -> None:
    third = InwardPayment.objects.get(amount=D("88.00"))
    assert (third.state, third.owner_side, third.due_on) == ("unmatched", "company", date(2026, 11, 25))


def test_122030_goes_only_when_its_warning_is_confirmed(october: Company) -> None:
    with pytest.raises(Refused) as refused:
        demo.declare(october, 1, by=FIRM, on=DAY, code="122030")
    assert [one.code for one in refused.value.problems] == ["bop.code_in_statistics"]
    row = demo.declare(october, 1, by=FIRM, on=DAY, code="122030", confirmed=DESPITE)
    assert row.confirmed == ["bop.code_in_statistics"]


def test_returned_corrected_next_day_accepted(october: Company) -> None:
    first = demo.declare(october, 1, by=FIRM, on=DAY, code="122030", confirmed=DESPITE)
    words = "122030 用错：货物已纳入海关统计"
    services.refuse(Referral.objects.get(submission=first.submission).pk, by=THE_BANK, words=words)
    first.refresh_from_db()
    first.submission.refresh_from_db()
    assert (first.state, first.submission.state) == ("returned", "action_needed")
    assert any(words in text_of(one) for one in Notice.objects.filter(code="forex.bop_returned"))

    second = demo.declare(october, 1, by=FIRM, on=NEXT)
    first.refresh_from_db()
    first.submission.refresh_from_db()
    assert (first.state, first.submission.state, second.version) == ("replaced", "refused", 2)
    services.accept(
        Referral.objects.get(submission=second.submission).pk, by=THE_BANK, number="SAFE-2026-0000001"
    )
    second.refresh_from_db()
    second.submission.refresh_from_db()
    assert (second.state, second.submission.state) == ("accepted", "accepted")
    assert second.safe_no == "SAFE-2026-0000001"
    assert second.forwarded_on is not None
    assert (second.actual, second.gross_in, second.gross_out) == (D("242.79"), D("315.75"), D("72.96"))


def test_both_in_cny(october: Company) -> None:
    rows = [
        demo.declare(october, 1, by=FIRM, on=NEXT),
        demo.declare(october, 2, by=FIRM, on=date(2026, 11, 11)),
    ]
    assert [row.cny for row in rows] == [D("1709.24"), D("3508.95")]
    assert sum(row.cny for row in rows) == D("5218.19")
    assert sum(row.gross_in for row in rows) == D("948.15")
    assert sum(row.gross_out for row in rows) == D("206.22")


def test_one_version_is_in_force_at_a_time(october: Company) -> None:
    demo.declare(october, 1, by=FIRM, on=NEXT)
    with pytest.raises(Refused) as refused:
        demo.declare(october, 1, by=FIRM, on=NEXT)
    assert [one.code for one in refused.value.problems] == ["bop.in_force"]
    assert BopDeclaration.objects.count() == 1


def test_what_is_declared_cannot_be_unmatched(october: Company) -> None:
    from forex import matching
    from forex.models import Match

    demo.declare(october, 1, by=FIRM, on=NEXT)
    made = Match.objects.get(payment__amount=D("242.79"))
    with pytest.raises(Refused) as refused:
        matching.unmatch(made.pk, company_id=october.pk, by=FIRM, why="no")
    assert [one.code for one in refused.value.problems] == ["match.declared"]


def test_another_firm_declares_nothing_of_it(october: Company) -> None:
    from forex import declarations
    from tests.accounts import factories as people

    payment = InwardPayment.objects.get(amount=D("242.79"))
    one = declarations.prefilled(declarations.basis(payment, NEXT), NEXT)
    with pytest.raises(InwardPayment.DoesNotExist):
        declarations.declare(payment.pk, one, company=people.a_company(), by=FIRM, channel="api")


def test_the_frozen_declaration_has_every_field_for_the_bank(october: Company) -> None:
    import json

    row = demo.declare(october, 1, by=FIRM, on=NEXT)
    body = json.loads(services.unseal_payload(row.submission))
    assert body["declaration_no"] == demo.CREDITS[0].declaration_no
    assert body["account"] == demo.ACCOUNT
    assert body["organisation_code"] == october.uscc[8:17]
    assert len(body["orders"]) == body["orders_in_customs_statistics"] == 8
    assert (body["gross_in"], body["gross_out"], body["version"]) == ("315.75", "72.96", 1)


def test_the_joint_state_of_a_declaration_still_under_way_is_its_referrals(october: Company) -> None:
    row = demo.declare(october, 1, by=FIRM, on=NEXT)
    assert answers.joint_states([row.pk]) == {row.pk: "in_progress"}


def test_the_indicators_of_october_and_november(october: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from forex.indicator_rows import report
    from forex.orders import ExportRow

    rows = [
        ExportRow(f"E{number}", date(2026, 10, 10), D(usd), "USD") for number, usd in enumerate(demo.AMOUNTS)
    ]
    monkeypatch.setattr(orders, "_exports_lookup", lambda company, since, until: rows)
    for number, on in ((1, NEXT), (2, date(2026, 11, 11))):
        row = demo.declare(october, number, by=FIRM, on=on)
        services.accept(
            Referral.objects.get(submission=row.submission).pk, by=THE_BANK, number=f"SAFE-000{number}"
        )
    found = report(october, date(2026, 10, 1), date(2026, 11, 30))
    assert (found.plain_sums.exports, found.plain_sums.inward) == (D("828.15"), D("741.93"))
    assert (found.plain.difference, found.plain.difference_ratio) == (D("-86.22"), D("-0.0549"))
    assert found.plain.money_to_goods == D("0.8959")
    assert (found.gross.difference, found.gross.difference_ratio) == (D("120.00"), D("0.0676"))
    assert found.gross.money_to_goods == D("1.1449")
    undeclared = [row.amount for row in found.rows if row.figure == "undeclared"]
    assert undeclared == [D("88.00")]
