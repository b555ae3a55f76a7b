"""Who may do what, as whom: company, agency, portal; and nobody becomes somebody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.permissions import ROLES, Permission
from accounts.principals import SESSION_COMPANY, principal_of, principal_of_user, switch_company
from accounts.services import add_member, give_mandate, remove_member, revoke_mandate
from tests.accounts.factories import (
    TESTER,
    a_company,
    a_member,
    a_person,
    an_administrator,
    an_agency,
    an_official,
    membership_of,
)

pytestmark = pytest.mark.django_db


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    request.session.create()
    return request


@pytest.mark.parametrize("code", sorted(ROLES))
def test_each_role_brings_exactly_its_permissions(code):
    holder = ROLES[code].holder
    if holder == "company":
        user = a_member(a_company(), code)
    elif holder == "agency":
        user = an_official(an_agency(), code)
    else:
        user = an_administrator(code)
    principal = principal_of_user(user)
    assert {p for p in Permission if principal.may(p)} == set(ROLES[code].permissions)
    assert principal.second_factor is (code != "viewer")


def test_nobody_is_nobody():
    assert principal_of(request_of(AnonymousUser())) is None
    request = Request(RequestFactory().get("/"))
    request.user = None
    assert principal_of(request) is None


def test_somebody_without_a_role_may_nothing():
    principal = principal_of(request_of(a_person()))
    assert principal is not None
    assert not principal.permissions
    assert principal.company is None
    assert principal.acting_for("import-declaration") == frozenset()


def test_a_disabled_person_may_nothing():
    user = a_member(a_company())
    user.is_active = False
    assert principal_of_user(user).permissions == frozenset()


def test_a_removed_role_bites_at_the_next_request():
    user = a_member(a_company())
    assert principal_of(request_of(user)).may(Permission.CEB_SEND)
    remove_member(membership_of(user), by=TESTER)
    assert not principal_of(request_of(user)).may(Permission.CEB_SEND)


def test_permissions_are_those_held_as_the_current_company():
    first, second = a_company("first"), a_company("second")
    user = a_member(first, "viewer")
    add_member(user, "declaring_user", company=second, by=TESTER)
    request = request_of(user)
    assert principal_of(request).company == first
    assert not principal_of(request).may(Permission.CEB_SEND)
    old_session = request.session.session_key
    switch_company(request, second.pk)
    assert principal_of(request).company == second
    assert principal_of(request).may(Permission.CEB_SEND)
    assert principal_of(request).actor.on_behalf_of == "second"
    assert request.session.session_key != old_session


def test_alice_cannot_become_bobs_company():
    own, other = a_company("own"), a_company("other")
    request = request_of(a_member(own))
    with pytest.raises(PermissionDenied):
        switch_company(request, other.pk)
    assert principal_of(request).company == own


def test_a_company_id_smuggled_into_the_session_is_ignored():
    own, other = a_company("own"), a_company("other")
    request = request_of(a_member(own))
    request.session[SESSION_COMPANY] = other.pk
    principal = principal_of(request)
    assert principal.company == own
    assert principal.acting_for("import-declaration") == {own.pk}


def test_a_mandate_lets_the_agent_act_until_it_is_revoked():
    declarant, trader, stranger = a_company("declarant"), a_company("trader"), a_company("stranger")
    alice = a_member(declarant)
    mandate = give_mandate(principal=trader, agent=declarant, service="import-declaration", by=TESTER)
    principal = principal_of(request_of(alice))
    assert principal.acting_for("import-declaration") == {declarant.pk, trader.pk}
    assert principal.acting_for("import-orders") == {declarant.pk}
    assert not principal.may_act_for(stranger, "import-declaration")
    # The very same principal, no new request: the act asks the table.
    revoke_mandate(mandate, by=TESTER)
    assert not principal.may_act_for(trader, "import-declaration")


def test_the_actor_names_agent_and_principal():
    declarant, trader = a_company("declarant"), a_company("trader")
    principal = principal_of(request_of(a_member(declarant)))
    assert principal.actor_for(trader).on_behalf_of == "declarant → trader"
    assert principal.actor_for(declarant).on_behalf_of == "declarant"


def test_a_principal_is_read_once_a_request(django_assert_num_queries):
    request = request_of(a_member(a_company()))
    with django_assert_num_queries(1):
        principal_of(request)
        principal_of(request)


def test_the_parts_of_a_page_share_one_question_for_mandates(django_assert_num_queries):
    declarant, trader = a_company("declarant"), a_company("trader")
    alice = a_member(declarant)
    mandate = give_mandate(principal=trader, agent=declarant, service="import-declaration", by=TESTER)
    principal = principal_of(request_of(alice))
    with django_assert_num_queries(1):
        for _part in range(3):
            assert principal.acting_for("import-declaration") == {declarant.pk, trader.pk}
            assert principal.acting_for("import-orders") == {declarant.pk}
    revoke_mandate(mandate, by=TESTER)
    assert principal_of(request_of(alice)).acting_for("import-declaration") == {declarant.pk}
    assert principal_of_user(alice).acting_for("import-declaration") == {declarant.pk}
