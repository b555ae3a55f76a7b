"""R13.12 in the match: who is verified may have others pay; who is not, not; and nobody knows is not yes."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from customs import buyers, match
from customs.demo import story_set
from customs.models import Inventory
from identity import gateway, lookups
from identity.models import PersonalLook, Verification
from identity.rules import NATIONAL
from submissions.gateways import Later, Unknown, Unreachable
from submissions.models import Dispatch, Line
from tests.customs.factories import World, findings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _police(here: World) -> None:
    Agency.objects.create(code=NATIONAL, name_zh="全国", name_en="national")


def answer(monkeypatch: pytest.MonkeyPatch, reply: gateway.Reply) -> None:
    """The police answer the one check that waits, and what waited for it is matched as the worker would."""
    monkeypatch.setattr(gateway, "ask", lambda agency, pair: reply)
    Verification.objects.filter(state="pending").update(due_at=timezone.now())
    row = Verification.objects.get()
    lookups.run(row.pk)
    match.match_lists(buyers.of_checks([row.pk]))


def sent() -> str:
    lists = Dispatch.objects.filter(referral__submission__kind="import-declaration", what="payload")
    return lists.get().state


def test_o12_waits_while_the_service_is_down_and_goes_at_the_match(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = here.declared("O12")
    assert (one.state, findings(one), sent()) == ("waiting", ["identity.pending"], "held")
    answer(monkeypatch, Unreachable("down"))
    assert (findings(one), one.state, sent()) == (["identity.pending"], "waiting", "held")
    answer(monkeypatch, "match")
    assert (findings(one), one.state, sent()) == ([], "ready", "queued")


@pytest.mark.parametrize("verdict", ["mismatch", "not_in_base"])
def test_a_buyer_who_is_not_verified_must_pay_himself(
    here: World, monkeypatch: pytest.MonkeyPatch, verdict: gateway.Reply
) -> None:
    one = here.declared("O12")
    answer(monkeypatch, verdict)
    assert (findings(one), one.state) == (["identity.not_verified"], "faulted")


def test_a_buyer_who_pays_himself_is_not_asked_about(here: World) -> None:
    here.declared("O01")
    assert not Verification.objects.exists()
    assert not PersonalLook.objects.exists()


def test_a_known_buyer_is_not_asked_about_again(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = here.declared("O12")
    answer(monkeypatch, "match")
    monkeypatch.setattr(gateway, "ask", None)
    match.match_lists([one.pk])
    assert lookups.due(10) == []


def test_a_lost_nudge_is_found_by_the_sweep(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = here.declared("O12")
    monkeypatch.setattr(gateway, "ask", lambda agency, pair: "match")
    lookups.run(Verification.objects.get().pk)
    assert Inventory.objects.get(pk=one.pk).state == "waiting"
    assert match.sweep() == 1
    assert Inventory.objects.get(pk=one.pk).state == "ready"


def test_a_number_that_is_not_well_formed_is_a_fault_and_nobody_is_asked(here: World) -> None:
    wrong = {"buyerIdNumber": "310199198802290263"}
    one = here.declared("O12", CEB311=wrong, CEB621=wrong)
    assert "identity.not_verified" in findings(one, "error")
    assert not Verification.objects.exists()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failures=st.lists(st.sampled_from([Unknown("x"), Unreachable("x"), Later(9.0)]), max_size=6))
def test_whatever_fails_the_list_never_goes_as_verified(here: World, monkeypatch, failures) -> None:
    one = Inventory.objects.first() or here.declared("O12")
    for failure in failures:
        Line.objects.update(quiet_until=None)
        answer(monkeypatch, failure)
        assert (findings(one), sent()) == (["identity.pending"], "held")


def test_a_service_that_hangs_holds_up_no_other_list(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No match calls an agency: were it asked inside one, this would fail."""

    def hang(agency: str, pair: object) -> gateway.Reply:
        raise AssertionError("asked inside a match")

    monkeypatch.setattr(gateway, "ask", hang)
    here.declared("O12")
    here.load_all(story_set("O01"))
    assert Inventory.objects.get(order_no__contains="O01").state == "ready"
