"""Who may know of what, and who has it in hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Company, Mandate
from accounts.principals import Principal
from submissions import dispatch, registry, selectors, services
from submissions.gateways import Unreachable
from submissions.models import IdempotencyKey, Submission
from submissions.sweep import delete_old_keys
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, CUSTOMS, a_company, an_agency, handed_in, the_dispatch

pytestmark = pytest.mark.django_db


def of(company: Company | None = None, agency: Agency | None = None) -> Principal:
    """Somebody of that company or agency."""
    return Principal(ALICE, frozenset(), (company,) if company else (), company, agency)


def seen_by(principal: Principal | None) -> set[Submission]:
    """What they see."""
    return set(selectors.visible_to(principal))


def test_own_named_and_nobody_elses() -> None:
    alice, bob, charlie = a_company("Alice"), a_company("Bob"), a_company("Charlie")
    own = handed_in(company=alice)
    shared = handed_in(company=bob, parties=[alice.pk])
    handed_in(company=bob)
    draft = services.start_draft(kind="form", company=alice, by=ALICE)
    assert seen_by(of(alice)) == {own, shared, draft}
    assert seen_by(of(charlie)) == set()
    assert seen_by(of()) == set()
    assert seen_by(None) == set()


def test_a_mandate_opens_its_service_while_it_is_in_force(agency: FakeAgency) -> None:
    registry.register_kind(registry.Kind("test-kind", "Test", mandate_service="declare"))
    principal, agent = a_company(), a_company()
    row = handed_in(company=principal)
    named = handed_in(company=a_company(), parties=[principal.pk])
    handed_in(company=principal, kind="another")
    mandate = Mandate.objects.create(
        principal=principal, agent=agent, service="declare", valid_from=timezone.localdate()
    )
    assert seen_by(of(agent)) == {row, named}
    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=timezone.now())
    assert seen_by(of(agent)) == set()


def test_an_agency_sees_what_was_referred_to_it() -> None:
    mine, both = handed_in(), handed_in(agencies=["customs", "tax"])
    assert seen_by(of(agency=an_agency())) == {mine, both}
    assert seen_by(of(agency=an_agency("tax"))) == {both}
    assert seen_by(of(agency=an_agency("police"))) == set()


def test_the_numbers_of_the_workbench(django_assert_num_queries: Any) -> None:
    company = a_company()
    first, second, third = (handed_in(company=company) for _ in range(3))
    services.ask_information(first.referrals.get().pk, by=CUSTOMS, words="?")
    services.accept(second.referrals.get().pk, by=CUSTOMS)
    services.start_draft(kind="form", company=company, by=ALICE)
    with django_assert_num_queries(2):
        counts = selectors.workbench_counts(of(company))
    assert counts == selectors.WorkbenchCounts(action=2, progress=1, done=1)
    assert third.state == "in_progress"


def test_who_holds_it(agency: FakeAgency) -> None:
    submission = handed_in()
    agency.script = [Unreachable("down")]
    dispatch.run(the_dispatch(submission).pk)
    (holder,) = selectors.who_holds_it(submission)
    assert (holder.who, holder.failure) == ("portal", "unreachable")
    assert holder.next_try is not None
    assert [d.referral.submission for d in selectors.failing_dispatches()] == [submission]
    services.switch_agency("customs", is_open=False, by=ALICE)
    (holder,) = selectors.who_holds_it(submission)
    assert holder.failure == "closed"
    services.ask_information(submission.referrals.get().pk, by=CUSTOMS, words="?")
    assert selectors.who_holds_it(submission)[0].who == "applicant"
    services.accept(submission.referrals.get().pk, by=CUSTOMS)
    assert selectors.who_holds_it(submission) == []


def test_what_is_late() -> None:
    late, fine = handed_in(), handed_in()
    late.referrals.update(due_at=timezone.now() - timedelta(days=1))
    fine.referrals.update(due_at=timezone.now() + timedelta(days=1))
    assert selectors.overdue([late.pk, fine.pk]) == {late.pk}


def test_stored_answers_are_kept_for_a_day() -> None:
    for key, hours in (("old", 25), ("new", 23)):
        row = IdempotencyKey.objects.create(principal="p", key=key, method_path="", sha256="")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    assert delete_old_keys() == 1
    assert IdempotencyKey.objects.get().key == "new"
