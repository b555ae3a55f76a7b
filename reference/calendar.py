"""Working days by the Chinese calendar: weekends, State Council holidays, and days worked to make up for them.

Days are those of Asia/Shanghai. A year that has not been announced is reckoned Monday to Friday (`is_announced`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.utils import timezone

from reference.selectors import calendar_days

SATURDAY = 5
ONE_DAY = timedelta(days=1)
DayT = TypeVar("DayT", date, datetime)


def is_announced(year: int) -> bool:
    """Whether the holidays of that year are known; without them working days are an estimate."""
    return any(day.year == year for day in calendar_days())


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    kind = calendar_days().get(_day(day))
    return kind == "working" or (kind is None and _day(day).weekday() < SATURDAY)


def next_working_day(day: date) -> date:
    """The day itself when offices work on it, else the first one after it on which they do."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(start: DayT, count: int) -> DayT:
    """The day (or the same time of the day) `count` working days later; negative counts go back.

    The day of `start` itself does not count: one working day after a Friday is the Monday.
    """
    step, left, moment = (ONE_DAY if count >= 0 else -ONE_DAY), abs(count), start
    while left:
        moment += step
        left -= is_working_day(moment)
    return moment


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    day, last, count = _day(start), _day(end), 0
    while day < last:
        day += ONE_DAY
        count += is_working_day(day)
    return count


def working_time_between(start: datetime, end: datetime) -> timedelta:
    """The part of the time from `start` to `end` that lies on working days (whole days of 24 hours); never negative."""
    total, moment = timedelta(0), timezone.localtime(start)
    end = timezone.localtime(end)
    while moment < end:
        midnight = timezone.make_aware(datetime.combine(moment.date() + ONE_DAY, datetime.min.time()))
        until = min(midnight, end)
        if is_working_day(moment):
            total += until - moment
        moment = timezone.localtime(until)
    return total


def _day(moment: date) -> date:
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment
