"""Papers handed in with a form: looked at before they are kept, named by us, sealed, known by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop as _

from accounts.personal import seal, unseal
from reference.keys import uuid7
from reference.problems import Problem, Refused
from submissions.definitions.definition import JPEG, MEGABYTE, PDF, PNG, PaperSlot, ServiceDefinition
from submissions.models import Attachment, InformationRequest, Submission
from trail.actors import Actor
from trail.services import record

MOST_ALL = 30 * MEGABYTE  # of one submission
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


def sniff(data: bytes) -> str:
    """What the bytes are, whatever a name or a browser says; "" when it is nothing we take."""
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-1024:]:
        return PDF
    if data[:3] == b"\xff\xd8\xff" and data.rstrip(b"\x00")[-2:] == b"\xff\xd9":
        return JPEG
    if data[:8] == b"\x89PNG\r\n\x1a\n" and b"IEND" in data[-16:]:
        return PNG
    return ""


def file_problems(slot: PaperSlot, data: bytes) -> list[Problem]:
    """What is wrong with one file for this place."""
    path = f"/papers/{slot.code}"
    if not data:
        return [Problem("paper.empty", path, _("The file is empty."))]
    if len(data) > slot.most_bytes:
        params = {"most": f"{slot.most_bytes / MEGABYTE:g}"}
        return [Problem("paper.too_large", path, _("The file is larger than {most} MB."), params)]
    if sniff(data) not in slot.types:
        kinds = ", ".join(ENDINGS[one].upper() for one in slot.types)
        message = _("This is not a whole file of a kind that is taken here: {kinds}.")
        return [Problem("paper.kind", path, message, {"kinds": kinds})]
    return []


def attach(
    submission: Submission,
    slot: PaperSlot,
    data: bytes,
    *,
    by: Actor,
    information: InformationRequest | None = None,
) -> Attachment:
    """Keep a file; the same file again is the one kept. `Refused` with what is wrong with it."""
    if problems := file_problems(slot, data):
        raise Refused(problems)
    digest = hashlib.sha256(data).hexdigest()
    there = Attachment.objects.filter(submission=submission, information=information, code=slot.code)
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if (same := there.filter(sha256=digest).first()) is not None:
            return same
        _room_for(slot, submission, there.count(), len(data))
        return _keep(submission, slot, data, digest, by=by, information=information)


def _room_for(slot: PaperSlot, submission: Submission, count: int, size: int) -> None:
    path = f"/papers/{slot.code}"
    if count >= slot.most_files:
        message = _("At most {most} files here; remove one first.")
        raise Refused([Problem("paper.too_many", path, message, {"most": str(slot.most_files)})])
    held = sum(Attachment.objects.filter(submission=submission).values_list("size", flat=True))
    if held + size > MOST_ALL:
        message = _("All papers together are larger than {most} MB.")
        raise Refused([Problem("paper.all_too_large", path, message, {"most": f"{MOST_ALL / MEGABYTE:g}"})])


def _keep(
    submission: Submission,
    slot: PaperSlot,
    data: bytes,
    digest: str,
    *,
    by: Actor,
    information: InformationRequest | None,
) -> Attachment:
    key, kind = uuid7(), sniff(data)
    name = f"{slot.code}-{digest[:8]}.{ENDINGS[kind]}"
    row = Attachment.objects.create(
        pk=key,
        submission=submission,
        information=information,
        code=slot.code,
        name=name,
        content_type=kind,
        size=len(data),
        sha256=digest,
        sealed=seal(data, context=f"attachment:{key}"),
    )
    detail = {"submission": str(submission.pk), "code": slot.code, "sha256": digest}
    record("attachment.add", by=by, object_type="attachment", object_id=key, detail=detail)
    return row


def remove(row: Attachment, *, by: Actor) -> None:
    """Take a file off a draft."""
    with transaction.atomic():
        detail = {"submission": str(row.submission_id), "code": row.code, "sha256": row.sha256}
        record("attachment.remove", by=by, object_type="attachment", object_id=row.pk, detail=detail)
        row.delete()


def content(row: Attachment) -> bytes:
    """The bytes as they were handed in."""
    return unseal(row.sealed, context=f"attachment:{row.pk}")


def of_form(submission: Submission) -> list[Attachment]:
    """The papers of the form itself, without those of later answers; without their bytes."""
    return list(Attachment.objects.filter(submission=submission, information=None).defer("sealed"))


def missing(definition: ServiceDefinition, held: Iterable[str]) -> list[Problem]:
    """Papers that are needed and not there; `held`: the codes of those that are."""
    there = set(held)
    return [
        Problem("paper.required", f"/papers/{slot.code}", _("This paper is needed."))
        for slot in definition.papers
        if slot.required and slot.code not in there
    ]
