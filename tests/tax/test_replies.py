"""The tax authority's comparison through the real inbox: applied once, parked when it fits nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

import pytest

from accounts.models import Company
from agencies import tax as stub
from agencies.offices import Case
from agencies.offices import body_of as case_body
from agencies.store import Store
from submissions import inbox
from submissions.dispatch import body_of
from submissions.models import Dispatch, InboxMessage, InboxState, Referral, ReferralState
from tax.models import ExemptedLine, ExemptionDeclaration
from tax.services import mark_invoices
from tests.tax.story import OCTOBER, Story, key
from tests.tax.test_story import F, declared

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(exporter: Company, story: Story) -> ExemptionDeclaration:
    mark_invoices(company=exporter, month=OCTOBER, keys=[key(12)], held=True, by=F)
    return declared(exporter)


def say(row: ExemptionDeclaration, **content: Any) -> str:
    """The authority's message; what became of it."""
    told = {"type": "comparison", "reference": row.submission.reference, "number": "TAX1"} | content
    stored = inbox.store("tax", uuid.uuid4().hex, json.dumps(told).encode(), "application/json")
    inbox.process(stored.id)
    row.refresh_from_db()
    return InboxMessage.objects.get(pk=stored.id).state


def test_the_authority_gets_the_lines_under_the_reference_number(row: ExemptionDeclaration) -> None:
    sent = json.loads(body_of(Dispatch.objects.get(referral__submission=row.submission)))
    assert (sent["reference"], sent["kind"]) == (row.submission.reference, "exemption-declaration")
    assert (len(sent["lines"]), sent["total_cny"]) == (13, "3313.87")


def test_an_equal_comparison_is_in_force_and_the_same_again_is_no_news(row: ExemptionDeclaration) -> None:
    for _ in range(2):
        assert say(row, words={"zh": "一致", "en": "equal"}) == InboxState.APPLIED
        assert (row.state, row.comparison_no, row.words_en) == ("compared_equal", "TAX1", "equal")
    referral = Referral.objects.get(submission=row.submission)
    assert (referral.state, referral.agency_number) == (ReferralState.ACCEPTED, "TAX1")
    assert say(row, number="TAX2") == InboxState.PARKED
    assert row.comparison_no == "TAX1"


def test_a_difference_waits_for_two_officials(row: ExemptionDeclaration) -> None:
    other = {"list_no": key(1)[0], "gnum": 1, "amount": "30.00"}
    gone = {"list_no": key(2)[0], "gnum": 1, "amount": None}
    assert say(row, differences=[other, gone]) == InboxState.APPLIED
    assert row.state == "differences"
    outcomes = dict(row.lines.exclude(outcome="equal").values_list("list_no", "outcome"))
    assert outcomes == {key(1)[0]: "amount", key(2)[0]: "missing"}


@pytest.mark.parametrize(
    "content",
    [
        {"reference": "TJ26-9999-9999-9"},
        {"differences": [{"list_no": "021320260000000000", "gnum": 1, "amount": "1"}]},
        {"differences": "none"},
    ],
)
def test_what_fits_nothing_is_parked(row: ExemptionDeclaration, content: dict[str, Any]) -> None:
    assert say(row, **content) == InboxState.PARKED
    assert row.state == "declared"


@pytest.mark.parametrize(
    ("remark", "state"),
    [
        ("", "compared_equal"),
        ("scenario=ask", "compared_equal"),
        ("scenario=difference", "differences"),
        ("scenario=missing", "differences"),
    ],
)
def test_what_the_demonstration_authority_says_is_understood(
    row: ExemptionDeclaration, remark: str, state: str
) -> None:
    sent = json.loads(body_of(Dispatch.objects.get(referral__submission=row.submission)))
    case = Case("tax", sent["reference"], sent["kind"], "TAX9", sent | {"remark": remark})
    for decision in stub.decide(case, cast(Store, None)):
        assert say(row, **json.loads(case_body(case, decision))) == InboxState.APPLIED
    assert (row.state, row.comparison_no) == (state, "TAX9")


@pytest.mark.parametrize("verdict", ["accepted", "information"])
def test_a_plain_decision_before_the_comparison_is_parked(row: ExemptionDeclaration, verdict: str) -> None:
    assert say(row, type="decision", verdict=verdict) == InboxState.PARKED
    assert (row.state, Referral.objects.get(submission=row.submission).state) == ("declared", "waiting")


def test_a_refusal_sets_the_lines_free(row: ExemptionDeclaration) -> None:
    assert say(row, type="decision", verdict="refused") == InboxState.APPLIED
    assert row.state == "refused"
    assert not ExemptedLine.objects.filter(state="exempted").exists()
