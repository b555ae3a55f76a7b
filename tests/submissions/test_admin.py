"""The officials' desk: who may open what, and nothing edited raw."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, User
from reference.models import Parameter
from submissions import services
from submissions.models import (
    Dispatch,
    InboxMessage,
    Referral,
    Submission,
    Transition,
)
from tests.accounts import factories as people
from tests.submissions.desk import a_case, address, logged_in
from tests.submissions.makers import ALICE, handed_in, the_dispatch

pytestmark = pytest.mark.django_db


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
    verbs = dict.fromkeys(("take", "prolong", "put_back", "ask_information", "accept", "refuse"), workers)
    verbs["reassign"] = supervisors
    client = logged_in(somebody(role, customs))
    for verb, allowed in verbs.items():
        case = a_case()
        answer = client.post(address(f"case_{verb}", case.pk), {})
        assert (answer.status_code != 403) == (role in allowed), verb
        if role not in allowed:
            assert not Transition.objects.filter(referral=case, actor_kind="person").exists()
    bulk = {"queue_take": workers, "queue_put_back": workers, "send_again": SENDERS, "replay": SENDERS}
    bulk["queue_reassign"] = supervisors
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
