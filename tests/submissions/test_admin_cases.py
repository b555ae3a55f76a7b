"""The case page: history under the state, verbs through services, old pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency, User
from submissions import dispatch, services
from submissions.gateways import AgencyProblem, RefusedByAgency
from submissions.models import (
    ReferralState,
    Transition,
)
from tests.accounts import factories as people
from tests.submissions.desk import a_case, address, logged_in, said
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, handed_in, the_dispatch

pytestmark = pytest.mark.django_db


# --- the case ---------------------------------------------------------------------------------------------


def test_history_stands_directly_under_the_state_and_tells_who_when_why(olga: User) -> None:
    case = a_case()
    services.ask_information(case.pk, by=ALICE, words="Send the third page.")
    page = logged_in(olga).get(address("case", case.pk)).content.decode()
    assert page.index("state-box") < page.index('id="history"') < page.index('id="sent"')
    assert "Further information asked" in page
    assert "Send the third page." in page
    assert "Alice" in page


def test_the_page_says_since_when_the_clock_stands_still(olga: User) -> None:
    case, client = a_case(), logged_in(olga)
    assert "The clock stands still" not in client.get(address("case", case.pk)).content.decode()
    services.ask_information(case.pk, by=ALICE, words="Send the third page.")
    page = client.get(address("case", case.pk))
    assert page.context["case"].stopped_since == case.transitions.get(verb="referral.ask_information").at
    assert "The clock stands still since" in page.content.decode()


def test_what_was_sent_and_what_came_back_is_on_the_page(olga: User, agency: FakeAgency) -> None:
    submission = handed_in()
    agency.verdict = lambda key, body: RefusedByAgency(
        (AgencyProblem("X1", "/a", "no <b>good</b>"),), 422, "raw <i>"
    )
    dispatch.run(the_dispatch(submission).pk)
    case = submission.referrals.get()
    page = logged_in(olga).get(address("case", case.pk)).content.decode()
    assert "POST /messages" in page
    assert "refused at the door" in page
    assert "X1 /a: no &lt;b&gt;good&lt;/b&gt;" in page
    assert "raw &lt;i&gt;" in page
    assert submission.payload_sha256 in page


def test_the_case_costs_as_many_queries_with_a_long_history(olga: User) -> None:
    case, client = a_case(), logged_in(olga)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address("case", case.pk)).status_code == 200
        return len(queries)

    cost()
    short = cost()
    for _ in range(5):
        services.take(case.pk, olga, by=ALICE)
    assert cost() == short
    assert short <= 22  # three of them the menu counts of integrity and identity


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("ask_information", ReferralState.INFORMATION_REQUESTED),
        ("accept", ReferralState.ACCEPTED),
        ("refuse", ReferralState.REFUSED),
    ],
)
def test_a_verb_asks_for_words_first_and_then_decides(olga: User, verb: str, state: str) -> None:
    case, client = a_case(), logged_in(olga)
    url = address(f"case_{verb}", case.pk)
    assert client.get(url).status_code == 200
    if verb != "accept":
        assert client.post(url, {"words": " "}).status_code == 400
    case.refresh_from_db()
    assert case.state == ReferralState.SENT
    client.post(url, {"words": "Because of R1."})
    case.refresh_from_db()
    assert (case.state, case.words) == (state, "Because of R1.")
    row = Transition.objects.get(referral=case, verb=f"referral.{verb}")
    assert (row.actor_id, row.words) == (str(olga.pk), "Because of R1.")


@pytest.mark.parametrize("verb", ["take", "put_back", "ask_information", "accept", "refuse", "reassign"])
def test_an_old_page_gets_a_sentence_instead_of_an_error(customs: Agency, verb: str) -> None:
    sue = people.an_official(customs, "supervisor", name="sue")
    case = a_case()
    services.refuse(case.pk, by=ALICE, words="no")
    data = {"words": "late", "reason": "late", "to": str(sue.pk)}
    answer = logged_in(sue).post(address(f"case_{verb}", case.pk), data, follow=True)
    assert answer.status_code == 200
    assert "The case is already “refused”" in said(answer)
    assert logged_in(sue).get(address(f"case_{verb}", case.pk), follow=True).status_code == 200


def test_a_colleagues_case_is_not_decided_over_the_head(olga: User, customs: Agency) -> None:
    case = a_case()
    services.take(case.pk, people.an_official(customs, name="peter"), by=ALICE)
    client = logged_in(olga)
    page = client.get(address("case", case.pk))
    assert not page.context["case"].verbs
    answer = client.post(address("case_accept", case.pk), {"words": ""}, follow=True)
    assert "peter has taken this case" in said(answer)
    case.refresh_from_db()
    assert case.state == ReferralState.SENT


def test_a_supervisor_reassigns_within_the_agency_with_a_reason(olga: User, customs: Agency) -> None:
    stranger = people.an_official(people.an_agency("police"), name="stranger")
    case, client = a_case(), logged_in(people.an_official(customs, "supervisor", name="sue"))
    url = address("case_reassign", case.pk)
    assert client.post(url, {"to": stranger.pk, "reason": "x"}).status_code == 400
    assert client.post(url, {"to": olga.pk, "reason": ""}).status_code == 400
    client.post(url, {"to": olga.pk, "reason": "Peter is ill."})
    case.refresh_from_db()
    assert case.taken_by == olga
    assert Transition.objects.get(referral=case, verb="referral.reassign").why == "Peter is ill."
