"""The tabs of the workbench and who has a submission in hand."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.principals import Principal
from submissions import overview, services
from submissions.selectors import visible_to
from tests.submissions.makers import ALICE, CUSTOMS, a_company, handed_in

pytestmark = pytest.mark.django_db


def test_every_submission_is_on_exactly_one_tab(django_assert_num_queries: Any) -> None:
    company, other = a_company(), a_company("other")
    first, second, _third = (handed_in(company=company) for _ in range(3))
    foreign = handed_in(company=other, parties=[company.pk])
    for row in (first, foreign):
        services.ask_information(row.referrals.get().pk, by=CUSTOMS, words="?")
    services.accept(second.referrals.get().pk, by=CUSTOMS)
    services.start_draft(kind="form", company=company, by=ALICE)
    principal = Principal(actor=ALICE, permissions=frozenset(), company=company)
    with django_assert_num_queries(2):
        counts = overview.tab_counts(principal, visible_to(principal))
    # What another company has to mend is in progress for this one, not lost between the tabs.
    assert counts == {"action": 2, "progress": 2, "done": 1}
