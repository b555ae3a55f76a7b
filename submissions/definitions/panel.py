"""What the page of a submission shows of a form: each agency's part, its questions, the form, the papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from accounts.permissions import Permission
from submissions.definitions import attachments, filling, information, showing
from submissions.definitions.definition import AgencyPart, ServiceDefinition
from submissions.models import (
    Attachment,
    DispatchState,
    InformationRequest,
    Referral,
    Submission,
    SubmissionState,
)
from submissions.panels import Panel

if TYPE_CHECKING:
    from accounts.principals import Principal


@dataclass(frozen=True, slots=True)
class PartRow:
    """One agency's part, as far as it has come."""

    part: AgencyPart | None
    referral: Referral
    question: InformationRequest | None


def panel(submission: Submission, principal: Principal) -> Panel:
    """An agency sees its own part and fields; the applicant and who acts for it, everything."""
    definition = filling.defined(submission)
    agency = principal.agency.code if principal.agency else ""
    near = bool(agency) or principal.may_act_for(submission.company, definition.service)
    acts = not agency and near and principal.may(Permission.SUBMISSION_WRITE)
    context = {
        "submission": submission,
        "near": near,
        "acts": acts,
        "rows": part_rows(submission, definition, agency),
        "parts": _parts(submission, definition, agency) if near else [],
        "papers": papers(submission, definition, agency) if near else [],
        "paper": _paper_name(definition),
        "certificate": near
        and not agency
        and definition.certificate is not None
        and submission.state == SubmissionState.ACCEPTED,
        "withdrawable": acts and is_withdrawable(submission),
    }
    return Panel("submissions/apply/_panel.html", context)


def _paper_name(definition: ServiceDefinition) -> str:
    """What the paper is called, in the reader's language, where it is all there is: no agency decides."""
    words = definition.certificate
    if words is None or definition.agencies:
        return ""
    return words.title_en if get_language() == "en" else words.title_zh


def part_rows(submission: Submission, definition: ServiceDefinition, agency: str = "") -> list[PartRow]:
    """Each agency's part in the order of the definition; `agency`: only that one's."""
    referrals = submission.referrals.select_related("agency", "submission")
    order = {code: place for place, code in enumerate(definition.agency_codes)}
    found = sorted(referrals, key=lambda row: order.get(row.agency.code, len(order)))
    return [
        PartRow(definition.part(row.agency.code), row, information.open_request(row))
        for row in found
        if not agency or row.agency.code == agency
    ]


def _parts(submission: Submission, definition: ServiceDefinition, agency: str) -> list[showing.Part]:
    values = information.values_for(submission, agency) if agency else filling.current_values(submission)
    return showing.parts(definition, values, agency=agency, masked=True)


def papers(
    submission: Submission, definition: ServiceDefinition, agency: str
) -> list[tuple[str, Attachment]]:
    """The papers with their names: of the form, and of answers; `agency`: only what that agency got."""
    found: list[tuple[str, Attachment]] = []
    for row in attachments.of_form(submission):
        slot = definition.paper(row.code)
        if slot and (not agency or slot.seen_by(agency)):
            found.append((str(slot.name), row))
    later = Attachment.objects.filter(submission=submission, information__answered_at__isnull=False)
    for row in later.select_related("information__referral__agency").defer("sealed"):
        slot = definition.paper(row.code)
        if not agency or (row.information and row.information.referral.agency.code == agency):
            found.append((str(slot.name) if slot else row.name, row))
    return found


def is_withdrawable(submission: Submission) -> bool:
    """Whether nothing of it has gone to an agency."""
    if submission.state not in (SubmissionState.IN_PROGRESS, SubmissionState.ACTION_NEEDED):
        return False
    gone = submission.referrals.filter(
        dispatches__state__in=(DispatchState.SENT, DispatchState.LEASED, DispatchState.REFUSED)
    )
    return not gone.exists()
