"""Export in plain words: what is waited for, who has to act, and how each fault is mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from reference.problems import Problem

if TYPE_CHECKING:
    from submissions.registry import Text

WAITS: Mapping[str, Text] = {
    "arrival": _("The logistics firm tells that the parcel stands in the supervised site (CEB507)."),
    "manifest": _("The declarant binds the list to the master bill (CEB607)."),
    "release": _("Customs releases next."),
    "departure": _("The logistics firm tells that the parcel has left the country (CEB509)."),
    "closing": _("Customs closes the list next (899)."),
}
HOLDERS: Mapping[str, Text] = {
    "logistics": _("logistics firm"),
    "declarant": _("declarant"),
    "customs": _("customs"),
}
NOTICES: Mapping[str, Text] = {
    "arrival": _("Arrival notice"),
    "manifest": _("Master waybill manifest"),
    "departure": _("Departure notice"),
}
_AGAIN = _("Correct the list and declare it again (appType 2).")
_AS_SUMMARY = _("Declare in the summary way (statisticsFlag B) with all ten digits of the HS code.")
_SAME = _("Their senders agree on one value; who is wrong sends a corrected notice (appType 2).")
FIXES: Mapping[str, Text] = {
    "match.order_missing": _("The platform or e-commerce firm hands in the order (CEB303)."),
    "match.collection_missing": _("The payment firm hands in the collection record (CEB403)."),
    "match.waybill_missing": _("The logistics firm hands in the waybill (CEB505)."),
    "match.weight": _("Weigh again; the list or the waybill is corrected (appType 2)."),
    "match.returned": _("Its sender corrects that document and sends it again."),
    "1320": _AGAIN,
    "1322": _AGAIN,
    "export.currency": _AGAIN,
    "export.unit_missing": _("The e-commerce firm completes the unit on record: without it the line is not exempt."),
    "export.collection": _("Nothing need be mended when the marketplace has kept its fees back."),
    "export.zone": _AS_SUMMARY,
    "export.duty": _AS_SUMMARY,
    "export.refund": _AS_SUMMARY,
    "export.licence": _AS_SUMMARY,
    "export.value": _AS_SUMMARY,
    "export.hs_short": _("Give all ten digits of the HS code and declare again (appType 2)."),
    "way.arrival_missing": _("The logistics firm hands in the arrival notice (CEB507) with this waybill."),
    "way.manifest_missing": _("The declarant hands in the manifest (CEB607) with this waybill."),
    "way.departure_missing": _("The logistics firm hands in the departure notice (CEB509) with this waybill."),
    "way.twice": _("The notice in which the waybill does not belong is sent again without it (appType 2)."),
    "way.bill": _SAME,
    "way.transport": _SAME,
    "way.voyage": _SAME,
    "way.office": _("Nothing need be mended when the site lies under another office."),
    "way.left_before_release": _("The logistics firm checks the time of leaving and sends the notice again."),
    "way.left_before_arrival": _("The logistics firm checks both times and sends the notice again."),
    "way.returned": _("Its sender corrects that notice and sends it again."),
    "bill.no_list": _("The declarant declares the parcel (CEB603), or the notice is sent again without it."),
    "bill.not_arrived": _("The logistics firm hands in the arrival notice (CEB507) with this waybill."),
    "bill.extra": _("The notice is sent again without it, or the manifest with it (appType 2)."),
    "bill.missing": _("The notice is sent again with it (appType 2), or a further notice tells it."),
    "bill.part": _("The missing parts are handed in."),
    "bill.weight": _("Weigh again; the manifest or the lists are corrected (appType 2)."),
}  # fmt: skip

# The parameters of a finding that are the two values it holds against each other, and what they are called.
_VALUES: tuple[tuple[str, Text], ...] = (
    ("list", _("list")),
    ("order", _("order")),
    ("collection", _("collection record")),
    ("waybill", _("waybill")),
    ("manifest", _("master waybill manifest")),
    ("limit", _("limit")),
    ("value", _("value of the parcel")),
    ("left", _("time of leaving")),
    ("released", _("time of release")),
    ("arrived", _("time of arrival")),
)


def fix_of(problem: Problem) -> str:
    """How the fault is mended; "" where the code says it all."""
    return str(FIXES.get(problem.code, ""))


def values_of(problem: Problem) -> list[tuple[str, str]]:
    """The values that a finding holds against each other, each with where it stands."""
    told = problem.params
    if "first" in told and "second" in told:
        shown = problem.shown_params()
        return [(shown["first"], told["one"]), (shown["second"], told["other"])]
    found = [(str(name), told[key]) for key, name in _VALUES if key in told]
    return found if len(found) > 1 else []
