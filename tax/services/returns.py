"""Goods that came back after their line was exempted: the exemption is taken back in the month of the return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from accounts.selectors import companies_by_codes
from customs.models import ExportList, ExportReturn
from submissions.notices import notify
from submissions.registry import Happened
from tax.lifecycle import lock, reverse
from tax.lines import Key
from tax.models import ExemptedLine
from trail import services as trail
from trail.actors import Actor


def goods_returned(happened: Happened) -> None:
    """Customs has put a return on record: hook `export-list-returned`, ids are those of the lists."""
    lists = {
        one.pk: one for one in ExportList.objects.filter(pk__in=happened.ids).defer("personal", "findings")
    }
    # Of goods that came back in parts the first day counts: the line is taken back whole.
    returns = ExportReturn.objects.filter(export_list_id__in=lists).order_by("-returned_on")
    lines = [((lists[row.export_list_id].invt_no, row.gnum), row.returned_on) for row in returns]
    firms = companies_by_codes({one.ebc_code for one in lists.values()})
    reverse_returned(lines, by=happened.by, companies=[firm.pk for firm in firms.values()])


def reverse_returned(
    lines: Iterable[tuple[Key, date]], *, by: Actor, companies: Collection[int] = ()
) -> set[Key]:
    """Take back what stands exempted of those lines (with their days of return); lines not exempted stay as they are.

    Said twice, it changes nothing. `companies`: whose lines they are. A declaration that one of them is making at
    this moment is waited for; one that comes later finds the return.
    """
    wanted: defaultdict[tuple[int, date], set[Key]] = defaultdict(set)
    days = dict(lines)
    with transaction.atomic():
        lock(companies)
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
