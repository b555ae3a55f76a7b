"""What one agency gets of a submission: its own fields and the digests of its papers, nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from submissions.definitions import filling
from submissions.definitions.definition import ServiceDefinition
from submissions.models import Submission
from submissions.registry import Frozen


def share(submission: Submission, agency_code: str) -> Frozen:
    """The bytes for that agency, made of the frozen form alone: the same ever after."""
    definition = filling.defined(submission)
    whole = filling.handed_in(submission)
    body = {
        "reference": submission.reference,
        "kind": submission.kind,
        "submitted_at": submission.submitted_at.isoformat() if submission.submitted_at else "",
        "applicant": whole["applicant"],
        "form": own_values(definition, whole["form"], agency_code),
        "papers": own_papers(definition, whole["papers"], agency_code),
    }
    if "record" in whole:
        body["record"] = whole["record"]
    return Frozen(msgspec.json.encode(body, order="deterministic"), filling.CONTENT_TYPE)


def own_values(definition: ServiceDefinition, values: dict[str, Any], agency_code: str) -> dict[str, Any]:
    """Only the fields that agency gets."""
    seen = {field.code for field in definition.fields if field.seen_by(agency_code)}
    return {code: value for code, value in values.items() if code in seen}


def own_papers(
    definition: ServiceDefinition, papers: list[dict[str, Any]], agency_code: str
) -> list[dict[str, Any]]:
    """Only the papers that agency gets."""
    seen = {slot.code for slot in definition.papers if slot.seen_by(agency_code)}
    return [paper for paper in papers if paper["code"] in seen]
