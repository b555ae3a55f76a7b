"""A company's administrator gives and revokes mandates; nobody touches those of others."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import mandate_services
from accounts.models import Mandate
from accounts.principals import principal_of_user
from accounts.selectors import mandate_in_force
from accounts.services import give_mandate, revoke_mandate
from reference.problems import Refused
from tests.accounts.factories import TESTER, a_company, a_member, an_official
from tests.accounts.factories import an_agency as agency
from trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.api_urls")]

PAGE = "/mandates/"
SERVICE = "import-declaration"
DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 28))


@pytest.fixture(autouse=True)
def _plain(settings, monkeypatch):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr(mandate_services, "_offered", {SERVICE: "Import declarations"})


@pytest.fixture
def firms():
    """Principal and agent."""
    return a_company("principal"), a_company("agent")


@pytest.fixture
def admin(client, firms):
    """The principal's administrator, logged in."""
    user = a_member(firms[0], "company_admin")
    client.force_login(user)
    return user


def test_a_mandate_is_given_and_lets_the_agent_act_at_once(client, firms, admin):
    principal, agent = firms
    bob = principal_of_user(a_member(agent))
    assert not bob.may_act_for(principal, SERVICE)
    data = {"agent": agent.customs_code.lower(), "service": SERVICE, "valid_from": "", "valid_to": ""}
    assert client.post(PAGE, data).url == PAGE
    assert bob.may_act_for(principal, SERVICE)
    assert Entry.objects.get(action="mandate.given").actor_id == str(admin.pk)
    page = client.get(PAGE).content.decode()
    assert "agent" in page
    assert "Import declarations" in page


def test_a_revoked_mandate_is_refused_on_the_next_act(client, firms, admin):
    principal, agent = firms
    mandate = give_mandate(principal=principal, agent=agent, service=SERVICE, by=TESTER)
    bob = principal_of_user(a_member(agent))
    assert bob.may_act_for(principal, SERVICE)
    assert client.post(f"{PAGE}{mandate.pk}/revoke/").url == PAGE
    assert not bob.may_act_for(principal, SERVICE)
    assert client.post(f"{PAGE}{mandate.pk}/revoke/").url == PAGE, "twice does no harm"
    assert Entry.objects.filter(action="mandate.revoked").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent": "9999999999"},
        {"agent": ""},
        {"service": "made-up"},
        {"valid_from": "2026-02-01", "valid_to": "2026-01-01"},
    ],
)
def test_wrong_input_is_said_and_nothing_is_given(client, firms, admin, wrong):
    data = {"agent": firms[1].uscc, "service": SERVICE, "valid_from": "", "valid_to": "", **wrong}
    assert client.post(PAGE, data).status_code == 200
    assert not Mandate.objects.exists()


def test_mandates_of_others_are_neither_seen_nor_revoked(client, firms, admin):
    principal, agent = firms
    stranger = a_company("stranger")
    others = give_mandate(principal=stranger, agent=agent, service=SERVICE, by=TESTER)
    held = give_mandate(principal=stranger, agent=principal, service=SERVICE, by=TESTER)
    assert client.post(f"{PAGE}{others.pk}/revoke/").status_code == 404
    assert client.post(f"{PAGE}{held.pk}/revoke/").status_code == 404, "only the principal revokes"
    assert client.get(PAGE).content.decode().count("stranger") == 1
    assert mandate_in_force(stranger, agent, SERVICE)


def test_only_the_administrator_of_a_company_comes_here(client, firms):
    assert client.get(PAGE).url.startswith("/accounts/login/")
    for user in (a_member(firms[0]), a_member(firms[0], "viewer"), an_official(agency(), "supervisor")):
        client.force_login(user)
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}1/revoke/").status_code == 403


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.tuples(DAYS, st.none() | DAYS), second=st.tuples(DAYS, st.none() | DAYS))
def test_after_revoking_what_one_gave_nothing_is_left_in_force(firms, first, second):
    """Two mandates never overlap, so on no day does one hide behind the other."""
    principal, agent = firms
    Mandate.objects.all().delete()
    made = []
    for start, end in (first, second):
        facts = {"principal": principal, "agent": agent, "service": SERVICE, "by": TESTER}
        with suppress(Refused):
            made.append(give_mandate(valid_from=start, valid_to=end, **facts))
    for mandate in made:
        assert mandate_in_force(principal, agent, SERVICE, mandate.valid_from)
        revoke_mandate(mandate, by=TESTER)
        assert not mandate_in_force(principal, agent, SERVICE, mandate.valid_from)
