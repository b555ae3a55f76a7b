"""What backs a financing: one document one financing at a time, whichever bank asks, until that bank gives it free."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from accounts.models import Agency
from forex.consents import Question, allowed, find, log
from forex.models import DocumentKind, DocumentUse, Outcome, Purpose
from reference.problems import Problem, Refused
from submissions.notices import notify
from trail import services as trail
from trail.actors import Actor


def use(bank: Agency, asked: Question, reference: str, *, by: Actor) -> DocumentUse | None:
    """Record that a document backs a financing of this bank; None without document or consent.

    `Refused` when it backs one already: of two banks at the same moment the table lets one through.
    """
    found = find(asked)
    if found is None:
        return None
    company = found.company
    if asked.purpose != Purpose.FINANCING or not allowed(bank, company, asked.purpose):
        log(bank, company, asked, Outcome.NO_CONSENT, by)
        return None
    try:
        with transaction.atomic():
            row = DocumentUse.objects.create(
                kind=asked.kind, number=asked.number, company=company, bank=bank, bank_reference=reference
            )
            log(bank, company, asked, Outcome.USED, by)
            _tell("forex.document_used", row)
            _record_use("document_use.begin", row, by)
    except IntegrityError:
        log(bank, company, asked, Outcome.REFUSED, by)
        message = gettext_noop("The document backs a financing already.")
        raise Refused([Problem("document.used", "/number", message)]) from None
    return row


def release(bank: Agency, use_id: UUID, *, by: Actor) -> DocumentUse:
    """The bank gives a document free; also after the consent was withdrawn, for it is to the company's good.

    `DoesNotExist` for uses of other banks, `Refused` when it was free already.
    """
    with transaction.atomic():
        row = DocumentUse.objects.select_for_update(of=("self",)).select_related("company", "bank")
        found = row.get(pk=use_id, bank=bank)
        if not DocumentUse.objects.filter(pk=found.pk, released_at=None).update(released_at=Now()):
            message = gettext_noop("This document was given free already.")
            raise Refused([Problem("document.released", "/", message)])
        asked = Question(DocumentKind(found.kind), found.number, Purpose.FINANCING)
        log(bank, found.company, asked, Outcome.RELEASED, by)
        _tell("forex.document_released", found)
        _record_use("document_use.release", found, by)
    found.refresh_from_db()
    return found


def _tell(code: str, row: DocumentUse) -> None:
    with translation.override("zh-hans"):
        params = {"kind": row.get_kind_display(), "number": row.number, "bank": row.bank.name_zh}
    notify(row.company, code, params, url=_page())


def _record_use(action: str, row: DocumentUse, by: Actor) -> None:
    detail = {"company": row.company_id, "bank": row.bank_id, "kind": row.kind, "number": row.number}
    trail.record(action, by=by, object_type="document_use", object_id=row.pk, detail=detail)


def _page() -> str:
    try:
        return reverse("forex_consents")
    except NoReverseMatch:
        return ""
