"""Story §7 from the form to the closed declaration, and every way in which customs may answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from accounts.principals import principal_of_user
from agencies.store import Store
from customs.b2b.definition import DEFINITION
from customs.b2b.judging import judge
from customs.b2b.overview import figures
from customs.demo import b2b as demo
from customs.demo.b2b import RETURNS, returns_of
from customs.models import B2BDeclaration
from reference.problems import Refused
from submissions import inbox, papers, services
from submissions.definitions import filling, information
from submissions.figures import Period
from submissions.models import (
    InboxMessage,
    InboxState,
    InformationRequest,
    Notice,
    Paper,
    Referral,
    ReferralState,
    Submission,
    Transition,
)
from tests.accounts import factories as people
from tests.customs.b2b.factories import (
    G_CLERK,
    Firms,
    bicycles,
    customs_decides,
    declared,
    direct,
    exported,
    raw,
    say,
    share_of,
)

pytestmark = pytest.mark.django_db
APPLIED = InboxState.APPLIED


def test_the_bicycles_are_b2b_to_the_cent(here: Firms) -> None:
    row = declared(here)
    assert (row.amount, row.cny, row.rate) == (Decimal("31200.00"), Decimal("219960.00"), Decimal("7.050000"))
    assert (row.verdict, row.fitting_mode, row.documents) == ("cbec_b2b", "9810", "two")
    assert (row.company, row.declarant, row.state) == (here.exporter, here.declarant, "declared")
    line = row.lines.get()
    assert (line.goods_name, line.hs10, line.unit, line.amount) == (
        "山地自行车", "8712003000", "003", Decimal("31200.00"),
    )  # fmt: skip
    assert not row.wrongly_claimed


def test_customs_gets_lines_sums_and_what_the_rules_say(here: Firms) -> None:
    sent = share_of(declared(here))
    record = sent["record"]
    assert (record["amount"], record["cny"]) == ("31200.00", "219960.00")
    assert record["lines"][0]["hs"] == "8712003000"
    assert record["classification"] == {
        "verdict": "cbec_b2b", "fitting_mode": "9810", "documents": "two", "unmet": [],
    }  # fmt: skip


def test_customs_accepts_releases_and_closes(here: Firms, store: Store) -> None:
    row = declared(here)
    assert customs_decides(row, store) == [APPLIED] * 3
    assert (row.state, row.declaration_no) == ("closed", "021320260000000007")
    assert (row.released_on, row.export_date) == (date(2026, 9, 18), date(2026, 9, 18))
    referral = Referral.objects.get(submission=row.submission)
    assert (referral.state, referral.agency_number) == (ReferralState.ACCEPTED, "021320260000000007")
    assert Notice.objects.filter(company=here.exporter, code="b2b.closed").exists()
    verbs = list(Transition.objects.filter(submission=row.submission).values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith("b2b.")] == [
        "b2b.declare", "b2b.accept", "b2b.release", "b2b.close",
    ]  # fmt: skip
    assert [(allowed, free) for _day, allowed, free in returns_of(row)] == [one[2:] for one in RETURNS]


def test_what_comes_twice_or_late_is_no_news_and_what_never_fits_is_parked(here: Firms) -> None:
    row = declared(here)
    assert say(row, status="released", number="021320260000000009", on="2026-09-18") == APPLIED
    assert say(row, status="accepted", number="021320260000000009") == APPLIED
    assert (row.state, row.declaration_no) == ("released", "021320260000000009")
    assert say(row, status="released", number="021320260000000009", on="2026-09-18") == APPLIED
    assert say(row, status="refused") == InboxState.PARKED
    assert say(row, status="closed") == InboxState.PARKED  # no day
    assert say(row, status="elsewhere", on="2026-09-18") == InboxState.PARKED
    assert say(row, status="closed", on="2026-09-18", reference="TJ26-9999-9999-9") == InboxState.PARKED
    assert row.state == "released"


def test_a_closing_before_the_release_is_read_again(here: Firms) -> None:
    row = declared(here)
    assert say(row, status="closed", on="2026-09-18") == InboxState.RECEIVED
    assert row.state == "declared"


@pytest.mark.parametrize("order", list(permutations(("accepted", "released", "closed"))))
def test_whatever_the_order_it_ends_closed(here: Firms, order: tuple[str, ...]) -> None:
    row = declared(here)
    for status in order:
        say(row, status=status, number="021320260000000007", on="2026-09-18")
    for waiting in InboxMessage.objects.filter(state=InboxState.RECEIVED):
        InboxMessage.objects.filter(pk=waiting.pk).update(due_at=timezone.now())
        inbox.process(waiting.pk)
    row.refresh_from_db()
    assert (row.state, row.export_date, row.declaration_no) == (
        "closed", date(2026, 9, 18), "021320260000000007",
    )  # fmt: skip


def test_withdrawn_before_customs_has_it(here: Firms) -> None:
    row = declared(here)
    services.withdraw(row.submission_id, by=G_CLERK)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert say(row, status="released", on="2026-09-18") == InboxState.PARKED


def test_sent_back_corrected_and_declared_again(here: Firms, store: Store) -> None:
    row = declared(here, raw(note="scenario=send-back"))
    assert customs_decides(row, store) == [APPLIED]
    assert row.state == "sent_back"
    question = InformationRequest.objects.get(referral__submission=row.submission)
    assert [field.code for field in information.fields_of(question)] == ["logistics_no"]
    information.answer(question, {"logistics_no": "DEMOBL26090008"}, "", by=G_CLERK)
    row.refresh_from_db()
    assert (row.state, row.version, row.logistics_no) == ("declared", 2, "DEMOBL26090008")
    assert row.lines.count() == 1
    answer = share_of(row, "information")
    assert answer["record"]["amount"] == "31200.00"
    assert customs_decides(row, store, answer) == [APPLIED] * 3
    assert row.state == "closed"


def test_a_correction_that_is_wrong_as_a_whole_is_refused_and_changes_nothing(here: Firms) -> None:
    row = declared(here)
    problems = [
        {"code": "x", "path": "/goods", "text": "更正"},
        {"code": "x", "path": "/declarant", "text": "更正"},
    ]
    say(row, status="sent_back", words={"zh": "退单", "en": "Sent back"}, problems=problems)
    question = InformationRequest.objects.get(referral__submission=row.submission)
    wrong = {
        "goods": [{"item_no": "EX99", "quantity": "1", "unit_price": "1"}],
        "declarant": "91110000600037341L",
    }
    with pytest.raises(Refused) as refused:
        information.answer(question, wrong, "", by=G_CLERK)
    assert {one.code for one in refused.value.problems} == {"b2b.goods_unfiled", "b2b.declarant"}
    row.refresh_from_db()
    assert (row.state, row.version) == ("sent_back", 1)


def test_everything_wrong_is_told_at_once(here: Firms) -> None:
    bicycles(here.exporter, "EX04", trade_modes=["9610"])
    answers = raw(
        booking_no=None,
        declarant="91110000600037341L",
        customs_office="9999",
        goods=[
            {"item_no": "EX99", "quantity": "2", "unit_price": "3"},
            {"item_no": "EX04", "quantity": "1", "unit_price": "0"},
            {"item_no": "", "quantity": "x", "unit_price": "1"},
        ],
    )
    draft = filling.begin(DEFINITION, here.exporter, by=G_CLERK, raw=answers)
    with pytest.raises(Refused) as refused:
        filling.hand_in(draft, by=G_CLERK)
    assert {(one.code, one.path) for one in refused.value.problems} == {
        ("b2b.number", "/booking_no"),
        ("b2b.declarant", "/declarant"),
        ("b2b.office", "/customs_office"),
        ("b2b.goods_unfiled", "/goods/1/item_no"),
        ("b2b.goods_amount", "/goods/2/unit_price"),
        ("form.required", "/goods/3/item_no"),
        ("form.number", "/goods/3/quantity"),
    }
    assert not B2BDeclaration.objects.exists()


def test_a_wrong_mode_is_a_finding_not_an_obstacle(here: Firms) -> None:
    row = declared(here, direct(buyer="person"))
    assert (row.verdict, row.fitting_mode, row.wrongly_claimed) == ("general_trade", "9610", True)
    found = judge(here.exporter, direct(buyer="person"))
    assert [(one.code, one.level) for one in found] == [("b2b.mode", "warning"), ("b2b.business", "warning")]


def test_a_filed_warehouse_is_known_and_another_number_is_told(here: Firms) -> None:
    filed = Submission.objects.create(
        kind="overseas-warehouse",
        company=here.exporter,
        reference="TJ26-0000-7777-1",
        state="accepted",
        submitted_at=timezone.now(),
    )
    assert judge(here.exporter, raw(warehouse_no=filed.reference)) == []
    told = judge(here.exporter, raw(warehouse_no="TJ26-0000-7777-2"))
    assert [(one.code, one.level) for one in told] == [("b2b.warehouse_no", "warning")]


def test_the_release_is_a_paper_anyone_verifies(here: Firms) -> None:
    row = declared(here)
    with pytest.raises(Refused):
        papers.ensure(Paper.Kind.CERTIFICATE, row.submission, by=G_CLERK)
    exported(row)
    submission = Submission.objects.get(pk=row.submission_id)
    paper = papers.ensure(Paper.Kind.CERTIFICATE, submission, by=G_CLERK)
    found = papers.verify(paper.code)
    assert found is not None
    assert found.genuine
    facts: Any = {en: value for _zh, en, value in DEFINITION.certificate.facts(submission, {})}  # type: ignore[union-attr]
    assert facts["Amount"] == "USD 31,200.00 (CNY 219,960.00)"
    assert facts["Order or booking"] == "WH-2026-0007"


def test_the_overview_counts_by_day_of_export(here: Firms) -> None:
    exported(declared(here))
    exported(declared(here, direct()), "2026-10-02")
    declared(here)
    named = {figure.code: figure for figure in figures()}
    autumn = Period(date(2026, 9, 1), date(2026, 10, 31))
    value, count = named["b2b-exported"], named["b2b-count"]
    assert value.value(here.exporter, autumn) == Decimal("439920.00")
    assert count.value(here.exporter, Period(date(2026, 9, 1), date(2026, 9, 30))) == 1
    assert value.table is not None
    assert value.table(here.exporter, autumn).rows == [
        ("2026-09", (Decimal(0), Decimal("219960.00"))),
        ("2026-10", (Decimal("219960.00"), Decimal(0))),
    ]
    always = Period(date(2026, 1, 1), date(2030, 1, 1))
    assert named["b2b-matched"].value(here.exporter, always) == Decimal("0.0")
    assert named["b2b-matched"].value(here.declarant, always) is None


def test_the_demonstration_is_played_once_and_told_of_its_day(here: Firms) -> None:
    by = principal_of_user(people.a_member(here.declarant))
    first = demo.hand_in(here.exporter, by)
    assert demo.hand_in(here.exporter, by) == first
    row = exported(B2BDeclaration.objects.get(submission=first))
    assert (row.declared_on, row.declarant) == (demo.DECLARED, here.declarant)
    assert [one[1:] for one in demo.returns_of(row)] == [one[2:] for one in RETURNS]


def test_refused_at_customs_ends_with_the_submission(here: Firms) -> None:
    row = declared(here)
    assert say(row, status="refused", words={"zh": "不予受理", "en": "Refused"}) == APPLIED
    assert row.state == "refused"
    assert Submission.objects.get(pk=row.submission_id).state == "refused"
