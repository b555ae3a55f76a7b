"""The officials' desk: who may open what, verbs through services, nothing edited raw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, User
from reference.models import Parameter
from submissions import dispatch, inbox, lifecycle, services
from submissions.gateways import AgencyProblem, Misconfigured, RefusedByAgency
from submissions.models import (
    Dispatch,
    DispatchState,
    InboxMessage,
    InboxState,
    Referral,
    ReferralState,
    Submission,
    Transition,
)
from tests.accounts import factories as people
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, handed_in, the_dispatch
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def customs() -> Agency:
    return people.an_agency()


@pytest.fixture
def olga(customs: Agency) -> User:
    return people.an_official(customs)


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def a_case(**given: Any) -> Referral:
    """A case that has reached the agency."""
    submission = handed_in(**given)
    referral = submission.referrals.get(agency__code="customs")
    lifecycle.advance(lifecycle.REFERRAL, [referral.pk], "send", by=SYSTEM)
    referral.refresh_from_db()
    return referral


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def said(response: Any) -> str:
    """The messages on the page one is sent to."""
    return " ".join(str(message) for message in response.context["messages"])


# --- who gets in ------------------------------------------------------------------------------------------

EVERYBODY = (
    "officer",
    "supervisor",
    "agency_viewer",
    "system_admin",
    "security_admin",
    "auditor",
    "declaring_user",
    "company_admin",
    "nobody",
)
OFFICIALS = {"officer", "supervisor", "agency_viewer"}
SENDERS = {"officer", "supervisor", "system_admin"}
ALLOWED = {
    "index": {*OFFICIALS, "system_admin", "security_admin", "auditor"},
    "queue": OFFICIALS,
    "case": OFFICIALS,
    "dispatches": SENDERS,
    "dispatch": SENDERS,
    "inbox": SENDERS,
    "replies": SENDERS,
    "agencies": {"supervisor", "system_admin"},
    "agency": {"supervisor", "system_admin"},
    "reference_parameter_changelist": {*OFFICIALS, "system_admin"},
}


def somebody(role: str, customs: Agency) -> User:
    if role in OFFICIALS:
        return people.an_official(customs, role)
    if role in ("system_admin", "security_admin", "auditor"):
        return people.an_administrator(role)
    if role == "nobody":
        return people.a_person()
    return people.a_member(people.a_company(), role)


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_page_opens_for_its_roles_only(customs: Agency, role: str) -> None:
    case = a_case()
    sending = the_dispatch(case.submission)
    arguments = {"case": [case.pk], "dispatch": [sending.pk], "agency": ["customs"]}
    client = logged_in(somebody(role, customs))
    opened = {
        name for name in ALLOWED if client.get(address(name, *arguments.get(name, []))).status_code == 200
    }
    assert opened == {name for name, roles in ALLOWED.items() if role in roles}


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_verb_is_refused_to_others(customs: Agency, role: str) -> None:
    workers, supervisors = {"officer", "supervisor"}, {"supervisor"}
    verbs = dict.fromkeys(("take", "put_back", "ask_information", "accept", "refuse"), workers)
    verbs["reassign"] = supervisors
    client = logged_in(somebody(role, customs))
    for verb, allowed in verbs.items():
        case = a_case()
        answer = client.post(address(f"case_{verb}", case.pk), {})
        assert (answer.status_code != 403) == (role in allowed), verb
        if role not in allowed:
            assert not Transition.objects.filter(referral=case, actor_kind="person").exists()
    bulk = {"queue_take": workers, "queue_put_back": workers, "send_again": SENDERS, "replay": SENDERS}
    for name, allowed in bulk.items():
        assert (client.post(address(name), {}).status_code != 403) == (role in allowed), name
    answer = client.post(address("agency", "customs"), {"to": "off"})
    assert (answer.status_code != 403) == (role in {"supervisor", "system_admin"})


@pytest.mark.parametrize("name", ["index", "queue", "dispatches", "reference_code_changelist"])
def test_strangers_go_to_the_portals_login(name: str) -> None:
    answer = Client().get(address(name))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next={address(name)}"


def test_djangos_own_login_password_and_logout_pages_only_lead_on(olga: User) -> None:
    assert reverse("account_login") in Client().get(address("login"))["Location"]
    client = logged_in(olga)
    assert client.get(address("login"))["Location"] == address("index")
    assert client.get(address("password_change"))["Location"] == reverse("account_change_password")
    assert client.post(address("logout"))["Location"] == reverse("account_logout")


def test_an_officer_sees_the_own_agencys_cases_only(olga: User) -> None:
    other = people.an_official(people.an_agency("police"), name="peter")
    mine, theirs = a_case(), handed_in(agencies=["police"]).referrals.get()
    client = logged_in(olga)
    page = client.get(address("queue")).content.decode()
    assert mine.submission.reference in page
    assert theirs.submission.reference not in page
    assert client.get(address("case", theirs.pk)).status_code == 404
    assert client.post(address("case_take", theirs.pk)).status_code == 404
    assert client.get(address("dispatch", the_dispatch(theirs.submission).pk)).status_code == 404
    client.post(address("queue_take"), {"case": [str(theirs.pk)]})
    theirs.refresh_from_db()
    assert theirs.taken_by is None
    assert logged_in(other).get(address("case", mine.pk)).status_code == 404


def test_another_agencys_words_stay_with_it(olga: User) -> None:
    submission = handed_in(agencies=["customs", "police"])
    police = submission.referrals.get(agency__code="police")
    services.refuse(police.pk, by=ALICE, words="secret of the police")
    case = submission.referrals.get(agency__code="customs")
    page = logged_in(olga).get(address("case", case.pk)).content.decode()
    assert "secret of the police" not in page


# --- nothing is edited raw --------------------------------------------------------------------------------


def test_no_table_with_a_state_can_be_opened_for_editing() -> None:
    for model in (Submission, Referral, Dispatch, InboxMessage, Transition):
        assert not admin.site.is_registered(model)


def test_reference_tables_refuse_every_write(customs: Agency) -> None:
    row = Parameter.objects.create(
        key="x", valid_from="2026-01-01", value=1, source="s", standing="firm", note_zh="z", note_en="e"
    )
    values = {"key": "x", "valid_from": "2026-01-01", "value": "2", "source": "s", "standing": "firm"}
    for role in ("officer", "system_admin"):
        client = logged_in(somebody(role, customs))
        page = client.get(address("reference_parameter_change", row.pk))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(address("reference_parameter_change", row.pk), values).status_code == 403
        assert client.post(address("reference_parameter_add"), values).status_code == 403
        assert client.post(address("reference_parameter_delete", row.pk), {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.value == 1


# --- the queue --------------------------------------------------------------------------------------------


def numbers(page: Any) -> list[str]:
    return [row.referral.submission.reference for row in page.context["sheet"].object_list]


def test_the_counts_of_the_queue_are_right(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    mine, theirs, over, _free = a_case(), a_case(), a_case(), a_case()
    services.take(mine.pk, olga, by=ALICE)
    services.take(theirs.pk, peter, by=ALICE)
    services.take(over.pk, peter, by=ALICE)
    Referral.objects.filter(pk=over.pk).update(taken_until=timezone.now() - timedelta(minutes=1))
    services.refuse(a_case().pk, by=ALICE, words="no")
    client = logged_in(olga)
    page = client.get(address("queue"))
    assert {code: count for code, _label, count in page.context["tabs"]} == {
        "all": 4,
        "mine": 1,
        "free": 2,
        "others": 1,
    }
    assert numbers(client.get(address("queue"), {"held": "mine"})) == [mine.submission.reference]
    assert numbers(client.get(address("queue"), {"held": "others"})) == [theirs.submission.reference]
    assert len(numbers(client.get(address("queue"), {"held": "free"}))) == 2
    assert len(numbers(client.get(address("queue"), {"state": "decided"}))) == 1


def test_the_filters_answer_real_questions(olga: User) -> None:
    asked, sent, late, waiting = a_case(), a_case(), a_case(), handed_in().referrals.get()
    services.ask_information(asked.pk, by=ALICE, words="the third page")
    Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    client = logged_in(olga)

    def found(**query: str) -> set[str]:
        return set(numbers(client.get(address("queue"), query)))

    assert found(waits_for="applicant") == {asked.submission.reference}
    assert found(waits_for="portal") == {waiting.submission.reference}
    assert found(waits_for="agency") == {sent.submission.reference, late.submission.reference}
    assert found(late="on") == {late.submission.reference}
    assert found(sender=sent.submission.company.name) == {sent.submission.reference}
    assert found(q=sent.submission.reference.lower().replace("-", " ")) == {sent.submission.reference}
    assert found(q=asked.submission.company.uscc) == {asked.submission.reference}
    assert found(kind="no-such") == {r.submission.reference for r in (asked, sent, late, waiting)}
    assert found(q="nothing at all") == set()


def test_what_needs_attention_comes_first(olga: User) -> None:
    first, second = a_case(), a_case()
    Referral.objects.filter(pk=second.pk).update(due_at=timezone.now() - timedelta(days=1))
    page = logged_in(olga).get(address("queue"))
    assert numbers(page) == [second.submission.reference, first.submission.reference]


def test_without_a_date_of_its_own_a_case_is_late_after_the_promised_working_days(olga: User) -> None:
    case = a_case()
    Submission.objects.filter(pk=case.submission_id).update(submitted_at=timezone.now() - timedelta(days=6))
    page = logged_in(olga).get(address("queue"), {"late": "on"})
    assert numbers(page) == [case.submission.reference]


def test_the_queue_costs_as_many_queries_for_thirty_cases_as_for_one(olga: User) -> None:
    client = logged_in(olga)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address("queue")).status_code == 200
        return len(queries)

    a_case()
    cost()
    one = cost()
    for _ in range(29):
        a_case()
    assert cost() == one
    assert one <= 14


# --- take and put back ------------------------------------------------------------------------------------


def test_take_and_put_back_in_the_row(olga: User) -> None:
    case, client = a_case(), logged_in(olga)
    back = address("queue") + "?held=free"
    answer = client.post(address("queue_take"), {"one": str(case.pk), "next": back})
    assert answer["Location"] == back
    case.refresh_from_db()
    assert case.taken_by == olga
    assert "1 case put back." in said(
        client.post(address("queue_put_back"), {"one": str(case.pk)}, follow=True)
    )
    case.refresh_from_db()
    assert case.taken_by is None


def test_many_at_once_and_a_lost_one_does_not_stop_the_others(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    cases = [a_case() for _ in range(3)]
    services.take(cases[1].pk, peter, by=ALICE)
    answer = logged_in(olga).post(
        address("queue_take"), {"case": [str(c.pk) for c in cases] + ["rubbish"]}, follow=True
    )
    assert "2 cases taken." in said(answer)
    assert f"{cases[1].submission.reference}: peter has taken this case" in said(answer)
    assert Referral.objects.filter(taken_by=olga).count() == 2


def test_of_two_who_take_the_same_case_one_wins_and_the_other_is_told(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    case = a_case()
    first = logged_in(olga).post(address("case_take", case.pk), follow=True)
    second = logged_in(peter).post(address("case_take", case.pk), follow=True)
    assert "The case is yours." in said(first)
    assert "olga has taken this case; nothing was changed." in said(second)
    case.refresh_from_db()
    assert case.taken_by == olga


def test_the_way_back_never_leaves_the_desk(olga: User) -> None:
    case, client = a_case(), logged_in(olga)
    for target in ("https://evil.example/", "//evil.example/", "/workbench/"):
        answer = client.post(address("queue_take"), {"one": str(case.pk), "next": target})
        assert answer["Location"] == address("queue")


# --- the case ---------------------------------------------------------------------------------------------


def test_history_stands_directly_under_the_state_and_tells_who_when_why(olga: User) -> None:
    case = a_case()
    services.ask_information(case.pk, by=ALICE, words="Send the third page.")
    page = logged_in(olga).get(address("case", case.pk)).content.decode()
    assert page.index("state-box") < page.index('id="history"') < page.index('id="sent"')
    assert "Further information asked" in page
    assert "Send the third page." in page
    assert "Alice" in page


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
    assert short <= 18


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


# --- dispatches -------------------------------------------------------------------------------------------


def refused_at_the_door(agency: FakeAgency, count: int = 1) -> list[Dispatch]:
    agency.verdict = lambda key, body: RefusedByAgency((AgencyProblem("X", "", "bad"),), 422, "bad")
    rows = [the_dispatch(handed_in()) for _ in range(count)]
    for row in rows:
        dispatch.run(row.pk)
        row.refresh_from_db()
        assert row.state == DispatchState.REFUSED
    return rows


def test_send_one_again(olga: User, agency: FakeAgency) -> None:
    (row,) = refused_at_the_door(agency)
    client = logged_in(olga)
    assert row.referral.submission.reference in client.get(address("dispatches")).content.decode()
    answer = client.post(address("send_again"), {"one": str(row.pk)}, follow=True)
    assert "1 dispatch is queued again." in said(answer)
    row.refresh_from_db()
    assert row.state == DispatchState.QUEUED
    assert row.referral.state == ReferralState.WAITING


def test_send_a_selection_and_all_of_a_filter_again(olga: User, agency: FakeAgency) -> None:
    rows = refused_at_the_door(agency, 4)
    client = logged_in(olga)
    chosen = [str(row.pk) for row in rows[:2]]
    assert "2 dispatches are queued again." in said(
        client.post(address("send_again"), {"dispatch": chosen}, follow=True)
    )
    again = client.post(address("send_again"), {"dispatch": chosen}, follow=True)
    assert "2 were left alone" in said(again)
    assert "2 dispatches are queued again." in said(
        client.post(address("send_again"), {"everything": "yes", "failure": "refused"}, follow=True)
    )


def test_a_stopped_dispatch_names_its_failure(customs: Agency, agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    agency.script = [Misconfigured("the agency refuses our access", 401)]
    dispatch.run(row.pk)
    client = logged_in(people.an_administrator("system_admin"))
    page = client.get(address("dispatches"), {"failure": "misconfigured"}).content.decode()
    assert "our access is refused" in page
    assert "the agency refuses our access" in client.get(address("agency", "customs")).content.decode()
    assert (
        "No dispatch has failed."
        in client.get(address("dispatches"), {"failure": "malformed"}).content.decode()
    )


def test_what_was_sent_is_sent_again_only_with_a_reason(olga: User, agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    dispatch.run(row.pk)
    client = logged_in(olga)
    page = client.post(address("send_again"), {"one": str(row.pk)})
    assert "say why" in page.content.decode()
    row.refresh_from_db()
    assert row.state == DispatchState.SENT
    client.post(address("send_again"), {"dispatch": [str(row.pk)], "reason": "They lost it."})
    row.refresh_from_db()
    assert row.state == DispatchState.QUEUED
    assert Transition.objects.get(verb="dispatch.again").why == "They lost it."


def test_another_agencys_dispatch_is_not_touched(olga: User) -> None:
    other = the_dispatch(handed_in(agencies=["police"]))
    Dispatch.objects.filter(pk=other.pk).update(state="stopped")
    client = logged_in(olga)
    assert "Nothing was selected." in said(
        client.post(address("send_again"), {"one": str(other.pk), "reason": "x"}, follow=True)
    )
    client.post(address("send_again"), {"everything": "yes"})
    other.refresh_from_db()
    assert other.state == DispatchState.STOPPED


def test_a_parked_message_is_shown_with_its_reason_and_replayed(
    olga: User, agency: FakeAgency, commits: Callable[[], Any]
) -> None:
    def unreadable(message: InboxMessage, body: bytes) -> None:
        raise inbox.Park("no such thing as <x>")

    from submissions import registry

    registry.register_inbox_reader("customs", unreadable)
    kept = inbox.store("customs", "m-1", b"<x/>", "application/xml")
    inbox.process(kept.id)
    client = logged_in(olga)
    page = client.get(address("inbox")).content.decode()
    assert "m-1" in page
    assert "no such thing as &lt;x&gt;" in page
    assert "1 message is read again." in said(
        client.post(address("replay"), {"message": [str(kept.id)]}, follow=True)
    )
    assert InboxMessage.objects.get().state == InboxState.RECEIVED
    assert "were left alone" in said(client.post(address("replay"), {"one": str(kept.id)}, follow=True))


# --- agencies ---------------------------------------------------------------------------------------------


def test_a_supervisor_switches_the_own_agency_off_and_on_with_a_notice(customs: Agency) -> None:
    people.an_agency("police")
    client = logged_in(people.an_official(customs, "supervisor"))
    assert client.get(address("agency", "police")).status_code == 404
    url = address("agency", "customs")
    assert client.post(url, {"to": "off", "because": "maintenance"}).status_code == 400
    customs.refresh_from_db()
    assert customs.is_open
    words = {"because": "maintenance", "notice_zh": "维护", "notice_en": "Maintenance"}
    client.post(url, {"to": "off"} | words)
    customs.refresh_from_db()
    assert (customs.is_open, customs.notice_en) == (False, "Maintenance")
    assert "Maintenance" in client.get(url).content.decode()
    client.post(url, {"to": "on", "because": "done"})
    customs.refresh_from_db()
    assert (customs.is_open, customs.notice_en, customs.stopped_because) == (True, "", "")


def test_every_page_of_the_desk_says_something_when_it_is_empty(customs: Agency) -> None:
    client = logged_in(people.an_official(customs, "supervisor"))
    for name, words in {
        "queue": "The queue is empty.",
        "dispatches": "No dispatch has failed.",
        "inbox": "Every message from an agency has been read.",
        "replies": "Every answer has found its document.",
    }.items():
        assert words in client.get(address(name)).content.decode()
