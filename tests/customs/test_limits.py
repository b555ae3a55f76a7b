"""The yearly limit: counted once, given back once, never overspent."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from decimal import Decimal as D
from queue import Empty, SimpleQueue

import pytest
from django.db import connection, transaction

from customs import limits
from customs.demo import BUYERS, ORDERS, TYPES, coherent_sales, envelope, story_correction, story_set
from customs.demo.wire import WRITERS
from customs.limits import Key, Share
from customs.load import load_message
from customs.models import Inventory, LimitEntry, YearlyUse
from customs.rows import id_hash
from reference.keys import uuid7
from tests.customs.factories import World, findings

pytestmark = pytest.mark.django_db
YEARLY = D(26_000)


def in_threads(work: Callable[[object], object], items: Iterable[object], *, threads: int = 12) -> None:
    """Work on the items in parallel; errors are raised here."""
    queue: SimpleQueue[object] = SimpleQueue()
    for item in items:
        queue.put(item)
    errors: list[Exception] = []

    def run() -> None:
        try:
            while True:
                work(queue.get_nowait())
        except Empty:
            pass
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if errors:
        raise errors[0]


def used(key: str) -> D:
    return limits.used(id_hash(BUYERS[key].id_number), 2026)


def test_a_list_counts_its_dutiable_value(here: World) -> None:
    here.declared("O09")  # 30.00 of it paid by coupon, which does not lower it
    assert used("P4") == D("436.00")
    entry = LimitEntry.objects.get()
    assert (entry.amount, entry.year, entry.given_back_at) == (D("436.00"), 2026, None)


def test_a_full_tax_list_counts_too(here: World) -> None:
    assert here.declared("O06").tax_regime == "full_tax"
    assert used("P5") == D("6000.00")


def test_a_list_that_waits_counts_for_it_goes_sooner_or_later(here: World) -> None:
    assert here.declared("O12").state == "waiting"
    assert used("P4") == D("632.00")


def test_a_list_is_counted_once_however_often_it_is_matched(here: World) -> None:
    here.load_all(story_set("O01"), types=["CEB621", "CEB311", "CEB511", "CEB411"])
    assert used("P1") == D("1566.00")


def test_the_year_of_the_story_adds_up(here: World) -> None:
    here.used_before("P6")
    for key in ORDERS:
        here.load_all(story_set(key))
    told = {"P1": "1867", "P2": "849", "P3": "1518", "P4": "1374", "P5": "6369", "P6": "25800"}
    assert {key: used(key) for key in told} == {key: D(amount) for key, amount in told.items()}


def test_a_list_over_the_yearly_limit_does_not_count(here: World) -> None:
    here.used_before("P6")
    here.declared("O08")
    assert used("P6") == D("25800.00")
    assert not LimitEntry.objects.exists()


def test_exactly_at_the_limit_is_within(here: World) -> None:
    here.used_before("P6", "25564.00")
    assert here.declared("O08").state == "ready"
    assert used("P6") == YEARLY


def test_one_fen_above_is_not(here: World) -> None:
    here.used_before("P6", "25564.01")
    one = here.declared("O08")
    assert (one.state, findings(one)) == ("faulted", ["-621018"])


def test_last_years_use_does_not_count(here: World) -> None:
    YearlyUse.objects.create(buyer_id_hash=id_hash(BUYERS["P6"].id_number), year=2025, used=YEARLY)
    assert here.declared("O08").state == "ready"


def test_above_the_single_limit_with_several_pieces(here: World) -> None:
    lines = {1: {"qty": "2", "totalPrice": "12000.00"}}
    money = {"goodsValue": "12000.00", "taxTotal": "0.00", "acturalPaid": "12000.00"}
    one = here.declared(
        "O06", CEB311={"lines": lines, **money}, CEB411={"amountPaid": "12000.00"}, CEB621={"lines": lines}
    )
    assert (one.state, one.tax_regime, findings(one)) == ("faulted", "refused", ["-621005"])
    assert used("P5") == 0


def test_a_replaced_list_gives_back_and_the_new_one_counts(here: World) -> None:
    here.load_all(story_set("O10"))
    assert used("P2") == D("129.00")
    Inventory.objects.update(state="returned")
    here.load_all(story_correction("O10"))
    assert used("P2") == D("129.00")
    assert LimitEntry.objects.filter(given_back_at__isnull=True).count() == 1


def test_what_was_returned_is_given_back_once(here: World) -> None:
    one = here.declared("O01")
    assert limits.give_back([one.pk]) == 1
    assert limits.give_back([one.pk]) == 0
    assert used("P1") == 0


def test_several_lists_of_one_buyer_in_one_message_are_counted_one_by_one(here: World) -> None:
    here.used_before("P1", "24500.00")
    sales = coherent_sales(10, seed=21, buyer=BUYERS["P1"])
    for type_ in TYPES:
        here.load(type_, envelope(type_, [WRITERS[type_](sale, "1") for sale in sales]))
    counted = sum(LimitEntry.objects.values_list("amount", flat=True))
    assert used("P1") == D("24500.00") + counted <= YEARLY
    assert 0 < LimitEntry.objects.count() < 10
    assert Inventory.objects.filter(state="faulted").count() == 10 - LimitEntry.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_parallel_lists_of_one_buyer_never_overspend(here: World) -> None:
    sales = coherent_sales(200, seed=33, buyer=BUYERS["P1"])
    assert sum(sale.goods_value for sale in sales) > 3 * YEARLY
    for type_ in ("CEB311", "CEB411", "CEB511"):
        for half in (sales[:100], sales[100:]):
            here.load(type_, envelope(type_, [WRITERS[type_](sale, "1") for sale in half]))
    lists = [
        envelope("CEB621", [WRITERS["CEB621"](sale, "1") for sale in sales[start : start + 5]])
        for start in range(0, 200, 5)
    ]
    keys = [here.hand_in("CEB621", data).submission.pk for data in lists]

    in_threads(load_message, keys)

    counted = list(LimitEntry.objects.values_list("amount", flat=True))
    refused = [one for one in Inventory.objects.filter(state="faulted") if findings(one) == ["-621018"]]
    assert used("P1") == sum(counted) <= YEARLY
    assert len(counted) + len(refused) == 200
    assert Inventory.objects.filter(state="ready").count() == len(counted)
    # Nothing was refused that would still have fitted when all was done.
    assert all(one.dutiable_value > YEARLY - used("P1") for one in refused)


@pytest.mark.django_db(transaction=True)
def test_counting_and_giving_back_in_any_order_never_deadlocks(here: World) -> None:
    keys = [Key(bytes([n]) * 32, 2026) for n in range(12)]
    dice = random.Random(5)
    given: list[Share] = []

    def work(seed: object) -> None:
        mine = random.Random(str(seed)).sample(keys, 6)
        with transaction.atomic():
            limits.lock(mine)
            new = [Share(uuid7(), key, D("1.00")) for key in mine]
            limits.count(new)
        given.extend(new)
        if seed % 2:
            limits_of = [share.inventory_id for share in new]
            with transaction.atomic():
                limits.give_back(dice.sample(limits_of, len(limits_of)))

    in_threads(work, range(60), threads=8)
    assert sum(YearlyUse.objects.values_list("used", flat=True)) == D(30 * 6)
    assert LimitEntry.objects.filter(given_back_at__isnull=True).count() == 30 * 6
