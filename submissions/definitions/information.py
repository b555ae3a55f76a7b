"""Further information: what an agency asked, which fields its answer may change, and the answer, frozen.

The answer goes to the agency that asked and to no other. Fields that other agencies read too may be changed
only where the agency named them; its own always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.personal import seal, unseal
from reference.problems import Problem, Refused
from submissions import casework, sending
from submissions.definitions import filling, shares
from submissions.definitions.definition import PaperSlot
from submissions.definitions.fields import Field
from submissions.definitions.reading import Raw, errors, plain, read
from submissions.lifecycle import WrongState
from submissions.models import (
    Attachment,
    InformationRequest,
    Referral,
    ReferralState,
    Submission,
)
from trail.actors import Actor

WHAT = "information"
PAPERS = "/papers/"  # of a path that names a paper


def open_request(referral: Referral) -> InformationRequest | None:
    """The question that waits for an answer; None when the agency waits for none."""
    if referral.state != ReferralState.INFORMATION_REQUESTED:
        return None
    rows = InformationRequest.objects.filter(referral=referral, answered_at=None)
    return rows.order_by("-number").first()


def fields_of(request: InformationRequest) -> list[Field]:
    """The fields its answer may change: those the agency named, else its own; none when it named papers only."""
    submission = request.referral.submission
    definition, agency = filling.defined(submission), request.referral.agency.code
    paths = [str(problem.get("path", "")) for problem in request.problems]
    named = {path.strip("/").split("/")[-1] for path in paths if not path.startswith(PAPERS)}
    seen = [field for field in definition.fields if field.seen_by(agency)]
    if found := [field for field in seen if field.code in named]:
        return found
    papers = {slot.code for slot in papers_of(request)}
    if any(path.removeprefix(PAPERS) in papers for path in paths if path.startswith(PAPERS)):
        return []
    return [field for field in seen if field.visible_to]


def papers_of(request: InformationRequest) -> list[PaperSlot]:
    """The papers that can be handed in with the answer: those the agency gets, and one for anything else."""
    definition = filling.defined(request.referral.submission)
    agency = request.referral.agency.code
    own = [replace(slot, required=False) for slot in definition.papers if slot.seen_by(agency)]
    return [*own, PaperSlot("further", _("Further paper"), required=False, most_files=5)]


def answer(request: InformationRequest, raw: Raw, note: str, *, by: Actor) -> None:
    """Freeze the answer and send it to the agency that asked.

    `Refused` with every problem, also of the whole; `WrongState` when it was answered, or decided, meanwhile.
    """
    with transaction.atomic():
        request = InformationRequest.objects.select_for_update().get(pk=request.pk)
        if request.answered_at is not None:
            raise WrongState("referral", "give_information", "answered")
        body = _body(request, raw, note)
        _freeze(request, body)
        what = WHAT if request.number == 1 else f"{WHAT}-{request.number}"
        sending.add_dispatch(request.referral, what, body, by=by)
        casework.give_information(request.referral_id, by=by)
        submission = request.referral.submission
        filling.defined(submission).answered(submission, filling.current_values(submission), by)


def _body(request: InformationRequest, raw: Raw, note: str) -> bytes:
    submission = request.referral.submission
    asked = fields_of(request)
    whole = read(filling.defined(submission), raw, only=frozenset(field.code for field in asked))
    papers = list(Attachment.objects.filter(information=request).defer("sealed"))
    before = filling.current_values(submission)
    changed = {code: value for code, value in whole.values.items() if before.get(code) != value}
    if found := errors(whole.problems):
        raise Refused(found)
    if not (changed or papers or plain(note)):
        message = _(
            "Nothing is changed, no paper is added and nothing is said: the agency would learn nothing."
        )
        raise Refused([Problem("information.nothing", "/note", message)])
    body: dict[str, Any] = {
        "reference": submission.reference,
        "question": request.number,
        "note": plain(note)[:4000],
        "form": {field.code: whole.values.get(field.code) for field in asked},
        "changed": sorted(changed),
        "papers": [filling.paper_entry(row) for row in papers],
    }
    if record := filling.defined(submission).record(submission.company, before | whole.values):
        body["record"] = record
    return msgspec.json.encode(body, order="deterministic")


def _context(request: InformationRequest) -> str:
    return f"information:{request.pk}"


def _freeze(request: InformationRequest, body: bytes) -> None:
    request.sealed_answer = seal(body, context=_context(request))
    request.answer_sha256 = hashlib.sha256(body).hexdigest()
    request.answered_at = timezone.now()
    request.save(update_fields=["sealed_answer", "answer_sha256", "answered_at"])


def given(request: InformationRequest) -> dict[str, Any]:
    """The frozen answer; nothing when it is still to come."""
    if request.sealed_answer is None:
        return {}
    found: dict[str, Any] = msgspec.json.decode(unseal(request.sealed_answer, context=_context(request)))
    return found


def answers_of(submission: Submission, agency: str = "") -> Iterable[dict[str, Any]]:
    """The frozen answers of a submission, oldest first; `agency`: those to that agency."""
    rows = InformationRequest.objects.filter(referral__submission=submission, answered_at__isnull=False)
    if agency:
        rows = rows.filter(referral__agency__code=agency)
    return [given(row) for row in rows.order_by("answered_at")]


def values_for(submission: Submission, agency: str) -> dict[str, Any]:
    """What that agency knows now: its share of the form, with the answers given to it."""
    definition = filling.defined(submission)
    values = shares.own_values(definition, filling.handed_in(submission)["form"], agency)
    for one in answers_of(submission, agency):
        values |= one["form"]
    return values
