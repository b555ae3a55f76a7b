"""Enterprise registration: one submission, five parties, five records."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from accounts.models import Company
from filing.enterprise import demo, records
from filing.enterprise.definition import DEFINITION
from filing.enterprise.rules import registration_problems, safe_code
from filing.models import EnterpriseRecord, Register
from filing.registrations import registration
from reference.models import Code
from reference.selectors import forget
from submissions import services
from submissions.definitions import filling, shares
from submissions.definitions.reading import errors, read
from submissions.models import Submission, SubmissionState
from tests.accounts import factories as people
from tests.submissions.definitions.world import agencies
from trail.actors import SYSTEM, Actor

UNSEEN = {
    "commerce": {"account_no", "legal_representative", "taxpayer", "entity_type", "capital"},
    "customs": {"account_no", "taxpayer", "platforms", "capital"},
    "tax": {"legal_representative", "entity_type", "platforms", "capital"},
    "bank": {"taxpayer", "entity_type", "platforms", "capital"},
    "market": {"account_no", "taxpayer", "entity_type", "platforms"},
}


@pytest.fixture
def firm(db: None) -> Company:
    agencies()
    row = {"name_zh": "美元", "name_en": "US dollar", "source": "tests"}
    Code.objects.get_or_create(table="currency", code="502", valid_from=date(2020, 1, 1), defaults=row)
    forget()
    return people.a_company("津沽户外（示例）用品有限公司")


def handed_in(firm: Company) -> Submission:
    draft = filling.begin(DEFINITION, firm, by=demo.BY, raw=demo.ANSWERS)
    slot = DEFINITION.paper("licence")
    assert slot is not None
    from submissions.definitions import attachments

    attachments.attach(draft, slot, demo.LICENCE, by=demo.BY)
    return filling.hand_in(draft, by=demo.BY)


def decide(submission: Submission, agency: str, number: str) -> None:
    referral = submission.referrals.get(agency__code=agency)
    services.accept(referral.pk, by=Actor("agency", agency, agency), number=number)


def test_the_story(firm: Company) -> None:
    done = demo.register_f(firm)
    assert done is not None
    assert done.state == SubmissionState.ACCEPTED
    found = registration(firm, date(2026, 10, 1))
    assert set(found.records) == set(Register.values)
    assert found.since == demo.REGISTERED
    assert not registration(firm, date(2026, 8, 30)).in_force
    firm.refresh_from_db()
    assert firm.in_pilot_zone
    assert firm.customs_code == "129096DE06"
    assert set(firm.roles) >= {"ecommerce_firm", "producer"}
    assert found.records[Register.FX_DIRECTORY].facts["safe_code"] == safe_code(firm.uscc)
    assert demo.register_f(firm) is None


def test_in_progress_until_the_last_party(firm: Company) -> None:
    submission = handed_in(firm)
    for agency, number, _words in demo.DECISIONS[:-1]:
        decide(submission, agency, number)
        submission.refresh_from_db()
        assert submission.state == SubmissionState.IN_PROGRESS
    decide(submission, "customs", "129096DE06")
    submission.refresh_from_db()
    assert submission.state == SubmissionState.ACCEPTED


def test_each_party_gets_its_own_fields(firm: Company) -> None:
    submission = handed_in(firm)
    for agency, unseen in UNSEEN.items():
        body = json.loads(shares.share(submission, agency).payload)
        assert unseen.isdisjoint(body["form"]), agency
        assert body["form"]["uscc"] == demo.ANSWERS["uscc"]
    papers = {code: json.loads(shares.share(submission, code).payload)["papers"] for code in UNSEEN}
    assert [code for code, held in papers.items() if held] == ["commerce", "customs", "market"]


def test_a_part_that_is_refused_leaves_no_record(firm: Company) -> None:
    submission = handed_in(firm)
    decide(submission, "commerce", "Z-1")
    for agency in ("customs", "tax", "bank", "market"):
        referral = submission.referrals.get(agency__code=agency)
        services.refuse(referral.pk, by=Actor("agency", agency, agency), words="No.")
    submission.refresh_from_db()
    assert submission.state == SubmissionState.PARTLY_ACCEPTED
    assert set(registration(firm).records) == {Register.PILOT_ZONE}


def test_an_amendment_begins_from_the_record_and_ends_the_old_one(firm: Company) -> None:
    first = handed_in(firm)
    decide(first, "commerce", "Z-1")
    records.holds_since(first, timezone.localdate() - timedelta(days=30), by=SYSTEM)
    known = filling.known(DEFINITION, firm)
    assert known["platforms"] == demo.ANSWERS["platforms"]
    second = handed_in(firm)
    decide(second, "commerce", "Z-2")
    rows = list(EnterpriseRecord.objects.filter(register=Register.PILOT_ZONE).order_by("since"))
    assert [row.number for row in rows] == ["Z-1", "Z-2"]
    assert rows[0].until == timezone.localdate() - timedelta(days=1)
    assert registration(firm).number == "Z-2"


def test_the_story_s_answers_are_right(firm: Company) -> None:
    assert errors(read(DEFINITION, demo.ANSWERS).problems) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"entity_type": "broker", "ecommerce_types": ["producer"]}, "registration.broker"),
        ({"taxpayer": "small", "refund_method": "exempt_refund"}, "registration.small_scale"),
    ],
)
def test_what_does_not_fit_together(values: dict[str, object], code: str) -> None:
    assert [one.code for one in registration_problems(values)] == [code]


def test_each_party_keeps_a_register_of_its_own() -> None:
    assert set(records.REGISTER_OF) == {"commerce", "customs", "tax", "bank", "market"}
    assert sorted(records.REGISTER_OF.values()) == sorted(Register)


@pytest.mark.parametrize("agency", ["commerce", "customs", "tax", "bank", "market"])
def test_what_an_agency_s_system_reads(firm: Company, agency: str, rf: object) -> None:
    from tests.house.world import bearer, token

    demo.register_f(firm)
    from accounts.models import Agency

    client = bearer(token(*people.a_client(Agency.objects.get(code=agency), "filings:read")))
    body = client.get(f"/api/v1/filings/{firm.uscc}").json()
    own = records.REGISTER_OF[agency].value
    assert {row["register"] for row in body["records"]} == {own, "pilot_zone"}
    assert [row["register"] for row in body["records"] if row["facts"]] == [own] * (own != "licence")
    assert client.get("/api/v1/filings/91110000600037341L").status_code == 404


def test_a_stranger_reads_nothing(firm: Company) -> None:
    from tests.house.world import bearer, token

    demo.register_f(firm)
    client = bearer(token(*people.a_client(people.a_company("另一家"), "filings:read")))
    assert client.get(f"/api/v1/filings/{firm.uscc}").status_code == 404


def test_pairs_of_parties_share_no_private_field() -> None:
    """What only one party gets stays with it."""
    alone = {field.code: field.visible_to for field in DEFINITION.fields if len(field.visible_to) == 1}
    for one, other in combinations(DEFINITION.agency_codes, 2):
        mine = {code for code, seen in alone.items() if seen == (one,)}
        theirs = {code for code, seen in alone.items() if seen == (other,)}
        assert mine.isdisjoint(theirs)
