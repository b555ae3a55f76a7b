"""Loading: rows as declared, personal data sealed, numbers claimed, versions replaced, safe to repeat."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.personal import keyed_hash, unseal_fields
from customs import load
from customs.demo import BUYERS, coherent_sales, coherent_set, envelope, story_batch, story_message, story_set
from customs.demo.sales import inventory, payment
from customs.load import load_message, to_load
from customs.models import (
    CebMessage,
    DocumentEvent,
    DocumentKey,
    Inventory,
    InventoryLine,
    Order,
    OrderLine,
    Payment,
    Waybill,
)
from submissions.models import Dispatch
from tests.customs.factories import World, a_hundred

pytestmark = pytest.mark.django_db
MODELS = {"CEB311": Order, "CEB411": Payment, "CEB511": Waybill, "CEB621": Inventory}


def problem_codes(key) -> list[str]:
    return [row["code"] for row in CebMessage.objects.get(pk=key).problems]


def returned(*models) -> None:
    """Customs sent them back; their messages have gone."""
    for model in models:
        model.objects.exclude(state="superseded").update(state="returned")
    Dispatch.objects.update(state="sent")


# --- rows --------------------------------------------------------------------------------------------------


def test_a_list_is_loaded_as_it_was_declared(here: World) -> None:
    here.load("CEB621", story_message("O02", "CEB621", note="a\tb\\c\nd"))
    one = Inventory.objects.get()
    assert (one.order_no, one.trade_mode, one.decl_time) == ("HY20261104O02", "9610", "20261104")
    assert (one.freight, one.pack_no, one.index, one.version) == (Decimal("20"), 1, 1, 1)
    assert one.note == "a\tb\\c\nd"
    assert one.state == "waiting"
    line = one.lines.get()
    assert (line.gcode, line.qty, line.qty1, line.qty2, line.unit2) == (
        "3304990029",
        1,
        Decimal("0.05"),
        1,
        "011",
    )
    assert set(one.parties) == {here.companies[key].pk for key in "ABDG"}


def test_the_three_documents_are_loaded_with_their_lines(here: World) -> None:
    here.load_all(story_set("O01"), types=["CEB311", "CEB411", "CEB511"])
    assert Order.objects.get().actural_paid == Decimal("1708.51")
    assert [(line.gnum, line.qty) for line in OrderLine.objects.order_by("gnum")] == [(1, 6), (2, 2)]
    assert Payment.objects.get().pay_time == "20261103091200"
    assert Waybill.objects.get().weight == Decimal("5.41")


@pytest.mark.parametrize("type_", list(MODELS))
def test_personal_data_is_sealed_and_stands_nowhere_in_clear(here: World, type_: str) -> None:
    here.load(type_, story_message("O01", type_))
    row = MODELS[type_].objects.get()
    fields = unseal_fields(row.personal, context=str(row.pk))
    assert BUYERS["P1"].name in fields.values()
    plain = " ".join(
        str(value) for key, value in MODELS[type_].objects.values()[0].items() if key != "personal"
    )
    assert not any(value in plain for value in fields.values())


def test_identity_numbers_are_hashed_in_capitals(here: World) -> None:
    number = BUYERS["P5"].id_number
    here.load("CEB621", story_message("O06", "CEB621", buyerIdNumber=number.lower()))
    assert bytes(Inventory.objects.get().buyer_id_hash) == keyed_hash(number)


def test_numbers_that_customs_give_are_not_taken_from_the_sender(here: World) -> None:
    here.load("CEB621", story_message("O01", "CEB621", preNo="B" * 18, invtNo="I" * 18))
    assert (Inventory.objects.get().pre_no, Inventory.objects.get().invt_no) == ("", "")


def test_absent_optional_elements_are_empty(here: World) -> None:
    here.load("CEB411", story_message("O01", "CEB411", telephone=None))
    here.load("CEB621", story_message("O01", "CEB621", copNo=None, wrapType=None))
    assert Inventory.objects.get().cop_no == ""
    assert DocumentKey.objects.filter(kind="inventory", number="HY20261103O01").exists()


def test_what_a_document_says_wrong_by_itself_is_kept_with_it(here: World) -> None:
    here.load("CEB621", story_message("O01", "CEB621", packNo="2"))
    (found,) = Inventory.objects.get().checks
    assert (found["code"], found["path"]) == ("ceb.business.pack_no", "/InventoryHead/packNo")


def test_loading_is_an_event_of_the_document(here: World) -> None:
    here.load("CEB311", story_message("O01", "CEB311"))
    event = DocumentEvent.objects.get()
    assert (event.verb, event.to_state) == ("load", "loaded")


# --- repetition --------------------------------------------------------------------------------------------


def test_loading_again_changes_nothing(here: World) -> None:
    key = here.load("CEB621", story_message("O01", "CEB621"))
    events = DocumentEvent.objects.count()
    assert load_message(key) == 0
    assert (Inventory.objects.count(), DocumentEvent.objects.count()) == (1, events)


def test_a_worker_that_dies_leaves_nothing_behind(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = here.store("CEB621", story_message("O01", "CEB621"))
    with monkeypatch.context() as dying:
        dying.setattr(load, "_checks", lambda message: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load_message(key)
    assert not Inventory.objects.exists()
    assert not DocumentKey.objects.exists()
    assert to_load() == [key]
    assert load_message(key) == 1
    assert to_load() == []


def test_a_message_that_cannot_be_loaded_at_once_is_stored_and_left_to_a_worker(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(load, "_checks", lambda message: 1 / 0)
        received = here.hand_in("CEB621", story_message("O01", "CEB621"))
    assert received.submission.reference
    assert not Inventory.objects.exists()
    assert not DocumentKey.objects.exists()
    assert to_load() == [received.submission.pk]
    assert load_message(received.submission.pk) == 1


# --- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", list(MODELS))
def test_a_number_taken_is_a_problem_of_that_document_alone(here: World, type_: str) -> None:
    here.load(type_, story_message("O01", type_))
    again = envelope(type_, [_again("O01", type_), *_documents(["O02"], type_)])
    key = here.load(type_, again)
    (problem,) = [
        row for row in CebMessage.objects.get(pk=key).problems if "list_under_way" not in row["code"]
    ]
    assert problem["code"] == "customs.duplicate_number"
    assert "[1]/" in problem["path"]
    assert MODELS[type_].objects.count() == 2


def _documents(keys, type_):
    from customs.ceb import read

    return read(story_batch(keys, type_)).documents


def _again(key, type_):
    from customs.demo.story import story_document

    return story_document(key, type_, guid="11111111-2222-4333-8444-555555555555")


def test_a_guid_of_another_document_is_a_problem_not_a_crash(here: World) -> None:
    here.load("CEB311", story_message("O01", "CEB311"))
    guid = Order.objects.get().guid
    key = here.load("CEB311", story_message("O02", "CEB311", guid=guid))
    assert problem_codes(key) == ["customs.duplicate_guid"]
    assert Order.objects.count() == 1
    assert not DocumentKey.objects.filter(number="HY20261104O02").exists()


def test_a_number_twice_in_one_message_the_first_has_it(here: World) -> None:
    first, second = _documents(["O01"], "CEB311")[0], _again("O01", "CEB311")
    third = _documents(["O02"], "CEB311")[0]
    third.head["guid"] = first.head["guid"]
    key = here.load("CEB311", envelope("CEB311", [first, second, third]))
    assert problem_codes(key) == ["customs.repeated_number", "customs.repeated_number"]
    assert Order.objects.get().guid == first.head["guid"]


def test_one_transaction_may_pay_several_orders(here: World) -> None:
    sales = coherent_sales(2, seed=9)
    payments = [payment(sale) for sale in sales]
    for document in payments:
        document.head["payTransactionId"] = "COMBINED"
    key = here.load("CEB411", envelope("CEB411", payments))
    assert problem_codes(key) == []
    assert Payment.objects.filter(pay_transaction_id="COMBINED").count() == 2


def test_a_second_list_of_an_order_under_way_is_a_problem(here: World) -> None:
    here.load("CEB621", story_message("O01", "CEB621"))
    other = story_message("O01", "CEB621", copNo="ANOTHER", guid="11111111-2222-4333-8444-555555555555")
    assert problem_codes(here.load("CEB621", other)) == ["customs.list_under_way"]
    assert Inventory.objects.count() == 1
    assert not DocumentKey.objects.filter(number="ANOTHER").exists()


# --- changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", list(MODELS))
def test_what_has_not_gone_may_be_changed(here: World, type_: str) -> None:
    here.load(type_, story_message("O01", type_))
    old = MODELS[type_].objects.get()
    here.load(type_, story_message("O01", type_, app_type="2"))
    old.refresh_from_db()
    new = MODELS[type_].objects.exclude(pk=old.pk).get()
    assert (old.state, new.version) == ("superseded", 2)
    assert set(DocumentKey.objects.values_list("document_id", flat=True)) <= {old.pk, new.pk}
    held = DocumentKey.objects.exclude(kind="guid").values_list("document_id", flat=True)
    assert set(held) == {new.pk}


def test_o10_a_returned_list_and_its_payment_are_declared_again(here: World) -> None:
    from customs.demo import story_correction

    here.load_all(story_set("O10"))
    returned(Inventory)
    here.load_all(story_correction("O10"))
    assert sorted(Payment.objects.values_list("version", "state", "amount_paid")) == [
        (1, "superseded", Decimal("129")),
        (2, "loaded", Decimal("140.74")),
    ]
    new = Inventory.objects.exclude(state="superseded").get()
    assert (new.version, new.state, new.findings) == (2, "ready", [])


def test_a_returned_list_may_come_as_new_under_a_new_number(here: World) -> None:
    here.load_all(story_set("O01"))
    returned(Inventory)
    new = story_message("O01", "CEB621", copNo="ANOTHER", guid="11111111-2222-4333-8444-555555555555")
    assert problem_codes(here.load("CEB621", new)) == []
    assert Inventory.objects.exclude(state="superseded").get().cop_no == "ANOTHER"


def test_a_returned_list_does_not_come_as_new_under_its_old_number(here: World) -> None:
    here.load_all(story_set("O01"))
    returned(Inventory)
    same = story_message("O01", "CEB621", guid="11111111-2222-4333-8444-555555555555", note="again")
    assert "customs.duplicate_number" in problem_codes(here.load("CEB621", same))


def test_what_the_eport_turned_away_may_come_again_as_new(here: World) -> None:
    here.load("CEB311", story_message("O01", "CEB311"))
    Order.objects.update(state="eport_refused")
    again = here.load("CEB311", story_message("O01", "CEB311", note="again"))  # even under the same guid
    assert problem_codes(again) == []
    assert Order.objects.exclude(state="superseded").get().note == "again"


@pytest.mark.parametrize("type_", list(MODELS))
def test_what_went_between_intake_and_loading_is_not_replaced(here: World, type_: str) -> None:
    messages = story_set("O01")
    here.load_all(messages, types=["CEB311", "CEB411", "CEB621"])
    if type_ == "CEB511":
        here.load("CEB511", messages["CEB511"])
        Inventory.objects.update(state="waiting")
        Dispatch.objects.filter(referral__submission__kind="import-declaration").update(state="held")
    change = here.store(type_, story_message("O01", type_, app_type="2"))
    Inventory.objects.update(state="released")
    load_message(change)
    assert problem_codes(change) == ["customs.change.not_allowed"]
    assert MODELS[type_].objects.count() == 1


def test_a_change_handed_in_before_its_first_version_was_loaded(here: World) -> None:
    first = here.store("CEB311", story_message("O01", "CEB311"))
    second = here.hand_in("CEB311", story_message("O01", "CEB311", app_type="2")).submission.pk
    assert to_load() == [first, second]
    load_message(second)
    assert load_message(first) == 0
    assert Order.objects.exclude(state="superseded").get().message_id == second


def test_a_change_of_what_never_was_is_a_problem(here: World) -> None:
    here.store("CEB311", story_message("O02", "CEB311"))  # under way, so intake lets the change pass
    key = here.load("CEB311", story_message("O01", "CEB311", app_type="2"))
    assert problem_codes(key) == ["customs.change.unknown"]


# --- sizes -------------------------------------------------------------------------------------------------


def test_a_hundred_of_each_kind_are_loaded_matched_and_taxed(here: World) -> None:
    for type_, data in a_hundred(seed=11).items():
        here.load(type_, data)
    assert Inventory.objects.filter(state="ready").count() == 100
    assert InventoryLine.objects.filter(vat__isnull=False).count() == InventoryLine.objects.count()


def test_statements_do_not_grow_with_documents(here: World) -> None:
    counts: dict[int, list[int]] = {}
    for size in (3, 40):
        messages = coherent_set(size, seed=size)
        for type_, data in messages.items():
            key = here.hand_in(type_, data).submission.pk
            with CaptureQueriesContext(connection) as captured:
                load_message(key)
            counts.setdefault(size, []).append(len(captured))
    assert all(many <= few for few, many in zip(counts[3], counts[40], strict=True)), counts


def test_a_list_with_ninety_nine_lines(here: World) -> None:
    (sale,) = coherent_sales(1, seed=4)
    document = inventory(sale)
    line = document.lines[0]
    lines = [line | {"gnum": str(number)} for number in range(1, 100)]
    here.load("CEB621", envelope("CEB621", [type(document)(document.head, lines)]))
    assert InventoryLine.objects.count() == 99


def test_a_sender_whose_messages_cannot_be_loaded_does_not_stand_before_others(here: World) -> None:
    stuck = [here.store("CEB311", story_message(key, "CEB311")) for key in ("O01", "O02", "O03")]
    other = here.store("CEB411", story_message("O01", "CEB411"))
    assert to_load(2) == [stuck[0], other]
    assert to_load() == [stuck[0], other, *stuck[1:]]
