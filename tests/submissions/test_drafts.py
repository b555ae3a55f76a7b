"""Forms: draft, save, submit, withdraw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from reference.problems import Problem, Refused
from submissions import registry, services
from submissions.drafts import Stale
from submissions.lifecycle import WrongState
from submissions.models import Change, Dispatch, Submission
from submissions.references import valid_reference
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, a_company, an_agency, handed_in, the_dispatch

pytestmark = pytest.mark.django_db


def name_needed(draft: Mapping[str, Any]) -> list[Problem]:
    """A rule with two findings."""
    needed = [key for key in ("name", "address") if not draft.get(key)]
    return [Problem("needed", f"/{key}", "This is needed.") for key in needed]


@pytest.fixture(autouse=True)
def form(agency: FakeAgency) -> Iterator[None]:
    """A kind that is filled in as a form and goes to one agency."""
    an_agency()
    registry.register_kind(registry.Kind("form", "Form", agencies=("customs",), check=name_needed))
    return


def a_draft(**draft: str) -> Submission:
    """A draft of that form."""
    return services.start_draft(kind="form", company=a_company(), by=ALICE, draft=draft)


def test_a_draft_has_no_number_and_is_not_in_the_feed() -> None:
    row = a_draft()
    assert (row.state, row.reference) == ("draft", None)
    assert not Change.objects.exists()


def test_two_tabs_do_not_overwrite_each_other() -> None:
    row = a_draft()
    assert services.save_draft(row.pk, {"name": "one"}, 0, title="One") == 1
    with pytest.raises(Stale) as error:
        services.save_draft(row.pk, {"name": "two"}, 0)
    assert error.value.current == 1
    row.refresh_from_db()
    assert (row.draft, row.title) == ({"name": "one"}, "One")


def test_all_problems_at_once_and_nothing_written() -> None:
    row = a_draft()
    with pytest.raises(Refused) as error:
        services.submit(row, by=ALICE)
    assert [p.path for p in error.value.problems] == ["/name", "/address"]
    assert Submission.objects.get(pk=row.pk).state == "draft"


def test_submitted_it_is_frozen_and_goes_its_way() -> None:
    row = services.submit(a_draft(name="n", address="a"), by=ALICE)
    assert valid_reference(row.reference or "")
    assert services.unseal_payload(row) == b'{"address":"a","name":"n"}'
    assert the_dispatch(row).state == "queued"
    with pytest.raises(WrongState):
        services.save_draft(row.pk, {}, 0)
    with pytest.raises(WrongState):  # the back button
        services.submit(row, by=ALICE)
    assert Dispatch.objects.count() == 1


def test_a_draft_saved_in_another_tab_is_not_submitted_unseen() -> None:
    row = a_draft(name="n", address="a")
    services.save_draft(row.pk, {"name": "other", "address": "a"}, 0)
    with pytest.raises(WrongState):
        services.submit(row, by=ALICE)
    assert not Dispatch.objects.exists()


def test_withdrawn_as_a_draft_or_before_anything_was_sent() -> None:
    draft = a_draft()
    services.withdraw(draft.pk, by=ALICE)
    row = services.submit(a_draft(name="n", address="a"), by=ALICE)
    services.withdraw(row.pk, by=ALICE, why="a mistake")
    assert the_dispatch(row).state == "cancelled"
    assert row.referrals.get().state == "withdrawn"
    assert {s.state for s in Submission.objects.all()} == {"withdrawn"}


def test_what_is_with_the_agency_is_not_withdrawn(agency: FakeAgency) -> None:
    from submissions import dispatch

    row = handed_in()
    dispatch.run(the_dispatch(row).pk)
    with pytest.raises(WrongState):
        services.withdraw(row.pk, by=ALICE)
    assert Submission.objects.get(pk=row.pk).state == "in_progress"
    assert row.referrals.get().state == "sent"
