"""A check's way through both bases; what fails leaves it pending; what was asked once is not asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from identity import gateway, lookups, purge, services
from identity.library import Pair, find
from identity.models import BatchItem, PersonalLook, Verification
from identity.rules import LOCAL, NATIONAL
from reference.problems import Refused
from submissions import registry
from submissions.gateways import Later, Malformed, Misconfigured, Unknown, Unreachable
from submissions.models import Line
from trail.actors import Actor
from trail.models import Entry

pytestmark = pytest.mark.django_db
BY = Actor("client", "demo-a", "platform A")
P2 = ("钱示例", "120199198511020371")
FAILURES = [Unknown("x"), Unreachable("x"), Malformed(200), Later(30.0), Misconfigured("x", 403)]


class Police:
    """Answers in order, and who was asked."""

    def __init__(self, *answers: gateway.Reply) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, agency: str, pair: Pair) -> gateway.Reply:
        assert not connection.in_atomic_block or len(connection.savepoint_ids) == 0
        self.asked.append(agency)
        return self.answers.pop(0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """Put answers in the place of both bases."""

    def install(*answers: gateway.Reply) -> Police:
        police = Police(*answers)
        monkeypatch.setattr(gateway, "ask", police)
        return police

    return install


@pytest.fixture(autouse=True)
def _no_nudges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "nudge", lambda *args, **kwargs: None)
    monkeypatch.setattr(services, "nudge", lambda *args, **kwargs: None)


def check(name: str = P2[0], number: str = P2[1]):
    return services.check(name, number, by=BY, ground="order", reason="test")


def run_due() -> str:
    Verification.objects.filter(state="pending").update(due_at=timezone.now())
    return lookups.run(Verification.objects.get().pk)


def test_p2_is_not_in_the_local_base_and_matches_nationally(police: dict[str, Agency], asked) -> None:
    base = asked("not_in_base", "match")
    assert check().outcome == "unavailable"
    assert (run_due(), run_due(), base.asked) == ("ask_next", "match", [LOCAL, NATIONAL])
    found = check()
    assert (found.outcome, found.source) == ("match", NATIONAL)
    assert lookups.due(10) == []


def test_a_verdict_runs_the_hook_and_leaves_a_trail(police: dict[str, Agency], asked, monkeypatch) -> None:
    told = []
    monkeypatch.setitem(registry._hooks, "identity.settled", [told.append])
    asked("mismatch")
    check()
    run_due()
    assert [(one.ids, one.why) for one in told] == [((Verification.objects.get().pk,), "mismatch")]
    assert Entry.objects.get(action="identity.settled").detail == {"outcome": "mismatch"}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_every_failure_leaves_it_pending(police: dict[str, Agency], asked, failure: gateway.Failure) -> None:
    asked(failure)
    check()
    assert run_due() == "put_off"
    row = Verification.objects.get()
    assert (row.state, row.lease, row.answered_at) == ("pending", None, None)
    assert row.due_at > timezone.now()
    assert check().outcome == "unavailable"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failures=st.lists(st.sampled_from(FAILURES), max_size=8))
def test_no_sequence_of_failures_ever_passes(police: dict[str, Agency], asked, failures) -> None:
    Verification.objects.all().delete()
    Line.objects.all().delete()
    Agency.objects.update(is_open=True)
    base = asked(*failures)
    check()
    for _ in failures:
        Line.objects.update(quiet_until=None)
        Agency.objects.update(is_open=True)
        run_due()
        assert check().outcome == "unavailable"
    assert base.answers == []


def test_a_broken_line_is_asked_by_one_probe_alone(police: dict[str, Agency], asked) -> None:
    base = asked(*[Unknown("x")] * 5)
    for serial in range(8):
        services.check(f"示例{serial}", "110199199207210181", by=BY, ground="order", reason="test")
    keys = lookups.due(100)
    assert len(keys) == 8
    lookups.run_all(keys)
    assert len(base.asked) == 5
    assert lookups.due(100) == []
    Line.objects.update(quiet_until=timezone.now() - timedelta(seconds=1))
    assert len(lookups.due(100)) == 1


def test_a_switched_off_base_is_not_asked(police: dict[str, Agency], asked) -> None:
    base = asked()
    Agency.objects.filter(code=LOCAL).update(is_open=False)
    check()
    assert (run_due(), base.asked, lookups.due(10)) == ("", [], [])


def test_a_dead_worker_loses_its_lease(police: dict[str, Agency], asked) -> None:
    asked("match")
    check()
    claim = lookups._claim(Verification.objects.get().pk)
    assert claim is not None
    assert lookups.due(10) == []
    Verification.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert run_due() == "match"
    assert lookups._settle(claim, "mismatch") == "lost"
    assert check().outcome == "match"


def test_a_result_no_longer_valid_is_asked_for_again(police: dict[str, Agency], asked) -> None:
    asked("match", "mismatch")
    check()
    run_due()
    Verification.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert check().outcome == "unavailable"
    assert Verification.objects.get().agency == LOCAL
    run_due()
    assert check().outcome == "mismatch"


def test_faults_of_form_are_never_asked(police: dict[str, Agency]) -> None:
    with pytest.raises(Refused) as refused:
        check("", "120199199003150247")
    assert [one.code for one in refused.value.problems] == ["identity.name", "identity.number_check"]
    assert not Verification.objects.exists()


def test_each_check_has_a_row_with_its_reason_and_nothing_in_clear(police: dict[str, Agency]) -> None:
    check()
    look = PersonalLook.objects.get()
    assert (look.ground, look.reason, look.full, look.actor_label) == ("order", "test", False, "platform A")
    row = Verification.objects.get()
    kept = [str(value) for model in (row, look, *Entry.objects.all()) for value in vars(model).values()]
    assert not [value for value in kept if P2[1] in value or P2[0] in value]
    assert (row.name_masked, row.number_masked) == ("钱**", "1201**********0371")
    assert P2[1] not in repr(Pair.of(*P2))


def test_a_set_of_buyers_is_one_row_of_the_log_and_few_statements(
    police: dict[str, Agency], django_assert_max_num_queries
) -> None:
    pairs = [Pair.of(f"示例{serial}", "110199199207210181") for serial in range(200)] + [Pair.of("x", "1")]
    with django_assert_max_num_queries(25):
        found = services.check_many(pairs, by=BY, ground="order", reason="test")
    assert [one.result.outcome for one in found] == ["unavailable"] * 201
    assert [bool(one.problems) for one in found] == [False] * 200 + [True]
    assert PersonalLook.objects.get().count == 200


def test_a_batch_goes_on_from_its_rows(police: dict[str, Agency], asked) -> None:
    from tests.accounts.factories import a_company

    pairs = [Pair.of(f"示例{serial}", "110199199207210181") for serial in range(3)] + [Pair.of("", "1")]
    batch = services.start_batch(pairs, company=a_company(), by=BY, reason="test")
    asked("match", "match", "mismatch")
    lookups.run_all(lookups.due(2)[:2])
    assert len(lookups.due(10)) == 1
    lookups.run_all(lookups.due(10))
    items = BatchItem.objects.filter(batch=batch).select_related("verification").order_by("index")
    states = [one.verification.state if one.verification else one.problems[0]["code"] for one in items]
    assert sorted(states[:3]) == ["match", "match", "mismatch"]
    assert states[3] == "identity.name"


def test_what_nobody_asks_for_is_purged_after_its_time(police: dict[str, Agency]) -> None:
    check()
    Verification.objects.update(used_on=date(2026, 11, 1))
    assert purge.purge(date(2029, 11, 30)) == 0
    assert purge.purge(date(2029, 12, 1)) == 1
    assert find([Pair.of(*P2).key]) == {}
    assert Entry.objects.get(action="identity.purge").count == 1


def test_checks_have_a_queue_of_their_own() -> None:
    """Were they in the common queue, a base that hangs would hold the workers of customs."""
    from identity import tasks
    from portal.celery import app

    for task in (tasks.look_up, tasks.sweep, tasks.purge_old):
        assert app.amqp.router.route({}, task.name)["queue"].name == "identity"
    assert app.amqp.router.route({}, "customs.tasks.load")["queue"].name == "celery"
