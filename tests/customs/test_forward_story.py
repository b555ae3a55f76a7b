"""The story's O01 and O10 from hand-in to release, with a fake E-port that keeps what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from credit.models import Fact
from customs import ceb, parking, tasks
from customs.demo import story_correction, story_message, story_set
from customs.models import CustomsReply, Inventory, LimitEntry, Payment
from submissions import dispatch, inbox, registry
from submissions.models import Change, Dispatch, Notice, Submission
from tests.customs import replying
from tests.customs.factories import World
from tests.submissions.fake_agency import FakeAgency

pytestmark = pytest.mark.django_db
DAY = "20261123"


@pytest.fixture
def eport() -> Iterator[FakeAgency]:
    """The gateway behind the code customs, new in every test."""
    kept = dict(registry._gateways)
    fake = FakeAgency()
    registry.register_gateway("customs", "payload", fake)
    registry.register_gateway("customs", "opinion", fake)
    yield fake
    registry._gateways.clear()
    registry._gateways.update(kept)


def hand_in(here: World, type_: str, data: bytes) -> Submission:
    """Handed in, loaded by the task, and whatever may go is dispatched."""
    submission = here.hand_in(type_, data).submission
    tasks.load(str(submission.pk))
    send()
    return submission


def send() -> None:
    for key in Dispatch.objects.filter(state="queued").order_by("id").values_list("pk", flat=True):
        dispatch.run(key)


def say(document: object, status: str, minute: int, info: str = "答复", **more: str) -> None:
    """The agency's message goes the whole way: stored, then read."""
    at = f"{DAY}23{minute:02d}00000"
    entry = replying.said(document, status, at, info, **more)
    body = replying.message(replying.TYPE[document.kind], entry)  # type: ignore[attr-defined]
    stored = inbox.store(
        "customs",
        f"message-{UUID(int=minute)}-{status}-{CustomsReply.objects.count()}",
        body,
        "application/xml",
    )
    assert inbox.process(stored.id) == "applied"


def the_list() -> Inventory:
    return Inventory.objects.exclude(state="superseded").get()


def test_o01_is_released(here: World, eport: FakeAgency) -> None:
    messages = story_set("O01")
    declared = hand_in(here, "CEB621", messages["CEB621"])
    assert the_list().state == "waiting"
    assert eport.bodies == {}  # held until its documents are here
    for type_ in ("CEB311", "CEB411", "CEB511"):
        hand_in(here, type_, messages[type_])
    one = the_list()
    assert one.state == "sent"
    assert (str(one.dutiable_value), str(one.tax_total)) == ("1566.00", "142.51")
    # Four messages byte for byte as they were signed, and the opinion.
    assert len(eport.bodies) == 5
    assert set(messages.values()) <= set(eport.bodies.values())
    say(one, "2", 5)
    say(one, "120", 6, "[Code:1800;Desc:逻辑校验通过]", invtNo="02132026I000000001")
    say(one, "800", 9, "[Code:2600;Desc:放行]", invtNo="02132026I000000001")
    one = the_list()
    assert (one.state, one.invt_no) == ("released", "02132026I000000001")
    declared.refresh_from_db()
    assert declared.state == "accepted"
    assert (
        Change.objects.filter(event="list-released", object_id=str(one.pk), agencies=["customs"]).count() == 1
    )
    told = Notice.objects.filter(code__startswith="inventory.released").values_list("company_id", flat=True)
    assert {here.companies[key].pk for key in ("A", "B", "D", "G")} <= set(told)
    assert len(told) == len(set(told))


def test_o10_is_returned_corrected_and_released(here: World, eport: FakeAgency) -> None:
    messages = story_set("O10")
    first = {type_: hand_in(here, type_, data) for type_, data in messages.items()}
    one = the_list()
    assert one.state == "sent"  # with our opinion: the amounts differ
    assert any(b'"1332"' in body for body in eport.bodies.values())
    say(Payment.objects.get(), "120", 4)
    say(one, "2", 5)
    say(one, "100", 6, "[Code:1332;Desc:支付金额与订单不一致]")
    first["CEB621"].refresh_from_db()
    assert (the_list().state, first["CEB621"].state) == ("returned", "action_needed")
    assert LimitEntry.objects.get().given_back_at is not None

    corrected = story_correction("O10")
    hand_in(here, "CEB411", corrected["CEB411"])
    told = Fact.objects.get()  # a minor one, of B, who answers for the order
    assert (told.company, told.type, told.severity) == (here.companies["B"], "late-correction", "minor")
    assert told.subject_code == one.order_no
    again = hand_in(here, "CEB621", corrected["CEB621"])
    new = the_list()
    assert (new.version, new.state) == (2, "sent")
    first["CEB621"].refresh_from_db()
    assert first["CEB621"].state == "in_progress"  # returned is not refused: it goes on in the later version
    first["CEB411"].refresh_from_db()
    assert first["CEB411"].state == "accepted"  # its payment had been stored, then replaced

    say(one, "100", 6, "said again")  # an answer to the first version, late
    assert the_list().state == "sent"
    say(new, "2", 20)
    say(new, "120", 21, invtNo="02132026I000000010")
    say(new, "800", 22)
    assert the_list().state == "released"
    again.refresh_from_db()
    first["CEB621"].refresh_from_db()
    assert (again.state, first["CEB621"].state) == ("accepted", "accepted")
    assert LimitEntry.objects.filter(given_back_at=None).count() == 1


def test_an_answer_that_overtakes_our_settle_wins(here: World, eport: FakeAgency) -> None:
    def answer_first(_key: str) -> None:
        say(Inventory.objects.get(), "2", 5)

    messages = story_set("O01")
    submissions = [here.hand_in(type_, data).submission for type_, data in messages.items()]
    for submission in submissions:
        tasks.load(str(submission.pk))
    declared = Dispatch.objects.get(referral__submission=submissions[-1], what="payload")
    eport.after_keeping = [answer_first]
    assert dispatch.run(declared.pk) == "sent"
    assert the_list().state == "declaring"


def test_answers_before_loading_are_applied_when_the_documents_are_there(
    here: World, eport: FakeAgency
) -> None:
    submission = Submission.objects.get(pk=here.store("CEB311", story_message("O01", "CEB311")))
    send()  # the dispatch is faster than the loading
    head = ceb.read(story_message("O01", "CEB311")).documents[0].head
    entry = {
        "guid": head["guid"],
        "ebpCode": head["ebpCode"],
        "ebcCode": head["ebcCode"],
        "orderNo": head["orderNo"],
        "returnStatus": "120",
        "returnTime": f"{DAY}230400000",
        "returnInfo": "x",
    }
    replying.arrive("CEB312", entry)
    assert CustomsReply.objects.get().outcome == "unknown_number"
    tasks.load(str(submission.pk))
    assert CustomsReply.objects.get().outcome == "applied"
    submission.refresh_from_db()
    assert submission.state == "accepted"


def test_the_sweep_does_what_lost_nudges_did_not(here: World, eport: FakeAgency) -> None:
    for type_, data in story_set("O01").items():
        here.hand_in(type_, data)
    tasks.sweep()
    send()
    assert the_list().state == "sent"
    tasks.sweep()
    assert Dispatch.objects.count() == 5


def test_one_bad_message_does_not_stop_the_sweep(
    here: World, eport: FakeAgency, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = here.store("CEB411", story_message("O01", "CEB411"))
    here.store("CEB311", story_message("O01", "CEB311"))
    arrive = parking.arrive

    def fail(key: UUID) -> int:
        if key == bad:
            raise RuntimeError("no")
        return arrive(key)

    monkeypatch.setattr(parking, "arrive", fail)
    tasks.sweep()
    assert Submission.objects.filter(ceb_message__loaded_at__isnull=False).count() == 1


def test_partitions_are_made_ahead() -> None:
    from django.db import connection

    tasks.create_partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'customs_inventory'::regclass")
        assert cursor.fetchone()[0] >= 5
