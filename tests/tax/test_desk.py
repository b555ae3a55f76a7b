"""Officials of tax: no plain acceptance, three ways side by side, differences settled by two people."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Agency, Company
from accounts.permissions import role_codes
from submissions import services as life
from submissions.lifecycle import WrongState
from submissions.models import Referral, Transition
from submissions.registry import step
from tax.lifecycle import DECLARATION, SETTLEMENT
from tax.models import ExemptedLine, ExemptionDeclaration, Settlement
from tax.services import apply_comparison, mark_invoices
from tax.services.compare import Compared, Comparison
from tests.accounts import factories as people
from tests.tax.story import OCTOBER, Story, key
from tests.tax.test_story import EQUAL, TAX, F, declared
from trail.actors import Actor

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
FIRST, SECOND = (f"{key(n)[0]}/1" for n in (1, 2))


def official(role: str = "officer", *, agency: str = "tax", name: str = "olga") -> Client:
    """Somebody of an agency at the desk."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.an_official(people.an_agency(agency), role, name), backend=LOGIN)
    return client


@pytest.fixture
def row(exporter: Company, story: Story) -> ExemptionDeclaration:
    """October, declared; nobody has compared it."""
    mark_invoices(company=exporter, month=OCTOBER, keys=[key(12)], held=True, by=F)
    return declared(exporter)


@pytest.fixture
def differing(row: ExemptionDeclaration) -> ExemptionDeclaration:
    """Two lines differ: one by its amount, one that customs' data do not have."""
    told = [Compared(key(1), Decimal("30.00")), Compared(key(2), None)]
    apply_comparison(row, Comparison("TAX-2", told, {"zh": "不一致"}), by=TAX)
    row.refresh_from_db()
    return row


def case_of(row: ExemptionDeclaration) -> Referral:
    return Referral.objects.get(submission=row.submission_id, agency__code="tax")


def at(name: str, row: ExemptionDeclaration) -> str:
    return reverse(f"admin:{name}", args=[case_of(row).pk])


def choices(**given: str) -> Mapping[str, str]:
    named = {"first": FIRST, "second": SECOND}
    return {f"choice:{named[name]}": choice for name, choice in given.items()}


def test_no_official_and_no_system_accepts_what_has_not_been_compared(row: ExemptionDeclaration) -> None:
    for by in (Actor("person", "1", "olga"), TAX):
        with pytest.raises(WrongState):
            life.accept(case_of(row).pk, by=by, words="granted")
        with pytest.raises(WrongState):
            life.ask_information(case_of(row).pk, by=by, words="?")
    client = official()
    answer = client.post(at("case_accept", row), {"words": "granted"}, follow=True)
    assert "not granted" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, case_of(row).state) == ("declared", "waiting")
    assert at("case_accept", row) not in client.get(at("case", row)).content.decode()
    apply_comparison(row, EQUAL, by=TAX)
    assert case_of(row).state == "accepted"


def test_portal_customs_and_tax_stand_side_by_side(differing: ExemptionDeclaration, story: Story) -> None:
    client = official("agency_viewer")
    page = client.get(at("case", differing)).content.decode()
    assert FIRST in page
    assert SECOND in page
    assert f"{key(3)[0]}/1" not in page  # equal ones are in the table
    assert at("exemption_settle", differing) not in page  # who only reads settles nothing
    lines = client.get(at("exemption_lines", differing))
    assert len(lines.context["found"].rows) == 20
    with translation.override("en"):
        text = client.get(at("exemption_csv", differing)).content.decode("utf-8-sig")
    rows = {one["List / line"]: one for one in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 20
    said = [
        [rows[path][name] for name in ("Portal", "Customs' list", "Tax's comparison")]
        for path in (FIRST, SECOND)
    ]
    assert said == [["29.00", "29.00", "30.00"], ["29.70", "29.70", ""]]
    assert "invoice" in rows[f"{key(12)[0]}/1"]["Reasons"]
    assert rows[FIRST]["Result"] == "they differ"


def test_a_list_that_says_something_else_than_the_record_is_seen_though_tax_says_equal(
    row: ExemptionDeclaration, story: Story
) -> None:
    from dataclasses import replace

    from tax.threeway import three_way

    apply_comparison(row, EQUAL, by=TAX)
    story.lines[0] = replace(story.lines[0], list_says=Decimal("28.00"))
    (one,) = three_way(row).of("differs")
    assert (one.path, one.portal, one.customs, one.tax) == (
        FIRST,
        Decimal("29.00"),
        Decimal("28.00"),
        Decimal("29.00"),
    )


def test_one_proposes_and_another_approves(differing: ExemptionDeclaration) -> None:
    olga, pavel = official(), official("supervisor", name="pavel")
    url, approve = at("exemption_settle", differing), at("exemption_approve", differing)
    wrong = olga.post(url, choices(first="customs", second="customs"))
    assert wrong.status_code == 422
    assert {one.code for one in wrong.context["problems"]} == {"settlement.choice", "approval.reason"}
    given = {**choices(first="customs", second="exclude"), "reason": "按海关数据"}
    assert olga.post(url, given)["Location"] == at("case", differing)
    own = olga.post(approve, {"verb": "approve"})
    assert [one.code for one in own.context["problems"]] == ["settlement.same_person"]
    assert "btn" in pavel.get(approve).content.decode()
    assert [one.code for one in pavel.post(approve, {"verb": "send_back"}).context["problems"]] == [
        "settlement.why"
    ]
    assert pavel.post(approve, {"verb": "send_back", "why": "再核"}).status_code == 302
    assert olga.post(url, given).status_code == 302
    assert pavel.post(approve, {"verb": "approve"}).status_code == 302
    differing.refresh_from_db()
    assert (differing.state, case_of(differing).state) == ("settled", "accepted")
    verbs = Transition.objects.filter(submission=differing.submission_id).values_list("verb", flat=True)
    steps = [verb for verb in verbs.order_by("at", "id") if verb.startswith("settlement")]
    assert steps == [f"settlement.{v}" for v in ("prepare", "send_back", "prepare", "approve")]
    assert "An official made a proposal" in pavel.get(at("case", differing)).content.decode()


def test_the_company_reads_the_outcome_and_not_the_discussion(
    differing: ExemptionDeclaration, exporter: Company
) -> None:
    olga, pavel = official(), official("supervisor", name="pavel")
    given = {**choices(first="customs", second="exclude"), "reason": "按海关数据"}
    olga.post(at("exemption_settle", differing), given)
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(exporter, "declaring_user"), backend=LOGIN)
    pages = [
        reverse("submission", args=[differing.submission.reference]),
        reverse("exemption_declaration", args=[differing.pk]),
    ]
    assert all("按海关数据" not in client.get(url).content.decode() for url in pages)
    pavel.post(at("exemption_approve", differing), {"verb": "approve"})
    told = [client.get(url).content.decode() for url in pages]
    assert all("按海关数据" in text for text in told)
    assert "The differences were settled by two officials." in told[0]
    assert all("olga" not in text and "pavel" not in text for text in told)
    assert "line excluded" in told[1]


def test_a_line_taken_out_stays_out_of_a_correction_with_its_reason(
    differing: ExemptionDeclaration, exporter: Company, story: Story
) -> None:
    from tax.selectors import sheet
    from tax.services import complete_record

    olga, pavel = official(), official("supervisor", name="pavel")
    given = {**choices(first="customs", second="exclude"), "reason": "按海关数据"}
    olga.post(at("exemption_settle", differing), given)
    pavel.post(at("exemption_approve", differing), {"verb": "approve"})
    complete_record(company=exporter, month=OCTOBER, key=key(20), fields={"unit": "015"}, reason="r", by=F)
    out = {row.candidate.key: row.main for row in sheet(exporter, OCTOBER).excluded}
    reason = out[key(2)]
    assert reason is not None
    assert reason.code == "excluded_by_tax"
    assert "按海关数据" in reason.text
    assert "TAX-2" in reason.text
    second = declared(exporter, reason="补登")
    assert second.line_count == 13  # #20 more, #2 not again
    apply_comparison(second, EQUAL, by=TAX)
    held = ExemptedLine.objects.get(list_no=key(2)[0])
    assert (held.state, held.reversed_because) == ("reversed", "excluded")


def test_two_officials_let_a_line_in_again_and_a_correction_declares_it(
    differing: ExemptionDeclaration, exporter: Company, story: Story
) -> None:
    from submissions.models import Notice
    from tax.selectors import sheet

    olga, pavel = official(), official("supervisor", name="pavel")
    url, approve = at("exemption_settle", differing), at("exemption_approve", differing)
    olga.post(url, {**choices(first="customs", second="exclude"), "reason": "按海关数据"})
    pavel.post(approve, {"verb": "approve"})
    wrong = olga.post(url, {"line": [FIRST]})
    assert {one.code for one in wrong.context["problems"]} == {"lift.line", "approval.reason"}
    assert [one.code for one in olga.post(url, {"reason": "r"}).context["problems"]] == ["lift.none"]
    assert "lift" not in Settlement.objects.values_list("kind", flat=True)
    assert olga.post(url, {"line": [SECOND], "reason": "海关已补传"}).status_code == 302
    assert [one.code for one in olga.post(approve, {"verb": "approve"}).context["problems"]] == [
        "settlement.same_person"
    ]
    assert "let in again" in pavel.get(approve).content.decode()
    assert sheet(exporter, OCTOBER).excluded[0].main
    pavel.post(approve, {"verb": "approve"})
    assert "excluded_by_tax" not in {row.main.code for row in sheet(exporter, OCTOBER).excluded if row.main}
    assert Notice.objects.filter(code="exemption.lift").count() == 1
    second = declared(exporter, reason="恢复")
    apply_comparison(second, EQUAL, by=TAX)
    held = ExemptedLine.objects.get(list_no=key(2)[0])
    assert (held.state, held.declaration) == ("exempted", second)
    differing.refresh_from_db()
    assert differing.state == "superseded"


PAGES = ("exemption_lines", "exemption_csv", "exemption_settle", "exemption_approve")


@pytest.mark.parametrize("role", role_codes("agency"))
def test_who_may_read_and_who_may_settle(differing: ExemptionDeclaration, role: str) -> None:
    client = official(role)
    may_work = role != "agency_viewer"
    for page in PAGES:
        expected = 200 if may_work or page in ("exemption_lines", "exemption_csv") else 403
        assert client.get(at(page, differing)).status_code == expected, page
    answer = client.post(
        at("exemption_settle", differing), {**choices(first="portal", second="portal"), "reason": "r"}
    )
    assert (answer.status_code, Settlement.objects.count()) == ((302, 1) if may_work else (403, 0))


def test_another_agency_finds_nothing(differing: ExemptionDeclaration) -> None:
    client = official("supervisor", agency="customs")
    assert [client.get(at(page, differing)).status_code for page in PAGES] == [404] * len(PAGES)
    assert differing.submission.reference not in client.get(reverse("admin:exemptions")).content.decode()


def test_the_desk_counts_what_one_can_do_something_about(differing: ExemptionDeclaration) -> None:
    from accounts.principals import principal_of_user
    from tax.admin import waiting

    tax: Agency = people.an_agency("tax")
    olga, pavel = people.an_official(tax), people.an_official(tax, "supervisor", "pavel")
    assert [waiting(principal_of_user(one)) for one in (olga, pavel)] == [1, 1]
    row: Any = {FIRST: "portal", SECOND: "portal"}
    from tax.services import prepare

    prepare(declaration=differing, choices=row, reason="r", user=olga, by=F)
    assert [waiting(principal_of_user(one)) for one in (olga, pavel)] == [0, 1]
    page = official("supervisor", name="petra").get(reverse("admin:exemptions")).content.decode()
    assert differing.submission.reference in page


def test_every_step_has_its_sentence() -> None:
    for table in (DECLARATION, SETTLEMENT):
        for verb in table.steps:
            assert step(f"{table.name}.{verb}").sentence != f"{table.name}.{verb}"
