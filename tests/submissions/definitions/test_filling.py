"""A form from its draft to its agencies: once, whole, and each agency its own."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from accounts.models import Company
from reference.calendar import working_days_between
from reference.problems import Refused
from submissions import dispatch, drafts, lifecycle, services
from submissions.definitions import attachments, filling, information, shares
from submissions.definitions.definition import ServiceDefinition
from submissions.lifecycle import WrongState
from submissions.models import Dispatch, InformationRequest, Referral, Submission, SubmissionState
from tests.submissions.definitions.conftest import BY
from tests.submissions.definitions.throwaway import ANSWERS, PDF, PNG, referral_of
from trail.actors import SYSTEM, Actor

TAX = Actor("agency", "tax", "Tax")


def test_what_is_known_stands_in_the_form(service: ServiceDefinition, company: Company) -> None:
    draft = filling.begin(service, company, by=BY)
    assert filling.raw_of(draft.kind, draft.draft) == {"uscc": company.uscc}


def test_a_draft_is_sealed(draft: Submission) -> None:
    assert "12000000001" not in json.dumps(draft.draft)
    assert "A firm" not in json.dumps(draft.draft)


def test_two_tabs(draft: Submission) -> None:
    version = filling.save(draft, ANSWERS | {"text": "Mine"}, draft.draft_version)
    with pytest.raises(drafts.Stale) as stale:
        filling.save(draft, ANSWERS | {"text": "Other"}, draft.draft_version)
    assert stale.value.current == version
    draft.refresh_from_db()
    assert filling.raw_of(draft.kind, draft.draft)["text"] == "Mine"


def test_handed_in_once(draft: Submission) -> None:
    again = Submission.objects.get(pk=draft.pk)
    done = filling.hand_in(draft, by=BY)
    assert done.reference
    assert done.state == SubmissionState.IN_PROGRESS
    with pytest.raises(WrongState):
        filling.hand_in(again, by=BY)
    assert Referral.objects.filter(submission=done).count() == 2


def test_a_missing_paper_and_a_wrong_field_together(service: ServiceDefinition, company: Company) -> None:
    draft = filling.begin(service, company, by=BY, raw=ANSWERS | {"text": ""})
    with pytest.raises(Refused) as refused:
        filling.hand_in(draft, by=BY)
    assert {one.path for one in refused.value.problems} == {"/text", "/papers/deed"}
    assert not Referral.objects.filter(submission=draft).exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "paper.empty"), (PDF + b" " * 3000, "paper.too_large"), (b"MZ\x90", "paper.kind"),
     (PDF[:20], "paper.kind")],
)  # fmt: skip
def test_files_that_are_not_taken(
    service: ServiceDefinition, draft: Submission, data: bytes, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        attachments.attach(draft, service.papers[0], data, by=BY)
    assert [one.code for one in refused.value.problems] == [code]


def test_a_file_is_sealed_named_by_us_and_kept_once(service: ServiceDefinition, draft: Submission) -> None:
    row = attachments.attach(draft, service.papers[0], PDF, by=BY)
    assert row == attachments.of_form(draft)[0]
    assert row.name.startswith("deed-")
    assert row.name.endswith(".pdf")
    assert PDF not in bytes(row.sealed)
    assert attachments.content(row) == PDF
    other = PDF.replace(b"1 0", b"2 0")
    with pytest.raises(Refused):
        attachments.attach(draft, service.papers[0], other, by=BY)


def test_each_agency_gets_its_own_fields_and_papers(service: ServiceDefinition, draft: Submission) -> None:
    attachments.attach(draft, service.papers[1], PNG, by=BY)
    done = filling.hand_in(draft, by=BY)
    customs = json.loads(shares.share(done, "customs").payload)
    tax = json.loads(shares.share(done, "tax").payload)
    assert "phone" in customs["form"]
    assert "money" not in customs["form"]
    assert "money" in tax["form"]
    assert "phone" not in tax["form"]
    assert customs["form"]["choices"] == tax["form"]["choices"] == ["x", "z"]
    assert [one["code"] for one in customs["papers"]] == ["deed"]
    assert [one["code"] for one in tax["papers"]] == ["deed", "photo"]
    assert customs["reference"] == done.reference
    assert "content" not in customs["papers"][0]
    sent = {row.referral.agency.code: dispatch.body_of(row) for row in Dispatch.objects.all()}
    assert sent["customs"] == shares.share(done, "customs").payload


def asked(submission: Submission, path: str = "") -> InformationRequest:
    case = referral_of(submission, "tax")
    lifecycle.advance(lifecycle.REFERRAL, [case.pk], "send", by=SYSTEM)
    problems = [{"code": "t", "path": path, "text": "Which?"}] if path else []
    services.ask_information(case.pk, by=TAX, words="How much?", problems=problems)
    return InformationRequest.objects.get(referral=case)


def test_information_goes_to_the_agency_that_asked(handed_in: Submission) -> None:
    question = asked(handed_in)
    handed_in.refresh_from_db()
    assert handed_in.state == SubmissionState.ACTION_NEEDED
    assert [one.code for one in information.fields_of(question)] == ["money"]
    information.answer(question, {"money": "13"}, "Sorry", by=BY)
    handed_in.refresh_from_db()
    assert handed_in.state == SubmissionState.IN_PROGRESS
    rows = Dispatch.objects.filter(what="information")
    assert [row.referral.agency.code for row in rows] == ["tax"]
    body = json.loads(dispatch.body_of(rows[0]))
    assert body["form"] == {"money": "13.00"}
    assert body["changed"] == ["money"]
    assert body["note"] == "Sorry"
    assert filling.current_values(handed_in)["money"] == "13.00"
    assert "phone" not in information.values_for(handed_in, "tax")
    with pytest.raises(WrongState):
        information.answer(question, {"money": "14"}, "", by=BY)


def test_a_field_that_was_named_may_be_changed_alone(handed_in: Submission) -> None:
    question = asked(handed_in, "/text")
    assert [one.code for one in information.fields_of(question)] == ["text"]


def test_a_field_of_another_agency_cannot_be_named(handed_in: Submission) -> None:
    assert [one.code for one in information.fields_of(asked(handed_in, "/phone"))] == ["money"]


def test_an_answer_that_says_nothing_is_refused(handed_in: Submission) -> None:
    question = asked(handed_in)
    with pytest.raises(Refused) as refused:
        information.answer(question, {"money": "12.50"}, " ", by=BY)
    assert [one.code for one in refused.value.problems] == ["information.nothing"]
    with pytest.raises(Refused):
        information.answer(question, {"money": "much"}, "", by=BY)


def test_a_second_question_has_a_dispatch_of_its_own(handed_in: Submission) -> None:
    question = asked(handed_in)
    information.answer(question, {"money": "13"}, "", by=BY)
    services.ask_information(question.referral_id, by=TAX, words="And now?")
    second = InformationRequest.objects.get(number=2)
    information.answer(second, {"money": "14"}, "", by=BY)
    assert set(Dispatch.objects.filter(referral=question.referral).values_list("what", flat=True)) == {
        "payload", "information", "information-2",
    }  # fmt: skip


def test_the_clock_runs_with_the_days_of_the_definition(handed_in: Submission) -> None:
    for code, days in (("customs", 2), ("tax", 3)):
        case = referral_of(handed_in, code)
        lifecycle.advance(lifecycle.REFERRAL, [case.pk], "send", by=SYSTEM)
        case.refresh_from_db()
        assert case.due_at is not None
        assert working_days_between(timezone.now(), case.due_at) == days


def test_copy_as_new(handed_in: Submission) -> None:
    copy = filling.copy_as_new(handed_in, by=BY)
    assert copy.state == SubmissionState.DRAFT
    assert filling.look_at(copy).values == filling.current_values(handed_in)
