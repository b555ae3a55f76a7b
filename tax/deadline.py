"""By when a month is declared."""

from __future__ import annotations

from datetime import date, timedelta

from tax import sources
from tax.law import Law


def deadline(month: date, law: Law) -> date:
    """The filing day of the next month, moved to the first working day (rules R13.07)."""
    following = (month + timedelta(days=32)).replace(day=1)
    rule = law.rule("filing_day", following)
    day = rule.value if rule and isinstance(rule.value, int) else 15
    return sources.get().next_working_day(following.replace(day=day))
