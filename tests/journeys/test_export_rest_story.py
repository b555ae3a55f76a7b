"""A parcel abroad over REST, against the running portal and the running agencies: six messages, closed (899)."""

from __future__ import annotations

from typing import Any

from customs.demo import export
from tests.journeys.erp import Erp, eventually
from tests.running import Running


def hand_in(portal: Running, messages: dict[str, bytes]) -> dict[str, str]:
    """Each message by the client of its sender; reference numbers by message type."""
    return {
        type_: Erp(portal, f"demo-{export.SENDERS[type_].lower()}").number_of(message)
        for type_, message in messages.items()
    }


def in_state(erp: Erp, waybill: str, state: str) -> dict[str, Any] | None:
    """The newest list of the waybill when it is in that state."""
    rows = erp.get("/export-lists", logistics_no=waybill)["results"]
    return next((row for row in rows if row["state"] == state), None)


def events_of(portal: Running, list_id: str) -> list[str]:
    """What customs' own change feed tells of a list."""
    return [row["event"] for row in Erp(portal, "demo-customs").changes() if row["object_id"] == list_id]


def test_six_messages_over_rest_end_in_899(portal: Running) -> None:
    given = export.by_hand()["E21"]
    numbers = hand_in(portal, {type_: given[type_] for type_ in ("CEB603", "CEB505", "CEB303")})
    exporter, waybill = Erp(portal, "demo-f"), "JSE2026112321"
    released = eventually(lambda: in_state(exporter, waybill, "released"), portal)
    assert released["waits_for"]["step"] == "arrival"
    numbers |= hand_in(portal, {type_: given[type_] for type_ in ("CEB507", "CEB607", "CEB509")})
    assert len(set(numbers.values())) == 6
    closed = eventually(lambda: in_state(exporter, waybill, "closed"), portal)
    assert closed["list_number"] == "02132026E000000021"
    assert closed["closed_at"].startswith("2026-11-23T20:30")
    assert (closed["findings"], closed["waits_for"]) == ([], None)
    told = Erp(portal, "demo-tax").get("/export-lists", invt_no=closed["list_number"])["results"]
    assert [row["id"] for row in told] == [closed["id"]]
    # The feed goes up to the oldest running transaction: what is closed is told a little later.
    eventually(lambda: events_of(portal, closed["id"])[-1:] == ["export-list-closed"], portal)


def test_a_returned_list_is_declared_again_and_closed(portal: Running) -> None:
    sets = export.by_hand()
    hand_in(portal, sets["E22"])
    declarant, waybill = Erp(portal, "demo-g"), "JSE2026112422"
    returned = eventually(lambda: in_state(declarant, waybill, "returned"), portal)
    assert returned["return_code"] == "1322"
    assert "1322" in [finding["code"] for finding in returned["findings"]]
    hand_in(portal, sets["E22-corrected"])
    closed = eventually(lambda: in_state(declarant, waybill, "closed"), portal)
    assert closed["version"] == 2
