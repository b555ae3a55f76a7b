"""Rows of the workbench and of the table of submissions: what is next and who acts, a page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions import registry
from submissions.models import (
    Dispatch,
    DispatchState,
    FailureKind,
    Referral,
    ReferralState,
    Submission,
    SubmissionState,
    Transition,
)
from submissions.references import tidy_reference
from submissions.selectors import DONE, NEEDS_ACTION

if TYPE_CHECKING:
    from accounts.principals import Principal

Tab = Literal["action", "progress", "done"]
TABS: tuple[Tab, ...] = ("action", "progress", "done")
PAGE = 25
S, R, D = SubmissionState, ReferralState, DispatchState
UNDECIDED = (R.WAITING, R.SENT, R.INFORMATION_REQUESTED)


@dataclass(frozen=True, slots=True)
class Hand:
    """In whose hands a submission, or one agency's share of it, is now, and what comes next."""

    who: str
    sentence: str
    since: datetime | None = None
    due_at: datetime | None = None
    number: str = ""
    is_agency: bool = False
    referral: UUID | None = None

    @property
    def is_late(self) -> bool:
        """Whether the promised time is over."""
        return self.due_at is not None and self.due_at < timezone.now()


@dataclass(frozen=True, slots=True)
class Row:
    """One submission in a table."""

    submission: Submission
    service: registry.Text
    title: str
    url: str
    since: datetime
    hands: list[Hand]


@dataclass(frozen=True, slots=True)
class Filters:
    """What one looks for in a table of submissions."""

    text: str = ""
    kind: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first; `after` continues below the last one."""

    rows: list[Row]
    after: UUID | None


def tab_filter(principal: Principal, tab: Tab) -> Q:
    """What belongs into a tab: *needs action* is what this company itself has to do."""
    own = Q(company=principal.company) if principal.company else Q(pk__in=[])
    mine = Q(state__in=NEEDS_ACTION) & own
    if tab == "action":
        return mine
    if tab == "done":
        return Q(state__in=DONE)
    return Q(state__in=(*NEEDS_ACTION, S.IN_PROGRESS)) & ~mine


def tab_counts(principal: Principal, rows: QuerySet[Submission]) -> dict[str, int]:
    """The number of each tab among these rows (those the reader may see); one query."""
    counts = {tab: Count("pk", filter=tab_filter(principal, tab)) for tab in TABS}
    return rows.aggregate(**counts)


def found(rows: QuerySet[Submission], filters: Filters) -> QuerySet[Submission]:
    """The rows somebody looks for; days are those of the portal's time zone."""
    if filters.text:
        number = tidy_reference(filters.text)
        named = Q(title__icontains=filters.text) | registry.search(filters.text)
        rows = rows.filter(reference=number) if number else rows.filter(named)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.since:
        rows = rows.filter(submitted_at__date__gte=filters.since)
    if filters.until:
        rows = rows.filter(submitted_at__date__lte=filters.until)
    return rows


def page(rows: QuerySet[Submission], filters: Filters, principal: Principal) -> Page:
    """One page, newest first, in a fixed number of queries; keys are time-ordered."""
    rows = found(rows, filters)
    if filters.after:
        rows = rows.filter(pk__lt=filters.after)
    last_step = Transition.objects.filter(submission=OuterRef("pk")).order_by()
    changed = Subquery(last_step.values("submission").annotate(at=Max("at")).values("at"))
    taken = list(rows.annotate(changed_at=changed).select_related("company").order_by("-pk")[: PAGE + 1])
    shown = taken[:PAGE]
    hands = hands_of(shown, principal)
    made = [_row(one, hands[one.pk]) for one in shown]
    return Page(made, shown[-1].pk if len(taken) > PAGE else None)


def _row(submission: Submission, hands: list[Hand]) -> Row:
    try:
        kind = registry.kind(submission.kind)
        service, summary = kind.name, kind.summary(submission)
    except registry.NotRegistered:
        service, summary = submission.kind, registry.Summary(submission.title, "")
    since = getattr(submission, "changed_at", None) or submission.submitted_at or submission.created_at
    return Row(submission, service, summary.title, summary.url, since, hands)


def hands_of(submissions: Sequence[Submission], principal: Principal) -> dict[UUID, list[Hand]]:
    """Who has each of these submissions in hand; two queries for all of them."""
    ids = [one.pk for one in submissions]
    referrals: defaultdict[UUID, list[Referral]] = defaultdict(list)
    for row in Referral.objects.filter(submission__in=ids, state__in=UNDECIDED).select_related("agency"):
        referrals[row.submission_id].append(row)
    sending = Dispatch.objects.filter(referral__submission__in=ids, what="payload").defer("sealed_body")
    dispatches = {row.referral_id: row for row in sending}
    return {one.pk: _hands(one, referrals[one.pk], dispatches, principal) for one in submissions}


def _hands(
    submission: Submission, referrals: Iterable[Referral], dispatches: dict[UUID, Dispatch], reader: Principal
) -> list[Hand]:
    own = reader.company is not None and reader.company.pk == submission.company_id
    applicant = _("You") if own else submission.company.display_name
    if submission.state == S.DRAFT:
        return [Hand(applicant, _("Complete it and submit it."), submission.created_at)]
    if submission.state == S.ACTION_NEEDED:
        return [Hand(applicant, _("Correct what was returned and send it again."))]
    if submission.state in DONE:
        return []
    hands = [_share(row, dispatches.get(row.pk), applicant) for row in referrals]
    return hands or [Hand(_("The portal"), _("The documents are being checked."), submission.submitted_at)]


def _share(row: Referral, dispatch: Dispatch | None, applicant: str) -> Hand:
    agency = row.agency.display_name
    if row.state == R.SENT:
        since, due = row.created_at, row.due_at
        return Hand(agency, _("It decides next."), since, due, row.agency_number, True, row.pk)
    if row.state == R.INFORMATION_REQUESTED:
        return Hand(applicant, row.words or _("Further information is asked."), row.created_at)
    return Hand(_("The portal"), _sending(row, dispatch, agency), row.created_at)


def _sending(row: Referral, dispatch: Dispatch | None, agency: str) -> str:
    if dispatch is None or dispatch.state == D.HELD:
        text = _("It is checked and waits for the documents that belong to it; then it goes to {agency}.")
    elif not row.agency.is_open:
        text = _("The connection to {agency} is switched off; it is sent when it is back.")
    elif dispatch.state == D.STOPPED:
        text = _("Sending to {agency} has stopped; an operator has been told.")
    elif dispatch.failure:
        text = _("{agency}: {failure}. It is tried again by itself.")
    else:
        text = _("It is being sent to {agency}.")
    failure = FailureKind(dispatch.failure).label if dispatch else ""
    return text.format(agency=agency, failure=failure)
