"""Goods that came back after their line was exempted: the exemption is taken back in the month of the return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from submissions.notices import notify
from tax.lifecycle import reverse
from tax.lines import Key
from tax.models import ExemptedLine
from trail import services as trail
from trail.actors import Actor


def reverse_returned(lines: Iterable[tuple[Key, date]], *, by: Actor) -> set[Key]:
    """Take back what stands exempted of those lines (with their days of return); lines not exempted stay as they are.

    Said twice, it changes nothing.
    """
    wanted: defaultdict[tuple[int, date], set[Key]] = defaultdict(set)
    days = dict(lines)
    with transaction.atomic():
        held = ExemptedLine.objects.filter(list_no__in={key[0] for key in days}, state="exempted")
        for list_no, gnum, company in held.values_list("list_no", "gnum", "company"):
            if (day := days.get((list_no, gnum))) is not None:
                wanted[company, day.replace(day=1)].add((list_no, gnum))
        found: set[Key] = set()
        for (company, month), keys in sorted(wanted.items()):
            back = reverse(keys, company_id=company, month=month, because="returned")
            found |= back
            if back:
                _tell(company, month, back, by)
    return found


def _tell(company: int, month: date, keys: set[Key], by: Actor) -> None:
    named = [f"{a}/{b}" for a, b in sorted(keys)]
    trail.record(
        "exemption.returned",
        by=by,
        object_type="exempted_line",
        object_id=named[0],
        detail={"month": f"{month:%Y-%m}", "lines": named[:200]},
        count=len(named),
    )
    params = {"lines": ", ".join(named[:5]), "month": f"{month:%Y-%m}"}
    notify(company, "exemption.returned", params)
