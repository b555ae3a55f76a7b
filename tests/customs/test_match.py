"""The match on real rows: all orders of arrival, states, limits of the year, restarts."""

from __future__ import annotations

import itertools
import threading
from decimal import Decimal as D

import pytest
from django.db import connection

from customs import match
from customs.demo import COMPANIES, ORDERS, TYPES, coherent_set, story_message, story_set
from customs.load import load_message
from customs.models import DocumentEvent, Inventory, Order, Payment, Waybill
from reference.problems import Problem
from submissions.models import Dispatch
from tests.customs.factories import World, findings

pytestmark = pytest.mark.django_db


def state_of_dispatch() -> str:
    lists = Dispatch.objects.filter(referral__submission__kind="import-declaration", what="payload")
    return lists.get().state


def paid(amount: str, **order: str) -> dict[str, dict[str, str]]:
    """Order and payment of this amount."""
    return {"CEB311": {"acturalPaid": amount, **order}, "CEB411": {"amountPaid": amount}}


@pytest.mark.parametrize("order", list(itertools.permutations(TYPES)), ids="-".join)
def test_a_list_is_ready_when_the_last_piece_arrives(here: World, order: tuple[str, ...]) -> None:
    messages = story_set("O01")
    for type_ in order[:-1]:
        here.load(type_, messages[type_])
        assert not Inventory.objects.filter(state="ready").exists()
    here.load(order[-1], messages[order[-1]])
    one = Inventory.objects.get()
    assert (one.state, one.findings) == ("ready", [])
    assert one.order_document == Order.objects.get().pk
    assert one.payment_document == Payment.objects.get().pk
    assert one.waybill_document == Waybill.objects.get().pk
    assert state_of_dispatch() == "queued"


@pytest.mark.parametrize("key", [key for key in ORDERS if key not in ("O08", "O10", "O12")])
def test_orders_of_the_story_are_ready_with_their_tax(here: World, key: str) -> None:
    one = here.declared(key)
    assert (one.state, one.findings) == ("ready", [])
    assert one.tax_total == ORDERS[key].tax


def test_o08_is_over_the_yearly_limit_and_goes_with_our_opinion(here: World) -> None:
    here.used_before("P6")
    one = here.declared("O08")
    assert (one.state, findings(one)) == ("faulted", ["-621018"])
    assert (one.tax_regime, one.dutiable_value, one.tax_total) == ("refused", D("436.00"), None)
    assert "25800.00" in Problem.from_stored(one.findings[0]).text
    assert state_of_dispatch() == "queued"


def test_o10_the_payment_is_short(here: World) -> None:
    one = here.declared("O10")
    assert (one.state, findings(one)) == ("faulted", ["1332"])
    assert one.findings[0]["params"] == {"payment": "129.00", "order": "140.74"}
    assert one.tax_total == D("11.74")
    event = DocumentEvent.objects.get(verb="fault")
    assert (event.to_state, event.why) == ("faulted", "1332")


def test_o12_buyer_and_payer_are_two_people_so_the_list_is_held(here: World) -> None:
    one = here.declared("O12")
    assert (one.state, findings(one)) == ("waiting", ["identity.pending"])
    assert one.tax_total == D("145.73")
    assert state_of_dispatch() == "held"
    assert match.sweep() == 0


def test_a_waiting_list_says_what_it_waits_for_and_has_its_tax(here: World) -> None:
    here.load("CEB621", story_message("O01", "CEB621"))
    one = Inventory.objects.get()
    missing = ["match.order_missing", "match.payment_missing", "match.waybill_missing"]
    assert (one.state, findings(one, "warning")) == ("waiting", missing)
    assert one.tax_total == D("142.51")
    assert state_of_dispatch() == "held"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"CEB411": {"amountPaid": "1708.50"}}, "1332"),
        ({"CEB411": {"payTransactionId": "OTHER"}}, "match.transaction"),
        ({"CEB311": {"payCode": "120726DE99"}}, "13035"),
        ({"CEB621": {"buyerName": "王示例"}}, "13127"),
        ({"CEB621": {"buyerIdNumber": "110199199207210181"}}, "match.buyer_id"),
        ({"CEB411": {"payerName": "王示例"}}, "match.buyer_id_of_payer"),
        ({"CEB621": {"freight": "1.00"}}, "match.freight"),
        ({"CEB621": {"insuredFee": "1.00"}}, "match.freight"),
        ({"CEB621": {"ebcCode": "129096DE06", "assureCode": "120746DE04"}}, "match.ebc"),
        ({"CEB511": {"orderNo": "ANOTHER"}}, "match.waybill_order"),
        ({"CEB511": {"consignee": "王示例"}}, "match.consignee"),
        ({"CEB511": {"consigneeTelephone": "12000000099"}}, "match.consignee"),
        ({"CEB511": {"consigneeAddress": "elsewhere"}}, "match.address"),
        ({"CEB621": {"consigneeAddress": "elsewhere"}}, "match.address"),
        ({"CEB621": {"lines": {1: {"qty": "5", "totalPrice": "1090.00"}}}}, "1322"),
        ({"CEB621": {"lines": {2: {"price": "128.00", "totalPrice": "256.00"}}}}, "1322"),
        ({"CEB621": {"packNo": "2"}}, "ceb.business.pack_no"),
        ({"CEB621": {"emsNo": None}}, "ceb.business.mode_demands"),
        ({"CEB621": {"country": "601"}}, "ceb.business.bonded_country"),
        (paid("1.00"), "ceb.business.amount_paid"),
    ],
)
def test_a_difference_faults_the_list_which_goes_all_the_same(here: World, changed, code) -> None:
    one = here.declared("O01", **changed)
    assert set(findings(one, "error")) == {code}
    assert one.state == "faulted"
    assert state_of_dispatch() == "queued"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (paid("1708.49", taxTotal="142.49"), "tax.withheld"),
        (paid("1707.51", goodsValue="1565.00"), "ceb.business.goods_value"),
        ({"CEB621": {"lines": {1: {"gname": "牛奶"}}}}, "match.line_name"),
        ({"CEB411": {"payTime": "20261103090000"}}, "match.paid_before_order"),
        ({"CEB511": {"appTime": "20261103091000"}}, "match.shipped_before_payment"),
        ({"CEB511": {"weight": "9"}}, "match.weight"),
        ({"CEB511": {"freight": "9.00"}}, "match.waybill_freight"),
    ],
)  # fmt: skip
def test_a_warning_does_not_fault_the_list(here: World, changed, code) -> None:
    one = here.declared("O01", **changed)
    assert (one.state, findings(one)) == ("ready", [code])


def test_a_list_with_more_lines_than_the_order(here: World) -> None:
    messages = story_set("O01")
    from customs.ceb import read
    from customs.demo import envelope

    document = read(messages["CEB311"]).documents[0]
    messages["CEB311"] = envelope("CEB311", [type(document)(document.head, document.lines[:1])])
    here.load_all(messages)
    assert "1320" in findings(Inventory.objects.get(), "error")


def test_a_payment_corrected_before_the_list_has_gone_mends_it(here: World) -> None:
    messages = story_set("O10")
    here.load_all(messages, types=["CEB311", "CEB411", "CEB621"])
    assert findings(Inventory.objects.get(), "error") == ["1332"]
    from customs.demo import story_correction

    here.load("CEB411", story_correction("O10")["CEB411"])
    here.load("CEB511", messages["CEB511"])
    assert (Inventory.objects.get().state, Inventory.objects.get().findings) == ("ready", [])


def test_of_two_firms_payments_the_one_that_the_order_names_counts(here: World) -> None:
    here.companies["H"].roles = ["payment_firm"]
    here.companies["H"].save()
    messages = story_set("O01")
    here.load_all(messages, types=["CEB311", "CEB411", "CEB511"])
    code = COMPANIES["H"].customs_code
    guid = "11111111-2222-4333-8444-555555555555"
    other = story_message("O01", "CEB411", sender="H", payCode=code, amountPaid="1.00", guid=guid)
    here.load("CEB411", other, by="H")
    here.load("CEB621", messages["CEB621"])
    assert Inventory.objects.get().state == "ready"


def test_matching_again_changes_nothing(here: World) -> None:
    one = here.declared("O10")
    before = Inventory.objects.values().get(), DocumentEvent.objects.count()
    Dispatch.objects.update(state="held")
    assert match.match_lists([one.pk]) == 0
    assert (Inventory.objects.values().get(), DocumentEvent.objects.count()) == before


def test_a_list_that_has_gone_is_not_matched_again(here: World) -> None:
    one = here.declared("O01")
    Inventory.objects.update(state="sent", findings=["untouched"])
    match.match_lists([one.pk])
    assert Inventory.objects.get().findings == ["untouched"]


def test_the_sweep_finds_lists_whose_worker_died_before_the_match(here: World, monkeypatch) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(match, "match_message", lambda key: 0)
        here.load_all(story_set("O01"))
    assert Inventory.objects.get().state == "loaded"
    assert match.sweep() == 1
    assert Inventory.objects.get().state == "ready"
    assert match.sweep() == 0


def test_the_sweep_finds_waiting_lists_whose_pieces_are_there(here: World, monkeypatch) -> None:
    messages = story_set("O01")
    here.load_all(messages, types=["CEB621"])
    with monkeypatch.context() as dying:
        dying.setattr(match, "match_message", lambda key: 0)
        here.load_all(messages, types=["CEB311", "CEB411", "CEB511"])
    assert match.sweep() == 1


def test_a_message_goes_only_when_each_of_its_lists_is_done(here: World) -> None:
    messages = coherent_set(3, seed=2)
    here.load_all(messages, types=["CEB621", "CEB311", "CEB411"])
    assert state_of_dispatch() == "held"
    here.load("CEB511", messages["CEB511"])
    assert state_of_dispatch() == "queued"
    assert set(Inventory.objects.values_list("state", flat=True)) == {"ready"}


@pytest.mark.django_db(transaction=True)
def test_four_messages_loaded_at_the_same_moment(here: World) -> None:
    keys = [here.hand_in(type_, data).submission.pk for type_, data in coherent_set(20, seed=6).items()]
    barrier, errors = threading.Barrier(4), []

    def work(key) -> None:
        try:
            barrier.wait()
            load_message(key)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Inventory.objects.filter(state="ready").count() == 20
    assert state_of_dispatch() == "queued"


def test_a_list_on_its_way_is_not_matched_again(here: World) -> None:
    one = here.declared("O01")
    assert (one.state, state_of_dispatch()) == ("ready", "queued")
    Payment.objects.update(amount_paid="1.00")
    match.match_lists([one.pk])
    assert (Inventory.objects.get().state, Inventory.objects.get().findings) == ("ready", [])


def test_a_message_whose_worker_died_after_the_match_goes_with_the_sweep(here: World, monkeypatch) -> None:
    from customs import tasks

    with monkeypatch.context() as dying:
        dying.setattr(match, "_consider", lambda messages: None)
        here.load_all(story_set("O01"))
    assert (Inventory.objects.get().state, state_of_dispatch()) == ("ready", "held")
    tasks.sweep()
    assert state_of_dispatch() == "queued"
