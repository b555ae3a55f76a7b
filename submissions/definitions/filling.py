"""The verbs of a form: begin, save, look at, hand in, copy. Drafts and answers are kept sealed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext_noop as _

from accounts.models import Company, User
from accounts.personal import seal, unseal
from reference.problems import Problem, Refused
from submissions import intake
from submissions.definitions import attachments
from submissions.definitions.definition import ServiceDefinition, definition_of
from submissions.definitions.fields import Values
from submissions.definitions.reading import Raw, Whole, errors, read
from submissions.drafts import save_draft, start_draft
from submissions.joint import recompute
from submissions.models import Attachment, Submission, SubmissionState
from trail.actors import Actor

CONTENT_TYPE = "application/json"


def _context(kind: str) -> str:
    return f"draft:{kind}"


def sealed_draft(kind: str, raw: Raw) -> dict[str, str]:
    """What a draft keeps: everything typed, sealed as one, for it may hold personal data."""
    data = msgspec.json.encode(dict(raw))
    return {"sealed": base64.b64encode(seal(data, context=_context(kind))).decode()}


def raw_of(kind: str, draft: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; nothing in a draft just begun."""
    sealed = draft.get("sealed")
    if not isinstance(sealed, str):
        return {}
    found: dict[str, Any] = msgspec.json.decode(unseal(base64.b64decode(sealed), context=_context(kind)))
    return found


def defined(submission: Submission) -> ServiceDefinition:
    """The definition of its kind as it stands for its company; `LookupError` when there is none."""
    definition = definition_of(submission.kind)
    if definition is None:
        raise LookupError(f"{submission.kind} is no form")
    return definition.of(submission.company)


def known(definition: ServiceDefinition, company: Company) -> dict[str, Any]:
    """What stands in the form before anybody typed: from the company's record, then what the service knows."""
    found = {field.code: field.prefill(company) for field in definition.fields if field.prefill}
    found |= dict(definition.prefill(company))
    return {code: value for code, value in found.items() if value not in (None, "", [])}


def title_of(definition: ServiceDefinition, raw: Raw) -> str:
    """How the submission is called in lists; never of personal data."""
    return definition.title(read(definition, raw).values)[:200]


def begin(
    definition: ServiceDefinition,
    company: Company,
    *,
    by: Actor,
    created_by: User | None = None,
    raw: Raw | None = None,
    channel: str = "browser",
) -> Submission:
    """A draft with what is known already, or with `raw`."""
    definition = definition.of(company)
    filled = known(definition, company) if raw is None else dict(raw)
    return start_draft(
        kind=definition.code,
        company=company,
        by=by,
        created_by=created_by,
        title=title_of(definition, filled),
        draft=sealed_draft(definition.code, filled),
        channel=channel,
    )


def save(submission: Submission, raw: Raw, version: int) -> int:
    """Save what stands in the form; the new version. `Stale`, `WrongState` as in `drafts.save_draft`."""
    definition = defined(submission)
    kept = {field.code: raw[field.code] for field in definition.fields if field.code in raw}
    title = title_of(definition, kept)
    return save_draft(submission.pk, sealed_draft(definition.code, kept), version, title=title)


def look_at(submission: Submission) -> Whole:
    """The draft as read, with every problem: of the fields, of the rules, of the papers."""
    definition = defined(submission)
    whole = read(definition, raw_of(submission.kind, submission.draft))
    held = Attachment.objects.filter(submission=submission, information=None).values_list("code", flat=True)
    whole.problems.extend(attachments.missing(definition, held))
    return whole


def hand_in(submission: Submission, *, by: Actor) -> Submission:
    """Check, freeze and hand in, once. `Refused` with every problem; `WrongState` when it is no draft any more."""
    definition = defined(submission)
    with transaction.atomic():
        # The papers must be those that were looked at: nobody adds or removes one meanwhile.
        Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        whole = look_at(submission)
        if found := errors(whole.problems):
            raise Refused(found)
        payload = frozen(submission, definition, whole.values)
        agencies = definition.goes_to(whole.values)
        made = intake.submit_frozen(submission, payload, CONTENT_TYPE, agencies, by=by)
        definition.follow(made, whole.values, by)
        if not agencies:
            recompute([made.pk])
            made.refresh_from_db()
    return made


def frozen(submission: Submission, definition: ServiceDefinition, values: Values) -> bytes:
    """The bytes that are handed in: applicant, values, and the papers by their digests."""
    company = submission.company
    body = {
        "kind": definition.code,
        "applicant": {
            "uscc": company.uscc,
            "name": company.name,
            "name_en": company.name_en,
            "customs_code": company.customs_code or "",
        },
        "form": values,
        "papers": [paper_entry(row) for row in attachments.of_form(submission)],
    }
    if record := definition.record(company, values):
        body["record"] = record
    return msgspec.json.encode(body, order="deterministic")


def paper_entry(row: Attachment) -> dict[str, Any]:
    """A paper as the frozen form and an agency's share name it."""
    return {
        "code": row.code,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
    }


def handed_in(submission: Submission) -> dict[str, Any]:
    """The frozen form: `applicant`, `form`, `papers`; of a draft, what can be read of it so far."""
    if submission.state == SubmissionState.DRAFT or not submission.reference:
        return {"applicant": {}, "form": look_at(submission).values, "papers": []}
    found: dict[str, Any] = msgspec.json.decode(intake.unseal_payload(submission))
    return found


def copy_as_new(submission: Submission, *, by: Actor, created_by: User | None = None) -> Submission:
    """A new draft with the values of an earlier submission; papers are handed in anew."""
    definition = defined(submission)
    values = current_values(submission)
    return begin(definition, submission.company, by=by, created_by=created_by, raw=values)


def current_values(submission: Submission) -> dict[str, Any]:
    """The values as handed in, with what later answers to agencies changed in them."""
    from submissions.definitions.information import answers_of

    values = dict(handed_in(submission)["form"])
    for answer in answers_of(submission):
        values |= answer["form"]
    return values


def receive(
    definition: ServiceDefinition,
    company: Company,
    raw: Raw,
    papers: list[tuple[str, bytes]],
    *,
    by: Actor,
    created_by: User | None = None,
    channel: str = "api",
) -> Submission:
    """What arrives complete (REST): the same checks as in the browser. `Refused` with everything wrong."""
    problems = [
        Problem("form.unknown", f"/{code}"[:80], _("The form has no such field."))
        for code in raw
        if definition.field(code) is None
    ]
    with transaction.atomic():
        draft = begin(definition, company, by=by, created_by=created_by, raw=raw, channel=channel)
        for code, data in papers:
            problems += _attach(draft, definition, code, data, by=by)
        problems += errors(look_at(draft).problems)
        if problems:
            raise Refused(_no_twice(problems))
        return hand_in(draft, by=by)


def _attach(
    draft: Submission, definition: ServiceDefinition, code: str, data: bytes, *, by: Actor
) -> list[Problem]:
    slot = definition.paper(code)
    if slot is None:
        return [Problem("paper.unknown", f"/papers/{code}"[:80], _("No such paper is asked for."))]
    try:
        attachments.attach(draft, slot, data, by=by)
    except Refused as refused:
        return list(refused.problems)
    return []


def _no_twice(problems: list[Problem]) -> list[Problem]:
    """A paper that was not taken is also missing: one sentence about it is enough."""
    told = {p.path for p in problems if p.code.startswith("paper.") and p.code != "paper.required"}
    return [p for p in problems if p.code != "paper.required" or p.path not in told]
