"""`register_service(definition)`: one declaration becomes a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from reference.problems import Problem
from submissions import guides, panels, registry
from submissions.definitions.definition import ServiceDefinition, keep
from submissions.models import Submission, SubmissionState


def register_service(definition: ServiceDefinition) -> None:
    """Called by a desk's `ready()`: kind, guide, pages, panel, officials' section, shares, papers, clocks."""
    from submissions.definitions import case, clocks, guide, panel, papers, shares

    check_definition(definition)
    keep(definition)
    registry.register_kind(
        registry.Kind(
            code=definition.code,
            name=definition.name,
            sentence=definition.sentence,
            start_url=f"/apply/{definition.code}/",
            agencies=definition.agency_codes,
            mandate_service=definition.service,
            joint_state=None if definition.agencies else _accepted_at_once,
            summary=partial(_summary, definition),
            check=partial(_check, definition),
            share=shares.share,
        )
    )
    guides.register_guide(definition.code, guide.guide_of(definition))
    panels.register_panel(definition.code, panel.panel)
    case.register(definition)
    papers.register(definition)
    registry.register_hook("referral.send", clocks.sent)


def _accepted_at_once(submission_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Where nobody decides: whatever was handed in without a fault."""
    return dict.fromkeys(submission_ids, SubmissionState.ACCEPTED.value)


def _check(definition: ServiceDefinition, draft: Mapping[str, Any]) -> list[Problem]:
    from submissions.definitions import filling, reading

    return reading.errors(reading.read(definition, filling.raw_of(definition.code, draft)).problems)


def _summary(definition: ServiceDefinition, submission: Submission) -> registry.Summary:
    """A draft leads to its form, everything else to its page."""
    if submission.state != SubmissionState.DRAFT:
        return registry.plain_summary(submission)
    try:
        url = reverse("draft", args=[submission.pk])
    except NoReverseMatch:
        url = ""
    return registry.Summary(submission.title or str(definition.name), url)


def check_definition(definition: ServiceDefinition) -> None:
    """`ValueError` for what would break later: a slip in a definition must not wait for an applicant."""
    codes = [field.code for field in definition.fields]
    papers = [slot.code for slot in definition.papers]
    if len(set(codes)) < len(codes) or len(set(papers)) < len(papers):
        raise ValueError(f"{definition.code}: a code stands twice")
    if not codes or not (definition.agencies or definition.certificate):
        raise ValueError(f"{definition.code}: no field, or neither an agency nor a paper at the end")
    known = set(definition.agency_codes)
    readers = {field.code: field.visible_to for field in definition.fields}
    readers |= {slot.code: slot.visible_to for slot in definition.papers}
    for code, agencies in readers.items():
        if not set(agencies) <= known:
            raise ValueError(f"{definition.code}: {code} is for an agency that has no part")
