"""The way out of a declared parcel: arrival, manifest, release, departure, closing (R13.06). Pure rules.

A list is bound to the notices of its own logistics firm, and to the manifest of its own declarant, that name its
waybill. What they say differently and what is missing are findings; what comes next is a step with its holder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext_noop as _

from customs.findings import LIST, Level, shown
from customs.models import DocumentState as S
from reference.problems import Problem, word

Kind = Literal["arrival", "manifest", "departure"]
Waited = Literal["arrival", "manifest", "release", "departure", "closing"]
KINDS: tuple[Kind, ...] = ("arrival", "manifest", "departure")
ELEMENT: Mapping[str, str] = {"arrival": "/Arrival", "manifest": "/WayBill", "departure": "/Departure"}
NAMES: Mapping[str, str] = {
    "list": word(_("list")),
    "arrival": word(_("arrival notice")),
    "manifest": word(_("master waybill manifest")),
    "departure": word(_("departure notice")),
}
TEXTS: Mapping[str, str] = {
    "way.arrival_missing": _("No arrival notice names the waybill {waybill}, although a later step was taken."),
    "way.manifest_missing": _("No manifest names the waybill {waybill}, although a later step was taken."),
    "way.departure_missing": _("No departure notice names the waybill {waybill}, although customs closed the list."),
    "way.twice": _("The waybill {waybill} stands under several master bills: {bills}."),
    "way.bill": _("The master bill is {one} in the {first} and {other} in the {second}."),
    "way.transport": _("The mode of transport is {one} in the {first} and {other} in the {second}."),
    "way.voyage": _("The voyage is {one} in the {first} and {other} in the {second}."),
    "way.office": _("The customs office is {one} in the {first} and {other} in the {second}."),
    "way.left_before_release": _("The goods left at {left}, before customs released them at {released}."),
    "way.left_before_arrival": _("The goods left at {left}, before their arrival was told at {arrived}."),
    "way.returned": _("The {name} was sent back to be corrected: {code}"),
}  # fmt: skip
TO_CORRECT = frozenset({S.RETURNED, S.EPORT_REFUSED})
# Customs has the list, and has not let it go yet.
AT_CUSTOMS = frozenset({S.STORED, S.REVIEW, S.INSPECTION, S.DETAINED, S.CONCLUDED})


@dataclass(frozen=True, slots=True)
class Notice:
    """What one of the three notices says of the parcel. `bills`: of every notice of its kind that names it."""

    bill_no: str
    customs_code: str
    traf_mode: str
    state: str
    return_code: str
    told: str  # 14 digits
    received_at: datetime
    voyage_no: str = ""
    leave_time: str = ""
    bills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """An export list with its notices."""

    logistics_no: str
    bill_no: str
    customs_code: str
    traf_mode: str
    state: str
    received_at: datetime
    released_at: datetime | None
    released: str  # the same as 14 digits, "" as long as it is not
    closed_at: datetime | None
    notices: Mapping[str, Notice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """What the parcel waits for, who has to act, and since when."""

    step: Waited
    holder: Literal["logistics", "declarant", "customs"]
    since: datetime


def _problem(code: str, path: str, level: Level = "error", /, **params: object) -> Problem:
    return Problem(code, path, TEXTS[code], {name: shown(value) for name, value in params.items()}, level)


def findings(way: Way) -> list[Problem]:
    """Everything that is wrong on the way, in the order of the steps."""
    return [*_missing(way), *_sent_back(way), *_differences(way), *_times(way)]


def _missing(way: Way) -> Iterator[Problem]:
    reached = {
        "arrival": bool(way.notices.keys() - {"arrival"}) or way.released_at is not None,
        "manifest": "departure" in way.notices or way.released_at is not None,
        "departure": way.closed_at is not None,
    }
    for kind, later in reached.items():
        if later and kind not in way.notices:
            yield _problem(f"way.{kind}_missing", f"{LIST}/logisticsNo", "warning", waybill=way.logistics_no)
    for kind, notice in way.notices.items():
        if len(set(notice.bills)) > 1:
            bills = ", ".join(sorted(set(notice.bills)))
            yield _problem("way.twice", f"{ELEMENT[kind]}/billNo", waybill=way.logistics_no, bills=bills)


def _sent_back(way: Way) -> Iterator[Problem]:
    for kind, notice in way.notices.items():
        if notice.state in TO_CORRECT:
            yield _problem("way.returned", ELEMENT[kind], name=NAMES[kind], code=notice.return_code or "–")


def _differences(way: Way) -> Iterator[Problem]:
    """Each fact against the first document that states it, list first."""
    own = {"bill_no": way.bill_no, "customs_code": way.customs_code, "traf_mode": way.traf_mode}
    compared: tuple[tuple[str, str, str, Level], ...] = (
        ("bill_no", "way.bill", "billNo", "error"),
        ("traf_mode", "way.transport", "trafMode", "warning"),
        ("voyage_no", "way.voyage", "voyageNo", "warning"),
        # Notices go to the office of the site, which need not be the list's.
        ("customs_code", "way.office", "customsCode", "warning"),
    )
    for column, code, element, level in compared:
        stated = {"list": own.get(column, "")}
        stated |= {kind: getattr(notice, column) for kind, notice in way.notices.items()}
        said = [(name, value) for name, value in stated.items() if value]
        for name, value in said[1:]:
            if value != said[0][1]:
                values = {
                    "one": said[0][1],
                    "first": NAMES[said[0][0]],
                    "other": value,
                    "second": NAMES[name],
                }
                yield _problem(code, f"{ELEMENT[name]}/{element}", level, **values)


def _times(way: Way) -> Iterator[Problem]:
    departure, arrival = way.notices.get("departure"), way.notices.get("arrival")
    if departure is None:
        return
    left, path = departure.leave_time, f"{ELEMENT['departure']}/leaveTime"
    if way.released and left < way.released:
        yield _problem("way.left_before_release", path, left=left, released=way.released)
    if arrival is not None and left < arrival.told:
        yield _problem("way.left_before_arrival", path, "warning", left=left, arrived=arrival.told)


def waiting(way: Way) -> Wait | None:
    """What comes next once customs has the list; None before that, after closing, and while it is corrected."""
    if way.state not in AT_CUSTOMS and way.state != S.RELEASED:
        return None
    at = [way.received_at, *(notice.received_at for notice in way.notices.values())]
    if "arrival" not in way.notices:
        return Wait("arrival", "logistics", way.received_at)
    if "manifest" not in way.notices:
        return Wait("manifest", "declarant", way.notices["arrival"].received_at)
    if way.state != S.RELEASED or way.released_at is None:
        return Wait("release", "customs", max(at))
    if "departure" not in way.notices:
        return Wait("departure", "logistics", way.released_at)
    return Wait("closing", "customs", way.notices["departure"].received_at)
