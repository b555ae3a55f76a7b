"""What E-port and customs find in what they have. No network: the desk is worked by hand."""

import itertools
import re
import time
from pathlib import Path

import pytest

from agencies.customs import Customs
from agencies.documents import read
from agencies.replies import return_time
from agencies.store import Store
from tests.agencies import letters
from tests.agencies.letters import LIMITED_BUYER, LINES, inventory, message, order, payment, waybill
from tests.agencies.world import returns_of

MILLISECOND = 0.001


class Desk:
    def __init__(self, path: Path) -> None:
        self.store = Store(path / "store.sqlite3")
        self.customs = Customs(self.store, MILLISECOND)
        self.keys = itertools.count()

    def take(self, *bodies: bytes) -> None:
        for body in bodies:
            with self.store.transaction():
                self.customs.take(f"key-{next(self.keys)}", read(body)[1], early=False)

    def replies(self) -> list[dict[str, str]]:
        """All returns so far, by due time, after customs has looked at everything."""
        while self.store.db.execute("SELECT 1 FROM documents WHERE examine_at IS NOT NULL").fetchone():
            self.customs.examine()
            time.sleep(MILLISECOND)
        rows = self.store.db.execute("SELECT body FROM replies ORDER BY due, id").fetchall()
        return [found for row in rows for found in returns_of(row["body"])]

    def told(self, number: str) -> list[str]:
        """Statuses of a document, with the codes of customs' reasons."""
        told = [found for found in self.replies() if number in found.values()]
        codes = [re.findall(r"\[Code:(-?\d+);", found["returnInfo"]) for found in told]
        return [" ".join([found["returnStatus"], *code]) for found, code in zip(told, codes, strict=True)]


@pytest.fixture
def desk(tmp_path: Path):
    found = Desk(tmp_path)
    yield found
    found.store.close()


RELEASED = ["2", "120 1800", "800 2600"]


def test_a_list_that_agrees_is_released(desk: Desk) -> None:
    desk.take(*letters.three_documents(), message(inventory()))
    assert desk.told("O01") == ["2", "120 1800"]
    assert desk.told("P-O01") == ["2", "120 1800"]
    assert desk.told("L-O01") == ["2", "120 1800"]
    assert desk.told("C-O01") == RELEASED


def test_numbers_are_of_customs_own_form(desk: Desk) -> None:
    desk.take(*letters.three_documents(), message(inventory()))
    eport, stored, released = (found for found in desk.replies() if "copNo" in found)
    year = time.strftime("%Y", time.gmtime(time.time() + 8 * 3600))
    assert stored["preNo"] == released["preNo"] == eport["preNo"]
    assert (stored["preNo"][:5], stored["preNo"][-9:]) == (f"B{year}", "000000001")
    assert stored["invtNo"] == released["invtNo"] == f"0213{year}I000000001"
    assert "invtNo" not in eport


def test_eport_uses_the_guid_of_the_document_and_customs_its_own(desk: Desk) -> None:
    declared = inventory()
    desk.take(*letters.three_documents(), message(declared))
    guids = [found["guid"] for found in desk.replies() if "copNo" in found]
    assert guids[0] == declared["head"]["guid"]
    assert len(set(guids)) == 3


def test_the_order_of_arrival_does_not_matter_within_patience(desk: Desk) -> None:
    desk.take(message(inventory()), *letters.three_documents())
    assert desk.told("C-O01") == RELEASED


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"payment": {"amountPaid": "129.00"}}, "1332"),
        ({"payment": {"amountPaid": "much"}}, "1332"),
        ({"payment": {"payCode": "120726DE99"}}, "13035"),
        ({"list": {"buyerName": "钱示例"}}, "13127"),
        ({"list": {"buyerIdNumber": "120199198511020371"}}, "13127"),
        ({"list": {"lines": LINES[:1]}}, "1320"),
        ({"list": {"lines": [LINES[0], LINES[1] | {"qty": "3"}]}}, "1322"),
        (
            {"list": {"lines": LINES[:1], "buyerName": "钱示例"}, "payment": {"amountPaid": "1"}},
            "1320 13127 1332",
        ),
        ({"list": {"logisticsNo": "L-elsewhere"}}, "-621003"),
        ({"list": {"orderNo": "O-elsewhere"}}, "-301003 -401001"),
        ({"order": {"note": "scenario=return:1800"}}, "-301003"),
    ],
)
def test_a_list_that_disagrees_is_returned_with_every_reason(desk: Desk, changed, codes: str) -> None:
    desk.take(
        message(order(**changed.get("order", {}))),
        message(payment(**changed.get("payment", {}))),
        message(waybill()),
        message(inventory(**changed.get("list", {}))),
    )
    assert desk.told("C-O01") == ["2", f"100 {codes}"]


def test_equal_amounts_may_be_written_differently(desk: Desk) -> None:
    desk.take(message(order()), message(payment(amountPaid="1708.51000")), message(waybill()))
    desk.take(message(inventory(lines=[line | {"price": line["price"] + "00"} for line in LINES])))
    assert desk.told("C-O01") == RELEASED


@pytest.mark.parametrize(
    ("quantity", "freight", "end"),
    [("2", "0", "100 -621018"), ("1", "82.01", "100 -621018"), ("1", "82.00", "800 2600")],
)
def test_a_buyer_without_enough_left_is_returned(desk: Desk, quantity: str, freight: str, end: str) -> None:
    lines = [{"gnum": "1", "qty": quantity, "price": "118.00"}]
    desk.take(message(order(lines=lines, **LIMITED_BUYER)), message(payment()), message(waybill()))
    desk.take(message(inventory(lines=lines, freight=freight, **LIMITED_BUYER)))
    assert desk.told("C-O01")[-1] == end


def test_returned_corrected_and_declared_again(desk: Desk) -> None:
    """The story's O10: the payment's amount was wrong."""
    desk.take(
        message(order()), message(payment(amountPaid="129.00")), message(waybill()), message(inventory())
    )
    assert desk.told("C-O01") == ["2", "100 1332"]
    desk.take(message(payment(appType="2")), message(inventory(appType="2")))
    assert desk.told("P-O01") == ["2", "120 1800"] * 2
    assert desk.told("C-O01") == ["2", "100 1332", *RELEASED]
    times = [found["returnTime"] for found in desk.replies() if "copNo" in found]
    assert times == sorted(set(times))
    assert len({found["preNo"] for found in desk.replies() if "copNo" in found}) == 1


@pytest.mark.parametrize("again", [{"appType": "1"}, {"appType": "1", "copNo": "C-new"}])
def test_a_returned_list_may_also_be_declared_as_new(desk: Desk, again) -> None:
    desk.take(*letters.three_documents(), message(inventory(note="scenario=return:1313")))
    assert desk.told("C-O01") == ["2", "100 1313"]
    desk.take(message(inventory(**again)))
    assert desk.told(again.get("copNo", "C-O01"))[-3:] == RELEASED


DUPLICATES = [(order, "O01", "-301010"), (payment, "P-O01", "-401007"), (waybill, "L-O01", "-504015"),
              (inventory, "C-O01", "-621004")]  # fmt: skip


@pytest.mark.parametrize(("make", "number", "code"), DUPLICATES)
def test_a_number_is_taken_once(desk: Desk, make, number: str, code: str) -> None:
    desk.take(message(make(note="scenario=silence")), message(make()))
    assert desk.told(number) == [code]


@pytest.mark.parametrize(("make", "number", "code"), DUPLICATES)
def test_a_guid_is_taken_once(desk: Desk, make, number: str, code: str) -> None:
    first = make("O02", note="scenario=silence")
    desk.take(message(first, make("O01", guid=first["head"]["guid"])))
    assert desk.told(number) == [code]


def test_an_order_is_declared_by_one_list(desk: Desk) -> None:
    desk.take(*letters.three_documents(), message(inventory()), message(inventory(copNo="C-other")))
    assert desk.told("C-other") == ["-621004"]


def test_what_eport_turned_away_may_come_again(desk: Desk) -> None:
    first = order(note="scenario=eport-error:-301020")
    desk.take(message(first), message(order(guid=first["head"]["guid"])))
    desk.take(message(other := order("O02", note="scenario=eport-error:-301020")))
    desk.take(message(order("O03", guid=other["head"]["guid"])))
    assert desk.told("O01") == ["-301020", "2", "120 1800"]
    assert desk.told("O03") == ["2", "120 1800"]


def test_return_times_of_a_document_grow_from_version_to_version(desk: Desk) -> None:
    desk.customs.delay = 60  # the first version's 120 is planned for later than the second's 2
    desk.take(message(order()), message(order(appType="2")))
    rows = desk.store.db.execute("SELECT body FROM replies ORDER BY id")
    times = [found["returnTime"] for row in rows for found in returns_of(row["body"])]
    assert len(times) == 4
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("make", "number", "code"),
    [(order, "O01", "-301011"), (payment, "P-O01", "-401008"), (waybill, "L-O01", "-504016"),
     (inventory, "C-O01", "-621012")],
)  # fmt: skip
def test_what_a_list_rests_on_cannot_be_changed(desk: Desk, make, number: str, code: str) -> None:
    desk.take(*letters.three_documents(), message(inventory()))
    before = desk.told(number)
    time.sleep(3 * MILLISECOND)  # what was planned before is due
    desk.take(message(make(appType="2")))
    assert desk.told(number) == [*before, code]


@pytest.mark.parametrize(("make", "number"), [(order, "O01"), (payment, "P-O01"), (waybill, "L-O01")])
def test_before_a_list_rests_on_it_a_document_may_change_or_come_as_a_change(
    desk: Desk, make, number
) -> None:
    desk.take(message(make(appType="2")), message(make(appType="2")))
    assert desk.told(number).count("120 1800") == 2


@pytest.mark.parametrize(
    ("make", "number", "code"),
    [(order, "O01", "-301012"), (payment, "P-O01", "-401010"), (waybill, "L-O01", "-504014"),
     (inventory, "C-O01", "-621022")],
)  # fmt: skip
def test_deleting_is_not_taken(desk: Desk, make, number: str, code: str) -> None:
    desk.take(message(make(appType="3")))
    assert desk.told(number) == [code]


def test_one_message_answers_for_many(desk: Desk) -> None:
    numbers = [f"O{n:03}" for n in range(100)]
    desk.take(*letters.three_documents(numbers), message(*(inventory(no) for no in numbers)))
    assert sum(found["returnStatus"] == "800" for found in desk.replies()) == 100
    messages = [row[0] for row in desk.store.db.execute("SELECT message FROM replies")]
    assert [messages.count(name) for name in ("CEB312", "CEB412", "CEB512", "CEB622")] == [2, 2, 2, 3]


def test_more_than_a_hundred_of_one_step_are_two_messages(desk: Desk) -> None:
    desk.take(message(*(order(f"O{number}", note="scenario=unknown") for number in range(60))))
    assert len(desk.replies()) == 180
    sizes = [
        len(returns_of(row["body"])) for row in desk.store.db.execute("SELECT body FROM replies ORDER BY id")
    ]
    assert sizes == [60, 100, 20]


def test_return_times_only_grow() -> None:
    instant = 1_795_000_000.1234
    first = return_time(instant, "")
    assert len(first) == 17
    assert return_time(instant, first) == f"{int(first) + 1}"
    assert return_time(instant - 60, first) == f"{int(first) + 1}"
    assert return_time(0, "20261231235959999") == "20270101000000000"
    assert return_time(0, "") == "19700101080000000"
