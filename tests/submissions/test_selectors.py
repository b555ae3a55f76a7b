"""Who may know of what, and who has it in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency, Company, Mandate
from accounts.principals import Principal
from submissions import dispatch, registry, selectors, services
from submissions.gateways import Unreachable
from submissions.models import IdempotencyKey, Submission
from submissions.sweep import delete_old_keys
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, a_company, an_agency, handed_in, the_dispatch

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


def test_what_fails_is_found(agency: FakeAgency) -> None:
    submission = handed_in()
    agency.script = [Unreachable("down")]
    dispatch.run(the_dispatch(submission).pk)
    assert [d.referral.submission for d in selectors.failing_dispatches()] == [submission]


def test_stored_answers_are_kept_for_a_day() -> None:
    for key, hours in (("old", 25), ("new", 23)):
        row = IdempotencyKey.objects.create(principal="p", key=key, method_path="", sha256="")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    assert delete_old_keys() == 1
    assert IdempotencyKey.objects.get().key == "new"
