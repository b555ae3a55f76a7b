"""The message centre: what a company is told, kept as a code and values, read in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from accounts.models import Company
from submissions.models import Notice, Submission, SubmissionState
from submissions.registry import notice_sentence, register_notice

# Which joint states an applicant is told of, and under which code.
TOLD: Mapping[str, str] = {
    SubmissionState.ACTION_NEEDED: "submission.action_needed",
    SubmissionState.ACCEPTED: "submission.accepted",
    SubmissionState.PARTLY_ACCEPTED: "submission.partly_accepted",
    SubmissionState.REFUSED: "submission.refused",
}


def register_own() -> None:
    """The sentences of this room."""
    register_notice("submission.action_needed", _("Submission {reference} needs something from you."))
    register_notice("submission.accepted", _("Submission {reference} has been accepted."))
    register_notice("submission.partly_accepted", _("Submission {reference} has been accepted in part."))
    register_notice("submission.refused", _("Submission {reference} has been refused."))


def notify(
    company: Company | int,
    code: str,
    params: Mapping[str, str],
    submission: Submission | None = None,
    url: str = "",
) -> Notice:
    """Put a notice into the message centre of a company. `params` never hold personal data."""
    return Notice.objects.create(
        company_id=company if isinstance(company, int) else company.pk,
        code=code,
        params=dict(params),
        submission=submission,
        url=url,
    )


class Told(Protocol):
    """A submission, or as much of one as a notice needs."""

    @property
    def pk(self) -> UUID: ...
    @property
    def company_id(self) -> int: ...
    @property
    def reference(self) -> str | None: ...


def tell_state(submissions: Iterable[Told], state: str) -> None:
    """Tell the applicants that the joint state of their submissions is now this one."""
    code = TOLD.get(state)
    if code is None:
        return
    Notice.objects.bulk_create(
        Notice(
            company_id=s.company_id, submission_id=s.pk, code=code, params={"reference": s.reference or ""}
        )
        for s in submissions
    )


def text_of(notice: Notice) -> str:
    """The sentence in the active language; an unknown parameter stays visible instead of failing the page."""
    from django.utils.translation import gettext

    sentence = notice_sentence(notice.code)
    text = gettext(sentence) if isinstance(sentence, str) else str(sentence)
    try:
        return text.format(**notice.params)
    except (KeyError, IndexError, ValueError):
        return text


def mark_read(company_ids: Iterable[int], notice_ids: Iterable[object]) -> int:
    """Mark these notices of these companies as read; returns how many were unread."""
    rows = Notice.objects.filter(company_id__in=list(company_ids), pk__in=list(notice_ids), read_at=None)
    return rows.update(read_at=Now())


def mark_all_read(company: Company, which: Q, until: datetime) -> int:
    """Mark everything of a company that answers `which` as read, as far as it had come by `until`.

    What comes while somebody presses the button stays unread.
    """
    rows = Notice.objects.filter(which, company=company, read_at=None, created_at__lte=until)
    return Notice.objects.filter(pk__in=rows.values("pk")).update(read_at=Now())
