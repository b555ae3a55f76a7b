"""The officials' section of a case: this agency's fields and papers, with what was answered to it; no other's."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from submissions.admin_registry import CaseDesk, CaseSection, Place, register_case_desk
from submissions.definitions import filling, information, panel, showing
from submissions.definitions.definition import ServiceDefinition
from submissions.models import InformationRequest, Referral


def register(definition: ServiceDefinition) -> None:
    """Officials of every agency decide here, or their own system answers through the inbox."""
    register_case_desk(CaseDesk((definition.code,), decided_here=True, sections=sections, places=places))


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """What this agency got."""
    submission, agency = referral.submission, referral.agency.code
    definition = filling.defined(submission)
    values = information.values_for(submission, agency)
    questions = InformationRequest.objects.filter(referral=referral).order_by("number")
    context = {
        "part": definition.part(agency),
        "parts": showing.parts(definition, values, agency=agency),
        "papers": panel.papers(submission, definition, agency),
        "questions": [(row, _answered(row)) for row in questions],
    }
    return [CaseSection("submissions/apply/_case.html", context)]


def places(referral: Referral) -> Sequence[Place]:
    """The fields and papers this agency got, as it knows them now: what its question can name."""
    submission, agency = referral.submission, referral.agency.code
    definition = filling.defined(submission)
    values = information.values_for(submission, agency)
    fields = [
        Place(f"/{field.code}", field.label, showing.shown(field, values.get(field.code)))
        for field in definition.fields
        if field.seen_by(agency)
    ]
    held = {row.code: row.name for _name, row in panel.papers(submission, definition, agency)}
    papers = [
        Place(f"{information.PAPERS}{slot.code}", slot.name, held.get(slot.code, ""))
        for slot in definition.papers
        if slot.seen_by(agency)
    ]
    return [*fields, *papers]


def _answered(row: InformationRequest) -> list[tuple[str, str]]:
    """The answer in words: the note, then every field with its value."""
    given = information.given(row)
    definition = filling.defined(row.referral.submission)
    found = [("", str(given["note"]))] if given.get("note") else []
    for code in given.get("changed", ()):
        field = definition.field(code)
        if field:
            found.append((str(field.label), showing.shown(field, given["form"].get(code))))
    return found
