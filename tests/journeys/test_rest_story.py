"""The story over REST, against the running portal and the running agencies."""

from __future__ import annotations

from typing import Any

import httpx

from customs.demo.story import story_correction, story_set
from customs.demo.wire import SENDERS
from tests.journeys.erp import Erp, eventually
from tests.running import Running


def hand_in(portal: Running, messages: dict[str, bytes]) -> dict[str, str]:
    """Each message by the client of its sender; reference numbers by message type."""
    numbers = {}
    for type_, message in messages.items():
        numbers[type_] = Erp(portal, f"demo-{SENDERS[type_].lower()}").number_of(message)
    return numbers


def list_in_state(erp: Erp, order_no: str, state: str) -> dict[str, Any] | None:
    """The newest list of the order when it is in that state."""
    rows = erp.get("/inventories", order_no=order_no)["results"]
    return next((row for row in rows if row["state"] == state), None)


def order_of(key: str, run: str) -> str:
    from customs.demo.story import story_sale

    return story_sale(key, run=run).order_no


def states_of(reader: Erp, list_id: str) -> list[str]:
    """The states that a change feed tells of a list."""
    told = [row["data"] for row in reader.changes() if row["object_id"] == list_id]
    return [data["state"] for data in told if "state" in data]


def test_four_senders_hand_in_o01_and_customs_releases_it(portal: Running) -> None:
    numbers = hand_in(portal, story_set("O01", run="R"))
    assert len(set(numbers.values())) == 4
    declarant = Erp(portal, "demo-g")
    order = order_of("O01", "R")
    released = eventually(lambda: list_in_state(declarant, order, "released"), portal)
    assert released["tax_total"] == "142.51"
    assert released["list_number"].startswith("02132026I")
    submission = declarant.get(f"/submissions/{numbers['CEB621']}")
    assert submission["state"] == "accepted"

    reader = Erp(portal, "demo-customs")
    # The feed goes up to the oldest running transaction: what is released is told a little later.
    eventually(lambda: states_of(reader, released["id"])[-1:] == ["released"], portal)
    assert reader.get(f"/submissions/{numbers['CEB621']}")["reference"] == numbers["CEB621"]


def test_o10_is_returned_with_1332_corrected_and_released(portal: Running) -> None:
    hand_in(portal, story_set("O10", run="R"))
    declarant = Erp(portal, "demo-g")
    order = order_of("O10", "R")
    returned = eventually(lambda: list_in_state(declarant, order, "returned"), portal)
    assert returned["return_code"] == "1332"
    hand_in(portal, story_correction("O10", run="R"))
    released = eventually(lambda: list_in_state(declarant, order, "released"), portal)
    assert released["tax_total"] == "11.74"


def test_a_stranger_learns_nothing_of_the_others_submissions(portal: Running) -> None:
    numbers = hand_in(portal, {"CEB411": story_set("O05", run="R")["CEB411"]})
    carrier = Erp(portal, "demo-d")  # no payment names a logistics firm
    assert carrier.http.get(f"/submissions/{numbers['CEB411']}").status_code == 404


def test_without_a_token_the_answer_says_how_to_get_in(portal: Running) -> None:
    answer = httpx.get(f"{portal.url}/api/v1/submissions")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
