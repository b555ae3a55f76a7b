"""The promised time: a date set when an agency has a referral, on working days of the Chinese calendar.

The clock stands still while further information is asked of the applicant, and goes on with what was left of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from reference.calendar import add_working_days, is_working_day, working_time_between
from submissions import registry
from submissions.models import Referral, Transition
from submissions.registry import Happened
from trail import prepared

ASKED = "referral.ask_information"
ONE_DAY = timedelta(days=1)


# --- rules ------------------------------------------------------------------------------------------------


def promised_by(start: datetime, days: int) -> datetime:
    """When so many working days after `start` are over: the same time of that day."""
    return add_working_days(start, days)


def add_working_time(start: datetime, span: timedelta) -> datetime:
    """`span` later, days on which nobody works left out (a working day has 24 hours here)."""
    moment, left = timezone.localtime(start), span
    while left > timedelta(0):
        midnight = (moment + ONE_DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        here = midnight - moment
        if is_working_day(moment):
            if left <= here:
                return moment + left
            left -= here
        moment = midnight
    return moment


def resumed_by(due: datetime, asked: datetime, answered: datetime) -> datetime:
    """The new date after a pause: what was left when it was asked, from the answer on.

    What was late already when information was asked stays late.
    """
    if due <= asked:
        return due
    return add_working_time(answered, working_time_between(asked, due))


# --- what happens to a referral ---------------------------------------------------------------------------


def started(happened: Happened) -> None:
    """Hook of "referral.send": the agency has it, and its time begins; a date it has already stays."""
    _start(happened.ids)


def answered(happened: Happened) -> None:
    """Hook of "referral.give_information": the clock goes on."""
    asked_at = dict(
        Transition.objects.filter(referral__in=happened.ids, verb=ASKED)
        .values("referral")
        .annotate(last=Max("at"))
        .values_list("referral", "last")
    )
    now = timezone.now()
    for key, due in Referral.objects.filter(pk__in=happened.ids, due_at__isnull=False).values_list(
        "pk", "due_at"
    ):
        asked = asked_at.get(key)
        if due is not None and asked is not None:
            Referral.objects.filter(pk=key).update(due_at=resumed_by(due, asked, now))
    _start(happened.ids)


def begun_again(happened: Happened) -> None:
    """Hook of "referral.again": the old date is of an attempt that ended."""
    Referral.objects.filter(pk__in=happened.ids).update(due_at=None)


_UNDATED = """
SELECT r.id, a.promised_days FROM submissions_referral r JOIN accounts_agency a ON a.id = r.agency_id
WHERE r.id = ANY(%s::uuid[]) AND r.due_at IS NULL AND r.state = 'sent'
"""


def _start(ids: Iterable[UUID]) -> None:
    """One UPDATE for each agency's promise; the hook runs in the transaction of the step."""
    now = timezone.now()
    promises: dict[int, list[UUID]] = {}
    for key, days in prepared.rows(_UNDATED, [list(ids)]):
        promises.setdefault(days, []).append(key)
    for days, keys in promises.items():
        if days:
            Referral.objects.filter(pk__in=keys).update(due_at=promised_by(now, days))


def register() -> None:
    """Called once by `apps.py`."""
    registry.register_hook("referral.send", started)
    registry.register_hook("referral.give_information", answered)
    registry.register_hook("referral.again", begun_again)
