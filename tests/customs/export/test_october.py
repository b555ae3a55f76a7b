"""The story's October: twenty parcels from order to closing, and what other desks read of them."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from customs.ceb import check
from customs.demo.export import export_messages, parcels
from customs.export.selectors import candidate_lines, closed_lines, orders, released_lines
from customs.models import Arrival, CustomsReply, DocumentEvent, ExportList, ExportOrder
from reference.problems import Refused
from submissions.models import Change, Dispatch, Submission
from tests.customs.export import month
from tests.customs.factories import World, codes, world

OCTOBER, NOVEMBER = date(2026, 10, 15), date(2026, 11, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db: None) -> World:
    return world()


def test_the_messages_are_well_formed() -> None:
    for type_, data in export_messages():
        report = check(data)
        warned = {problem.code for problem in report.problems}
        assert report.accepted
        # The order without unit is the story's own.
        assert warned <= ({"ceb.spec.mandatory"} if type_ == "CEB303" else set()), report.problems


def test_twenty_lists_are_closed_with_the_storys_numbers(here: World, tmp_path: Path) -> None:
    submissions = month.october(here, tmp_path)
    lists = ExportList.objects.order_by("ie_date", "index")
    assert [one.invt_no for one in lists] == [parcel.list_no for parcel in parcels()]
    assert {one.state for one in lists} == {"closed"}
    assert {one.submission_state for one in _fresh(submissions)} == {"accepted"}
    assert not CustomsReply.objects.exclude(outcome="applied").exists()


def _fresh(submissions: list[Submission]) -> list[Submission]:
    for one in submissions:
        one.refresh_from_db()
        one.submission_state = one.state  # type: ignore[attr-defined]
    return submissions


def test_a_list_that_sails_in_november_is_novembers(here: World, tmp_path: Path) -> None:
    month.october(here, tmp_path)
    firm = here.companies["F"]
    late = ["02132026E000000019"]
    assert [line.list_no for line in released_lines(firm, OCTOBER)] == late
    assert [line.list_no for line in closed_lines(firm, NOVEMBER)] == late
    (line,) = closed_lines(firm, NOVEMBER)
    assert (line.export_date, line.released_on, line.closed_on) == (
        date(2026, 10, 30),
        date(2026, 10, 30),
        date(2026, 11, 2),
    )


def test_the_months_candidates_add_up_to_the_storys_sum(here: World, tmp_path: Path) -> None:
    month.october(here, tmp_path)
    lines = candidate_lines(here.companies["F"], OCTOBER)
    assert len(lines) == 20
    assert sum(line.amount for line in lines) == Decimal("828.15")
    assert {line.currency for line in lines} == {"USD"}
    assert [line.list_no[:4] for line in lines].count("0101") == 1
    assert [(line.list_no, line.hs) for line in lines if line.statistics_flag == "B"] == [
        ("02132026E000000017", "5702420000")
    ]
    assert {len(line.hs) for line in lines if line.statistics_flag == "A"} == {4}
    assert [(line.gnum, line.declared_unit) for line in lines if not line.unit] == [(1, "015")]
    assert not candidate_lines(here.companies["B"], OCTOBER)


def test_the_order_without_unit_is_told_as_a_warning(here: World, tmp_path: Path) -> None:
    month.october(here, tmp_path)
    told = {
        one.invt_no: [row["code"] for row in one.findings] for one in ExportList.objects.all() if one.findings
    }
    assert told == {"02132026E000000020": ["export.unit_missing"]}


def test_orders_are_read_by_their_firm_alone(here: World, tmp_path: Path) -> None:
    month.october(here, tmp_path)
    number = parcels()[0].order_no
    (found,) = orders([number, "UNKNOWN"], here.companies["F"]).values()
    assert (found.goods_value, found.freight, found.currency) == (Decimal("29.00"), Decimal("6.00"), "USD")
    assert (found.list_no, found.state, found.in_statistics) == ("02132026E000000001", "closed", True)
    assert orders([number], here.companies["B"]) == {}


@pytest.mark.parametrize("seed", range(3))
def test_documents_and_replies_come_in_any_order(here: World, tmp_path: Path, seed: int) -> None:
    month.mandated(here)
    messages = list(export_messages())
    replies = month.answers(tmp_path, [data for _type, data in messages])
    mixed = [("hear", body) for body in replies] + messages
    random.Random(seed).shuffle(mixed)
    for what, data in mixed:
        if what == "hear":
            month.hear([data])
        else:
            month.handed_in(here, [(what, data)])
    assert set(ExportList.objects.values_list("state", flat=True)) == {"closed"}
    assert ExportList.objects.filter(invt_no="02132026E000000019", closed_at__date=date(2026, 11, 2)).exists()


def test_a_list_message_waits_for_order_and_waybill(here: World) -> None:
    month.mandated(here)
    messages = dict(export_messages())
    (declared,) = month.handed_in(here, [("CEB603", messages["CEB603"])])
    held = Dispatch.objects.get(referral__submission=declared, what="payload")
    assert held.state == "held"
    assert set(ExportList.objects.values_list("state", flat=True)) == {"waiting"}
    month.handed_in(here, [("CEB303", messages["CEB303"])])
    assert set(ExportList.objects.values_list("state", flat=True)) == {"waiting"}
    month.handed_in(here, [("CEB505", messages["CEB505"])])
    assert set(ExportList.objects.values_list("state", flat=True)) == {"ready"}
    held.refresh_from_db()
    assert held.state == "queued"
    assert Dispatch.objects.filter(referral__submission=declared, what="opinion").exists()


def test_nobody_declares_exports_without_a_mandate(here: World) -> None:
    messages = dict(export_messages())
    with pytest.raises(Refused) as refused:
        month.handed_in(here, [("CEB603", messages["CEB603"])])
    assert set(codes(refused.value.problems)) == {"customs.mandate.missing"}
    assert not ExportList.objects.exists()


@pytest.mark.parametrize("type_", ["CEB303", "CEB505", "CEB507", "CEB607", "CEB509"])
def test_only_the_right_role_sends(here: World, type_: str) -> None:
    wrong = here.companies["F" if type_ != "CEB303" else "D"]
    company = here.companies[month.SENDERS[type_]]
    company.roles = wrong.roles
    company.save()
    with pytest.raises(Refused) as refused:
        month.handed_in(here, [(type_, dict(export_messages())[type_])])
    assert "customs.sender.role" in codes(refused.value.problems)


def test_a_number_that_is_taken_is_not_taken_twice(here: World) -> None:
    messages = dict(export_messages())
    for data in (messages["CEB507"], messages["CEB507"].replace(b"msgSeqNo", b"msgSeqNo")):
        month.handed_in(here, [("CEB507", data)])
    assert Arrival.objects.count() == len({parcel.bill_no for parcel in parcels()})


def test_closing_is_told_in_feed_and_history(here: World, tmp_path: Path) -> None:
    month.october(here, tmp_path)
    one = ExportList.objects.get(invt_no="02132026E000000001")
    verbs = list(
        DocumentEvent.objects.filter(document_id=one.pk).order_by("at", "id").values_list("verb", flat=True)
    )
    assert verbs[-4:] == ["declaring", "store", "release", "close"]
    events = Change.objects.filter(object_id=str(one.pk)).values_list("event", flat=True)
    assert "export-list-closed" in events
    assert ExportOrder.objects.filter(state="stored").count() == 20
