"""The queue of an agency: questions officials really ask of it, numbers that add up, take and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import User
from submissions import admin_registry
from submissions.models import (
    Dispatch,
    DispatchState,
    Referral,
    ReferralState,
    SubmissionState,
)
from submissions.references import tidy_reference

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from accounts.principals import Principal

PAGE = 50
ENDS_SOON = timedelta(minutes=30)
R, S = ReferralState, SubmissionState
UNDECIDED = Q(
    state__in=(R.WAITING, R.SENT, R.INFORMATION_REQUESTED),
    submission__state__in=(S.IN_PROGRESS, S.ACTION_NEEDED),
)
# In whose hands an undecided case is. A returned list is the applicant's turn though the referral is open.
WAITS_FOR: dict[str, Q] = {
    "applicant": UNDECIDED & (Q(state=R.INFORMATION_REQUESTED) | Q(submission__state=S.ACTION_NEEDED)),
    "portal": UNDECIDED & Q(state=R.WAITING, submission__state=S.IN_PROGRESS),
    "agency": UNDECIDED & Q(state=R.SENT, submission__state=S.IN_PROGRESS),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for. `state`: "open", "decided", "all" or a state of the referral."""

    held: str = "all"
    state: str = "open"
    waits_for: str = ""
    late: bool = False
    kind: str = ""
    sender: str = ""
    text: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases that answer the question, and how they are held."""

    all: int
    mine: int
    free: int
    others: int


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the queue."""

    referral: Referral
    service: str | Promise
    waits_for: str
    is_late: bool
    holder: User | None
    is_mine: bool
    marks: tuple[Any, ...]
    has_failure: bool
    ends_soon: bool  # the time for which it is taken
    lost_by: User | None  # whose time ran out; anybody may take it over

    @property
    def is_open(self) -> bool:
        """Whether it waits for anybody."""
        return bool(self.waits_for)


def held_by(user: User | None, now: datetime) -> dict[str, Q]:
    """The ways a case can be held; a lease that has run out holds nothing."""
    taken = Q(taken_by__isnull=False, taken_until__gt=now)
    return {
        "all": Q(),
        "mine": taken & Q(taken_by=user),
        "free": ~taken,
        "others": taken & ~Q(taken_by=user),
    }


def late(now: datetime) -> Q:
    """Undecided after the promised time (`clock.py`); while the applicant is asked the clock stands still."""
    return UNDECIDED & Q(due_at__lt=now) & ~Q(state=R.INFORMATION_REQUESTED)


def cases_of(principal: Principal) -> QuerySet[Referral]:
    """The agency's own cases; nobody else's, and none for who belongs to no agency."""
    if principal.agency is None:
        return Referral.objects.none()
    return Referral.objects.filter(agency=principal.agency).exclude(submission__state=S.DRAFT)


def asked(rows: QuerySet[Referral], question: Question, principal: Principal) -> QuerySet[Referral]:
    """The cases that answer, however they are held."""
    rows = rows.filter(_state(question.state))
    if question.waits_for:
        rows = rows.filter(WAITS_FOR[question.waits_for])
    if question.late:
        rows = rows.filter(late(timezone.now()))
    if question.kind:
        rows = rows.filter(submission__kind=question.kind)
    if question.sender:
        rows = rows.filter(_company(question.sender))
    if question.text:
        rows = rows.filter(_found(question.text))
    for flag in admin_registry.flags():
        if flag.code in question.flags:
            rows = rows.filter(flag.condition())
    return rows


def _state(state: str) -> Q:
    special = {"open": UNDECIDED, "decided": ~UNDECIDED, "all": Q()}
    return special[state] if state in special else Q(state=state)


def _company(text: str) -> Q:
    named = Q(submission__company__name__icontains=text) | Q(submission__company__name_en__icontains=text)
    code = text.upper()
    return named | Q(submission__company__uscc=code) | Q(submission__company__customs_code=code)


def _found(text: str) -> Q:
    """By reference number, the agency's number, a desk's own numbers, or the company."""
    reference = tidy_reference(text)
    if reference:
        return Q(submission__reference=reference)
    return Q(agency_number=text) | admin_registry.search(text) | _company(text)


def counts(rows: QuerySet[Referral], user: User | None) -> Counts:
    """How the cases are held; one query, whatever is shown."""
    held = held_by(user, timezone.now())
    return Counts(**rows.aggregate(**{name: Count("pk", filter=when) for name, when in held.items()}))


def page(rows: QuerySet[Referral], question: Question, principal: Principal, number: object) -> Page[Row]:
    """One page, what needs attention first, then the oldest; one query besides the count."""
    now = timezone.now()
    rows = rows.filter(held_by(principal.user, now)[question.held])
    sheet = Paginator(_ordered(rows, principal), PAGE).get_page(number)  # type: ignore[arg-type]
    rows_shown = [_row(one, principal, now) for one in sheet.object_list]
    return Page(rows_shown, sheet.number, sheet.paginator)  # type: ignore[arg-type]


def _ordered(rows: QuerySet[Referral], principal: Principal) -> QuerySet[Referral]:
    stuck = Dispatch.objects.filter(
        referral=OuterRef("pk"), state__in=(DispatchState.STOPPED, DispatchState.REFUSED)
    )
    marks = {f"flag_{flag.code}": _true_when(flag.condition()) for flag in admin_registry.flags()}
    overdue = late(timezone.now())
    rows = rows.annotate(is_stuck=Exists(stuck), is_late=_true_when(overdue), **marks)
    urgent = Q(is_stuck=True) | Q(is_late=True) | Q(submission__state=S.ACTION_NEEDED)
    for flag in admin_registry.flags():
        if flag.attention:
            urgent |= Q(**{f"flag_{flag.code}": True})
    rows = rows.annotate(is_urgent=_true_when(urgent)).select_related("submission__company", "taken_by")
    return rows.order_by("-is_urgent", "submission__submitted_at", "pk")


def _true_when(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _row(row: Referral, principal: Principal, now: datetime) -> Row:
    from submissions import registry

    holder = holder_of(row, now)
    try:
        service: str | Promise = registry.kind(row.submission.kind).name
    except registry.NotRegistered:
        service = row.submission.kind
    return Row(
        referral=row,
        service=service,
        waits_for=waits_for(row),
        is_late=getattr(row, "is_late", False),
        holder=holder,
        is_mine=holder is not None and holder == principal.user,
        marks=tuple(f for f in admin_registry.flags() if getattr(row, f"flag_{f.code}", False)),
        has_failure=getattr(row, "is_stuck", False),
        ends_soon=holder is not None and row.taken_until is not None and row.taken_until < now + ENDS_SOON,
        lost_by=row.taken_by if holder is None else None,
    )


def holder_of(row: Referral, now: datetime | None = None) -> User | None:
    """Who has taken the case, as long as the lease runs."""
    valid = row.taken_until is not None and row.taken_until > (now or timezone.now())
    return row.taken_by if valid else None


def waits_for(row: Referral) -> str:
    """ "applicant", "agency" or "portal"; "" when it is decided."""
    if row.submission.state not in (S.IN_PROGRESS, S.ACTION_NEEDED):
        return ""
    if row.state == R.INFORMATION_REQUESTED or (
        row.submission.state == S.ACTION_NEEDED and row.state in (R.WAITING, R.SENT)
    ):
        return "applicant"
    return {R.WAITING: "portal", R.SENT: "agency"}.get(R(row.state), "")


def names_of(ids: Sequence[UUID], principal: Principal) -> dict[UUID, str]:
    """Reference numbers of the agency's own cases among these ids."""
    rows = cases_of(principal).filter(pk__in=ids).values_list("pk", "submission__reference")
    return {key: reference or str(key) for key, reference in rows}


def waiting_count(principal: Principal) -> int:
    """The number beside the queue in the menu: undecided cases that are free or mine."""
    held = held_by(principal.user, timezone.now())
    rows = cases_of(principal).filter(WAITS_FOR["agency"]).filter(held["mine"] | held["free"])
    return rows.count()


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits for a decision of the agency: how it is held, and what is urgent about it."""

    mine: int
    free: int
    others: int
    late: int
    due_soon: int
    asked: int  # with the applicant: further information, or a list to correct


SOON = timedelta(days=1)
LEASES = 10


def standing(principal: Principal) -> Standing:
    """The numbers of the desk's first page; one query. Each is the number of rows of the queue it links to."""
    now = timezone.now()
    held, waits = held_by(principal.user, now), WAITS_FOR["agency"]
    soon = waits & Q(due_at__gte=now, due_at__lt=now + SOON)
    wanted = {name: waits & held[name] for name in ("mine", "free", "others")}
    wanted |= {"late": late(now), "due_soon": soon, "asked": WAITS_FOR["applicant"]}
    found = cases_of(principal).aggregate(**{name: Count("pk", filter=when) for name, when in wanted.items()})
    return Standing(**found)


def leases(principal: Principal) -> list[Referral]:
    """Cases somebody of the agency has taken, the one whose time runs out first on top; one query."""
    now = timezone.now()
    rows = cases_of(principal).filter(UNDECIDED, taken_by__isnull=False, taken_until__gt=now)
    return list(rows.select_related("submission", "taken_by").order_by("taken_until", "pk")[:LEASES])
