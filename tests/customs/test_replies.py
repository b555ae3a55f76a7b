"""Customs' replies: order, repetition, unknown numbers, consequences."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from customs import replies
from customs.models import CustomsReply, DocumentEvent, Inventory, LimitEntry, YearlyUse
from submissions import registry
from submissions.inbox import Park
from submissions.models import Change, Notice, Submission
from submissions.notices import text_of
from tests.customs import replying, rows
from tests.customs.replying import reply, said, time

pytestmark = pytest.mark.django_db


def state_of(document: object) -> str:
    document.refresh_from_db()  # type: ignore[attr-defined]
    return document.state  # type: ignore[attr-defined]


def told_customs(event: str) -> QuerySet[Change]:
    """What the feed tells customs: one row a change."""
    return Change.objects.filter(event=event, agencies=["customs"])


def test_o01_goes_2_120_800() -> None:
    one = rows.inventory("O01", state="sent")
    assert reply(one, "2", time(5), preNo="B20261105000000001").outcome == "applied"
    assert state_of(one) == "declaring"
    reply(one, "120", time(6), "[Code:1800;Desc:逻辑校验通过]", invtNo="02132026I000000001")
    assert state_of(one) == "stored"
    reply(one, "800", time(9), "[Code:2600;Desc:放行]", invtNo="02132026I000000001")
    assert state_of(one) == "released"
    assert (one.invt_no, one.return_time, one.return_code) == ("02132026I000000001", time(9), "2600")
    assert one.released_at is not None
    assert one.released_at.isoformat() == "2026-11-03T03:09:00+00:00"  # customs' time, not ours
    submission = Submission.objects.get(pk=one.message_id)
    assert submission.state == "accepted"
    assert [e.actor_label for e in DocumentEvent.objects.filter(document_id=one.id).order_by("at")] == [
        "E-port",
        "customs",
        "customs",
    ]


def test_a_late_reply_is_kept_without_effect_but_gives_its_numbers() -> None:
    one = rows.inventory(state="sent")
    reply(one, "800", time(9))
    late = reply(one, "120", time(6), invtNo="02132026I000000001")
    assert late.outcome == "late"
    assert state_of(one) == "released"
    assert one.invt_no == "02132026I000000001"


def test_a_released_list_is_not_stored_again_even_by_a_newer_reply() -> None:
    one = rows.inventory(state="sent")
    reply(one, "800", time(9))
    assert reply(one, "120", time(10)).outcome == "out_of_place"
    assert state_of(one) == "released"
    assert one.return_time == time(9)


def test_said_twice_is_applied_once() -> None:
    one = rows.inventory(state="sent")
    reply(one, "800", time(9))
    assert reply(one, "800", time(9)).outcome == "repeated"
    assert DocumentEvent.objects.filter(document_id=one.id).count() == 1
    assert told_customs("list-released").count() == 1


def test_twice_in_one_message_is_applied_once() -> None:
    one = rows.inventory(state="sent")
    entry = said(one, "800", time(9))
    replying.arrive("CEB622", entry, entry)
    assert sorted(CustomsReply.objects.values_list("outcome", flat=True)) == ["applied", "repeated"]


def test_two_steps_in_one_message_come_in_customs_order() -> None:
    one = rows.inventory(state="sent")
    replying.arrive("CEB622", said(one, "800", time(9)), said(one, "120", time(6)))
    assert state_of(one) == "released"
    assert list(
        DocumentEvent.objects.filter(document_id=one.id).order_by("at", "id").values_list("verb", flat=True)
    ) == ["store", "release"]


def test_the_inbox_may_run_twice() -> None:
    one = rows.inventory(state="sent")
    body = replying.message("CEB622", said(one, "800", time(9)))
    inbox = replying.stored(body)
    replies.read_inbox(inbox, body)
    replies.read_inbox(inbox, body)
    assert CustomsReply.objects.count() == 1
    assert DocumentEvent.objects.filter(document_id=one.id).count() == 1


def test_a_reply_before_our_settle_wins() -> None:
    from customs.lifecycle import advance
    from trail.actors import SYSTEM

    one = rows.inventory(state="ready")
    reply(one, "2", time(5))
    assert advance("inventory", [one.id], verb="send", by=SYSTEM) == set()
    assert state_of(one) == "declaring"


def test_an_unknown_number_is_kept_and_found_when_the_document_is_loaded() -> None:
    ghost = rows.inventory("X1", state="sent")
    number = (ghost.agent_code, ghost.cop_no)
    entry = said(ghost, "800", time(9))
    from customs.models import DocumentKey

    keys = DocumentKey.objects.filter(document_id=ghost.id)
    keys.delete()
    Inventory.objects.filter(pk=ghost.pk).delete()
    inbox = replying.arrive("CEB622", entry)
    kept = CustomsReply.objects.get(inbox_id=inbox.id)
    assert (kept.outcome, kept.document_id) == ("unknown_number", None)
    one = rows.inventory("X1")
    assert replies.reconsider("inventory", [number]) == 1
    kept.refresh_from_db()
    assert (kept.outcome, kept.document_id) == ("applied", one.id)
    assert state_of(one) == "released"
    assert replies.reconsider("inventory", [number]) == 0


def test_the_sweep_finds_what_the_loading_missed() -> None:
    entry = said(rows.order("X3"), "120", time(1)) | {"orderNo": "X2"}
    inbox = replying.arrive("CEB312", entry)
    one = rows.order("X2")
    assert replies.reconsider_parked() == 1
    assert state_of(one) == "stored"
    assert CustomsReply.objects.get(inbox_id=inbox.id).outcome == "applied"


def test_a_list_without_a_number_of_its_own_is_named_by_its_order() -> None:
    from customs.numbers import number_of

    one = rows.inventory("HY20261103O01-0000000001", cop_no="", state="sent")
    assert number_of(one) == (rows.G, "HY20261103O01-000000")
    assert number_of(rows.inventory("O2")) == (rows.G, "GO2")


def test_an_unknown_status_changes_nothing() -> None:
    one = rows.inventory(state="sent")
    assert reply(one, "600", time(5)).outcome == "unknown_status"
    assert state_of(one) == "sent"


def test_a_reply_without_agent_code_is_found_by_its_number_or_by_customs_numbers() -> None:
    one = rows.inventory("O1", state="sent")
    entry = said(one, "120", time(5), invtNo="02132026I000000007")
    del entry["agentCode"]
    replying.arrive("CEB622", entry)
    assert state_of(one) == "stored"
    other = said(one, "800", time(6), invtNo="02132026I000000007") | {"copNo": "another"}
    replying.arrive("CEB622", other)  # a number of its own that is not this list's
    assert state_of(one) == "stored"
    assert CustomsReply.objects.get(number="another").outcome == "unknown_number"
    replying.arrive("CEB622", other | {"copNo": ""})
    assert state_of(one) == "released"


def test_a_return_gives_the_limit_back_tells_everybody_and_asks_for_correction() -> None:
    one = rows.inventory("O10", state="declaring")
    YearlyUse.objects.create(buyer_id_hash=one.buyer_id_hash, year=2026, used="129.00")
    LimitEntry.objects.create(
        inventory_id=one.id, buyer_id_hash=one.buyer_id_hash, year=2026, amount="129.00"
    )
    reply(one, "100", time(6), "[Code:1332;Desc:支付金额与订单不一致]")
    assert state_of(one) == "returned"
    assert YearlyUse.objects.get().used == 0
    assert Submission.objects.get(pk=one.message_id).state == "action_needed"
    change = told_customs("list-returned").get()
    assert (change.object_id, change.data["code"], change.agencies) == (str(one.id), "1332", ["customs"])
    assert rows.company(rows.G).id in change.parties
    other = Change.objects.get(event="list-returned", parties__contains=[rows.company(rows.D).id])
    assert (other.data["state"], other.agencies) == ("returned", [])
    assert not {"code", "words", "pre_no", "invt_no"} & set(other.data)
    declarant = Notice.objects.get(company=rows.company(rows.G), code="inventory.returned.1332")
    assert "支付金额与订单不一致" in text_of(declarant)
    logistics = Notice.objects.get(company=rows.company(rows.D))
    assert logistics.code == "inventory.returned.party"
    assert "支付金额" not in text_of(logistics)


def test_what_a_returned_list_gave_back_counts_again_when_it_is_released_after_all() -> None:
    one = rows.inventory("O10", state="declaring")
    YearlyUse.objects.create(buyer_id_hash=one.buyer_id_hash, year=2026, used="129.00")
    LimitEntry.objects.create(
        inventory_id=one.id, buyer_id_hash=one.buyer_id_hash, year=2026, amount="129.00"
    )
    reply(one, "100", time(6))
    assert YearlyUse.objects.get().used == 0
    reply(one, "800", time(7))
    assert state_of(one) == "released"
    assert YearlyUse.objects.get().used == 129
    reply(one, "899", time(8))
    assert YearlyUse.objects.get().used == 129


def test_a_new_version_is_not_moved_by_replies_to_the_old_one() -> None:
    old = rows.inventory("O10", state="declaring")
    reply(old, "100", time(6))
    old.refresh_from_db()
    from customs.lifecycle import advance
    from trail.actors import SYSTEM

    advance("inventory", [old.id], verb="supersede", by=SYSTEM)
    new = rows.inventory("O10", app_type="2", version=2, state="sent", app_time="20261103110700")
    assert reply(new, "2", time(5)).outcome == "late"
    assert reply(new, "100", time(6), "again").outcome == "late"
    assert state_of(new) == "sent"
    assert reply(new, "800", time(20)).outcome == "applied"
    assert state_of(new) == "released"
    old_state = state_of(old)
    assert old_state == "superseded"


def test_a_new_version_ignores_what_is_older_than_its_declaration() -> None:
    new = rows.inventory("O10", app_type="2", version=2, state="sent", app_time="20261103113000")
    assert reply(new, "800", time(10)).outcome == "late"
    assert reply(new, "800", time(26)).outcome == "applied"  # within the skew of two clocks


def test_the_hook_of_a_release_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[registry.Happened] = []
    registry.register_hook("list-released", heard.append)
    try:
        one = rows.inventory(state="sent")
        reply(one, "800", time(9))
        reply(one, "800", time(9))
    finally:
        registry._hooks["list-released"].remove(heard.append)
    assert [h.ids for h in heard] == [(one.id,)]


def test_one_transaction_for_two_orders_has_two_answers() -> None:
    first = rows.payment("M1", pay_transaction_id="T1", state="sent")
    second = rows.payment("M2", pay_transaction_id="T1", state="sent")
    replying.arrive("CEB412", said(first, "2", time(1)) | {"guid": second.guid})
    assert (state_of(first), state_of(second)) == ("sent", "declaring")
    reply(first, "120", time(2))
    reply(first, "120", time(3))
    assert (state_of(first), state_of(second)) == ("stored", "stored")


@pytest.mark.parametrize("status", ["-301010", "4"])
def test_the_eport_refuses_an_order(status: str) -> None:
    one = rows.order(state="sent")
    kept = reply(one, status, time(2), "订单编号重复")
    assert state_of(one) == "eport_refused"
    assert kept.code == (status if status.startswith("-") else "")
    assert Submission.objects.get(pk=one.message_id).state == "action_needed"
    assert DocumentEvent.objects.get(document_id=one.id).actor_label == "E-port"


def test_a_reply_for_a_hundred_documents_takes_as_many_queries_as_one_for_ten() -> None:
    counts = []
    for size, name in ((10, "S"), (100, "L")):
        message = rows.message(documents=size)
        lists = [
            rows.inventory(f"{name}{n}", of=message, index=n, state="declaring") for n in range(1, size + 1)
        ]
        body = replying.message("CEB622", *(said(one, "800", time(9)) for one in lists))
        inbox = replying.stored(body)
        with CaptureQueriesContext(connection) as queries:
            replies.read_inbox(inbox, body)
        counts.append(len(queries))
        assert Inventory.objects.filter(message=message, state="released").count() == size
    assert counts[0] == counts[1]
    assert counts[1] <= 30


@pytest.mark.parametrize(
    "body", [replying.message("CEB514", {"guid": "G" * 36}), b"<html/>", b"not XML", b""]
)
def test_what_nobody_here_reads_is_parked_at_once(body: bytes) -> None:
    with pytest.raises(Park):
        replies.read_inbox(replying.stored(body), body)
    assert not CustomsReply.objects.exists()
