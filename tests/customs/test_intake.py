"""Taking messages in: who may, what is refused and named, and asking twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mandate
from customs.ceb import Document, write
from customs.demo import COMPANIES, coherent_set, message_of, story_batch, story_message, story_set
from customs.demo.wire import signer
from customs.intake import Conflict, receive_message
from customs.models import CebMessage
from reference.problems import Refused
from reference.services import load_reference
from submissions.models import Dispatch, Submission, Transition
from tests.customs.factories import World, codes

pytestmark = pytest.mark.django_db
GUID = "3F2504E0-4F89-41D3-9A0C-0305E82C3301"


def refused(here: World, type_: str, data: bytes, *, by: str = "") -> list[str]:
    with pytest.raises(Refused) as refusal:
        here.hand_in(type_, data, by=by)
    assert not Submission.objects.exists()
    return codes(refusal.value.problems)


@pytest.mark.parametrize(
    ("type_", "kind", "state"),
    [
        ("CEB311", "import-orders", "queued"),
        ("CEB411", "import-payments", "queued"),
        ("CEB511", "import-waybills", "queued"),
        ("CEB621", "import-declaration", "held"),
    ],
)
def test_each_sender_gets_a_number_at_once(here, type_, kind, state) -> None:
    received = here.hand_in(type_, story_message("O01", type_))
    assert received.created
    assert received.documents == 1
    assert received.submission.reference
    assert received.submission.kind == kind
    assert Dispatch.objects.get().state == state
    message = CebMessage.objects.get()
    assert message.type == type_
    assert message.loaded_at is not None
    assert (message.forward_by is not None) == (type_ == "CEB621")


def test_a_list_message_waits_as_long_as_the_parameter_says(here) -> None:
    before = timezone.now()
    here.hand_in("CEB621", story_message("O01", "CEB621"))
    assert CebMessage.objects.get().forward_by >= before + timedelta(hours=24)


def test_companies_that_every_document_names_may_read_the_message(here) -> None:
    received = here.hand_in("CEB621", story_batch(["O01", "O02"], "CEB621"))
    named = {here.companies[key].pk for key in ("A", "B", "D")}  # E only in the bonded one
    assert set(received.submission.parties) == named


@pytest.mark.parametrize("type_", ["CEB311", "CEB411", "CEB511", "CEB621"])
def test_a_firm_without_the_role_is_refused(here, type_) -> None:
    found = refused(here, type_, story_message("O01", type_, sender="H"), by="H")
    assert "customs.sender.role" in found


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("CEB311", {"ebpCode": "120726DE99", "ebcCode": "120726DE98"}),
        ("CEB411", {"payCode": "120726DE99"}),
        ("CEB511", {"logisticsCode": "120726DE99"}),
        ("CEB621", {"agentCode": "120726DE99"}),
    ],
)
def test_documents_must_name_their_sender(here, type_, fields) -> None:
    assert refused(here, type_, story_message("O01", type_, **fields)) == ["customs.sender.field"]


def test_a_firm_of_the_order_may_send_it_as_well_as_the_platform(here) -> None:
    assert here.hand_in("CEB311", story_message("O01", "CEB311", sender="B"), by="B").created


def test_a_trader_cannot_send_its_own_payment(here) -> None:
    data = story_message("O01", "CEB411", sender="B", payCode=COMPANIES["B"].customs_code)
    assert refused(here, "CEB411", data, by="B") == ["customs.sender.role"]


def test_nobody_sends_in_the_name_of_a_stranger(here) -> None:
    assert refused(here, "CEB411", story_message("O01", "CEB411"), by="A") == ["customs.sender.not_yours"]


def test_an_unknown_company_and_a_strange_one_look_alike(here) -> None:
    data = story_message("O01", "CEB411")
    with pytest.raises(Refused) as known:
        here.hand_in("CEB411", data, by="A")
    here.companies["C"].delete()
    with pytest.raises(Refused) as unknown:
        here.hand_in("CEB411", data, by="A")
    assert [p.as_dict() for p in known.value.problems] == [p.as_dict() for p in unknown.value.problems]


def test_without_the_permission_nothing_is_taken(here) -> None:
    with pytest.raises(PermissionDenied):
        receive_message(
            story_message("O01", "CEB311"), principal=here.principal("A", may_send=False), channel="test"
        )


def test_a_list_needs_the_firms_mandate(here) -> None:
    Mandate.objects.all().delete()
    assert refused(here, "CEB621", story_message("O01", "CEB621")) == ["customs.mandate.missing"]


def test_a_revoked_mandate_bites_at_once(here) -> None:
    here.hand_in("CEB621", story_message("O01", "CEB621"))
    Mandate.objects.update(revoked_at=timezone.now())
    with pytest.raises(Refused) as refusal:
        here.hand_in("CEB621", story_message("O02", "CEB621"))
    assert codes(refusal.value.problems) == ["customs.mandate.missing"]


def test_a_firm_unknown_here_can_have_given_no_mandate(here) -> None:
    wrong = story_message("O01", "CEB621", ebcCode="999999DE99")
    assert refused(here, "CEB621", wrong) == ["customs.mandate.unknown_firm"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"appStatus": "1"}, "customs.app_status.save_only"),
        ({"appType": "3"}, "customs.app_type.unsupported"),
        ({"goodsValue": "1000000000.00"}, "customs.amount"),
        ({"lines": {1: {"gnum": "100000"}}}, "customs.line_number"),
    ],
)
def test_what_is_not_taken_is_named(here, values, code) -> None:
    assert code in refused(here, "CEB311", story_message("O01", "CEB311", **values))


def test_everything_wrong_is_said_at_once(here) -> None:
    data = story_message("O01", "CEB621", agentCode="120726DE99", appStatus="1", appType="3", sender="H")
    Mandate.objects.all().delete()
    assert refused(here, "CEB621", data, by="H") == [
        "customs.sender.role",
        "customs.sender.field",
        "customs.app_status.save_only",
        "customs.app_type.unsupported",
        "customs.mandate.missing",
    ]


def test_form_faults_refuse_the_whole_message_with_every_path(here) -> None:
    data = story_message("O01", "CEB621", declTime="2026", packNo="x")
    with pytest.raises(Refused) as refusal:
        here.hand_in("CEB621", data)
    paths = {problem.path.rpartition("/")[2] for problem in refusal.value.problems}
    assert {"declTime", "packNo"} <= paths
    assert all(problem.level == "error" for problem in refusal.value.problems)


def test_a_message_of_another_type_is_named(here) -> None:
    head = {
        "guid": GUID,
        "appType": "1",
        "appTime": "20261103104000",
        "appStatus": "2",
        "logisticsCode": COMPANIES["D"].customs_code,
        "logisticsName": COMPANIES["D"].name,
        "logisticsNo": "JS1",
        "logisticsStatus": "S",
        "logisticsTime": "20261103104000",
    }
    status = replace(message_of("CEB511", [Document(head)]), type="CEB513")
    assert refused(here, "CEB511", write(status, sign=signer())) == ["customs.message.unsupported"]


def test_what_is_no_message_at_all_is_refused_with_the_reason(here) -> None:
    assert refused(here, "CEB311", b"<x/>") == ["ceb.message.unknown"]
    assert refused(here, "CEB311", b"<!DOCTYPE x><x/>") == ["ceb.xml.doctype"]


# --- asking twice ------------------------------------------------------------------------------------------


def test_the_same_bytes_again_get_the_same_answer(here) -> None:
    data = story_message("O01", "CEB311")
    first, second = here.hand_in("CEB311", data), here.hand_in("CEB311", data)
    assert (first.created, second.created) == (True, False)
    assert first.submission == second.submission
    assert second.documents == 1
    assert Submission.objects.count() == 1


def test_other_bytes_under_the_same_guid_are_a_conflict(here) -> None:
    first = here.hand_in("CEB311", story_message("O01", "CEB311", message_guid=GUID))
    with pytest.raises(Conflict) as conflict:
        here.hand_in("CEB311", story_message("O02", "CEB311", message_guid=GUID))
    assert conflict.value.submission == first.submission


def test_two_senders_may_use_one_guid(here) -> None:
    here.hand_in("CEB311", story_message("O01", "CEB311", message_guid=GUID))
    here.hand_in("CEB411", story_message("O01", "CEB411", message_guid=GUID))
    assert Submission.objects.count() == 2


def test_a_refused_message_may_come_again_mended_under_its_guid(here) -> None:
    refused(here, "CEB311", story_message("O01", "CEB311", message_guid=GUID, appStatus="1"))
    assert here.hand_in("CEB311", story_message("O01", "CEB311", message_guid=GUID)).created


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_of_parallel_twins_one_wins(here, same) -> None:
    bodies = [
        story_message("O01", "CEB311", message_guid=GUID, note="" if same else str(n)) for n in range(4)
    ]
    barrier, answers = threading.Barrier(4), []

    def send(body: bytes) -> None:
        try:
            barrier.wait()
            answers.append(here.hand_in("CEB311", body))
        except Conflict as conflict:
            answers.append(conflict)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert Submission.objects.count() == CebMessage.objects.count() == 1
    created = [a for a in answers if not isinstance(a, Conflict) and a.created]
    others = [a for a in answers if a not in created]
    assert len(created) == 1
    assert all(isinstance(a, Conflict) != same for a in others)
    assert {a.submission.pk for a in answers} == {created[0].submission.pk}


# --- changes -----------------------------------------------------------------------------------------------


def test_a_change_of_nothing_is_refused(here) -> None:
    assert refused(here, "CEB311", story_message("O01", "CEB311", app_type="2")) == ["customs.change.unknown"]


def test_a_change_right_behind_its_first_version_is_taken(here) -> None:
    here.hand_in("CEB311", story_message("O01", "CEB311"))
    assert here.hand_in("CEB311", story_message("O01", "CEB311", app_type="2")).created


def test_a_list_that_has_gone_cannot_be_changed(here) -> None:
    here.load_all(story_set("O01"))  # complete: its dispatch is released
    for type_ in ("CEB311", "CEB411", "CEB511", "CEB621"):
        with pytest.raises(Refused) as refusal:
            here.hand_in(type_, story_message("O01", type_, app_type="2"))
        assert codes(refusal.value.problems) == ["customs.change.not_allowed"]


def test_the_number_of_queries_does_not_grow_with_the_documents(here) -> None:
    counts = []
    for size in (2, 60):
        data = coherent_set(size, seed=size)["CEB621"]
        with CaptureQueriesContext(connection) as captured:
            here.hand_in("CEB621", data)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


# --- what is kept ------------------------------------------------------------------------------------------


def test_the_record_says_for_whom_the_declarant_declares(here) -> None:
    received = here.hand_in("CEB621", story_message("O01", "CEB621"))
    behalf = Transition.objects.get(submission=received.submission, referral=None).on_behalf_of
    assert (COMPANIES["G"].name in behalf, COMPANIES["B"].name in behalf) == (True, True)


def test_what_the_form_leaves_to_be_desired_is_kept_with_the_message(here) -> None:
    load_reference()
    here.load("CEB311", story_message("O01", "CEB311", lines={1: {"country": "99X"}}))
    (warning,) = CebMessage.objects.get().problems
    assert (warning["code"], warning["level"]) == ("ceb.table.unknown", "warning")
