"""What goes to the E-port when: whole, once, with our opinion beside it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.personal import unseal
from customs import findings, forward
from customs.gateway.messages import Opinion
from customs.joint import recompute_messages
from customs.lifecycle import advance
from customs.models import CebMessage, Inventory, LimitEntry, YearlyUse
from submissions.models import Dispatch, Submission
from submissions.registry import Happened
from submissions.sending import body_context
from tests.customs import rows
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db


def states(message: CebMessage) -> dict[str, str]:
    found = Dispatch.objects.filter(referral__submission=message.submission)
    return dict(found.values_list("what", "state"))


def opinion(message: CebMessage) -> dict:
    row = Dispatch.objects.get(referral__submission=message.submission, what="opinion")
    return json.loads(unseal(row.sealed_body, context=body_context(row.pk)))


@pytest.mark.parametrize("waiting", ["loaded", "waiting"])
def test_a_message_waits_for_each_of_its_lists(waiting: str) -> None:
    message = rows.message(documents=2)
    rows.inventory("O1", of=message, state="ready")
    last = rows.inventory("O2", of=message, index=2, state=waiting)
    assert forward.consider([message.pk]) == 0
    assert states(message) == {"payload": "held"}
    advance("inventory", [last.pk], verb="fault", by=SYSTEM)
    assert forward.consider([message.pk]) == 1
    assert states(message) == {"payload": "queued", "opinion": "queued"}


def test_it_goes_once() -> None:
    message = rows.message()
    rows.inventory(of=message, state="ready")
    assert forward.consider([message.pk, message.pk]) == 1
    assert forward.consider([message.pk]) == 0
    assert Dispatch.objects.filter(what="opinion").count() == 1


def test_an_unloaded_message_does_not_go() -> None:
    message = rows.message()
    CebMessage.objects.filter(pk=message.pk).update(loaded_at=None)
    assert forward.consider([message.pk]) == 0


def test_when_the_waiting_limit_has_passed_it_goes_with_what_is_missing() -> None:
    message = rows.message()
    missing = findings.problem("match.payment_missing", "/InventoryHead/orderNo", "warning", order="O01")
    rows.inventory(of=message, state="waiting", findings=[missing.as_stored()])
    CebMessage.objects.filter(pk=message.pk).update(forward_by=timezone.now() + timedelta(seconds=60))
    assert forward.consider_overdue() == 0
    CebMessage.objects.filter(pk=message.pk).update(forward_by=timezone.now() - timedelta(seconds=1))
    assert forward.consider_overdue() == 1
    told = opinion(message)["lists"][0]
    assert told["standing"] == "waiting"
    assert [finding["code"] for finding in told["findings"]] == ["match.payment_missing"]
    assert told["inspection_advised"] is False


def test_one_that_cannot_be_forwarded_stops_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [rows.message() for _number in range(5)]
    for number, message in enumerate(messages):
        rows.inventory(f"O{number}", of=message, state="ready")
    real = forward.write_opinion

    def write(told: Opinion) -> bytes:
        if told.reference == messages[2].submission.reference:
            raise ValueError(told.reference)
        return real(told)

    monkeypatch.setattr(forward, "write_opinion", write)
    assert forward.consider_overdue() == 4
    assert [states(message)["payload"] for message in messages] == [
        "held" if message is messages[2] else "queued" for message in messages
    ]


def test_a_message_whose_lists_were_all_replaced_stays() -> None:
    message = rows.message()
    rows.inventory(of=message, state="superseded")
    CebMessage.objects.filter(pk=message.pk).update(forward_by=timezone.now() - timedelta(days=1))
    assert forward.consider_overdue() == 0


def test_the_opinion_has_findings_tax_and_advice() -> None:
    message = rows.message()
    fault = findings.problem("1332", "/PaymentHead/amountPaid", payment="129.00", order="140.74")
    rows.inventory(
        of=message,
        state="faulted",
        findings=[fault.as_stored()],
        tax_regime="within_limit",
        dutiable_value="129.00",
        tariff="0.00",
        consumption_tax="0.00",
        vat="11.74",
        tax_total="11.74",
    )
    forward.consider([message.pk])
    told = opinion(message)
    assert (told["message"], told["type"], told["reference"]) == (
        message.guid,
        "CEB621",
        message.submission.reference,
    )
    one = told["lists"][0]
    assert (one["standing"], one["inspection_advised"], one["reasons"]) == ("faulted", True, ["1332"])
    assert one["tax"]["total"] == "11.74"


def happened(dispatch: Dispatch, event: str, words: str = "") -> Happened:
    return Happened(event, (dispatch.pk,), (dispatch.referral.submission_id,), SYSTEM, "", words)


def test_documents_are_sent_when_the_dispatch_has_settled() -> None:
    message = rows.message("CEB311", 2)
    first, second = rows.order("O1", of=message), rows.order("O2", of=message, index=2)
    advance("order", [second.pk], verb="declaring", by=SYSTEM)  # the E-port was faster than our settle
    forward.delivered(happened(Dispatch.objects.get(), "dispatch.deliver"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("sent", "declaring")


def test_an_opinion_delivered_moves_nothing() -> None:
    message = rows.message()
    one = rows.inventory(of=message, state="ready")
    forward.consider([message.pk])
    forward.delivered(happened(Dispatch.objects.get(what="opinion"), "dispatch.deliver"))
    one.refresh_from_db()
    assert one.state == "ready"


def test_a_message_delivered_before_it_was_loaded_is_caught_up() -> None:
    message = rows.message("CEB311")
    Dispatch.objects.update(state="sent")
    one = rows.order(of=message)
    forward.catch_up([message.pk])
    one.refresh_from_db()
    assert one.state == "sent"


def test_refused_at_the_door_is_to_be_corrected_and_may_be_sent_again() -> None:
    message = rows.message()
    one = rows.inventory(of=message, state="ready")
    YearlyUse.objects.create(buyer_id_hash=one.buyer_id_hash, year=2026, used="436.00")
    LimitEntry.objects.create(
        inventory_id=one.pk, buyer_id_hash=one.buyer_id_hash, year=2026, amount="436.00"
    )
    dispatch = Dispatch.objects.get()
    forward.refused(happened(dispatch, "dispatch.refuse", "signature missing"))
    one.refresh_from_db()
    assert one.state == "eport_refused"
    assert YearlyUse.objects.get().used == 0
    assert Submission.objects.get().state == "action_needed"
    forward.delivered(happened(dispatch, "dispatch.deliver"))
    recompute_messages([message.pk])  # as the settling does in its end
    one.refresh_from_db()
    assert one.state == "sent"
    assert Submission.objects.get().state == "in_progress"
    assert YearlyUse.objects.get().used == 436  # what was given back counts again


def test_what_a_reply_refused_is_not_sent_by_a_late_settle() -> None:
    from tests.customs.replying import reply, time

    one = rows.inventory(state="ready")
    reply(one, "-621004", time(1))
    forward.delivered(happened(Dispatch.objects.get(), "dispatch.deliver"))
    one.refresh_from_db()
    assert one.state == "eport_refused"


def test_queries_do_not_grow_with_the_lists() -> None:
    counts = []
    for size, name in ((3, "S"), (30, "L")):
        message = rows.message(documents=size)
        for n in range(1, size + 1):
            rows.inventory(f"{name}{n}", of=message, index=n, state="ready")
        with CaptureQueriesContext(connection) as queries:
            forward.consider([message.pk])
            payload = Dispatch.objects.get(what="payload", referral__submission=message.submission)
            forward.delivered(happened(payload, "dispatch.deliver"))
        counts.append(len(queries))
        assert Inventory.objects.filter(message=message, state="sent").count() == size
    assert counts[0] == counts[1]
