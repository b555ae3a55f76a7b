"""The roles themselves: what must stay apart stays apart, and the page tells the truth."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from accounts.backends import DJANGO_PERMISSIONS
from accounts.permissions import (
    AGENCY_SCOPES,
    ROLES,
    SCOPE_PERMISSIONS,
    SENTENCES,
    Permission,
    Scope,
    role_codes,
)
from tests.accounts.factories import a_company, a_member, an_administrator, an_agency, an_official


def test_every_permission_has_a_sentence_and_a_holder():
    assert set(SENTENCES) == set(Permission)
    of_people = {p for role in ROLES.values() for p in role.permissions}
    assert of_people | set(SCOPE_PERMISSIONS.values()) == set(Permission)


def test_the_three_administrators_share_nothing():
    roles = [ROLES[code] for code in role_codes("portal")]
    for one, other in combinations(roles, 2):
        assert not one.permissions & other.permissions


def test_only_the_auditor_reads_the_trail_and_does_nothing_else():
    assert [r.code for r in ROLES.values() if Permission.TRAIL_READ in r.permissions] == ["auditor"]
    assert ROLES["auditor"].permissions == {Permission.TRAIL_READ}


def test_no_agency_hands_in_and_no_company_decides():
    hands_in = {Permission.CEB_SEND, Permission.SUBMISSION_WRITE}
    decides = {Permission.QUEUE_WORK, Permission.QUEUE_SUPERVISE, Permission.AGENCY_SWITCH}
    assert all(not ROLES[c].permissions & hands_in for c in role_codes("agency") + role_codes("portal"))
    assert all(not ROLES[c].permissions & decides for c in role_codes("company"))
    assert Scope.CEB_SEND not in AGENCY_SCOPES


def test_who_may_write_anything_needs_a_second_factor():
    assert [r.code for r in ROLES.values() if not r.second_factor] == ["viewer"]


def test_the_page_is_up_to_date():
    call_command("permissions_doc", "--check")


def test_an_outdated_page_is_found(tmp_path):
    page = tmp_path / "permissions.md"
    with pytest.raises(CommandError, match="out of date"):
        call_command("permissions_doc", "--check", output=page)
    call_command("permissions_doc", output=page)
    call_command("permissions_doc", "--check", output=page)
    page.write_text(page.read_text().replace("●", " ", 1))
    with pytest.raises(CommandError, match="out of date"):
        call_command("permissions_doc", "--check", output=page)


@pytest.mark.django_db
def test_djangos_permissions_are_answered_from_the_roles():
    people = {
        "auditor": an_administrator("auditor"),
        "security_admin": an_administrator("security_admin"),
        "system_admin": an_administrator("system_admin"),
        "supervisor": an_official(an_agency(), "supervisor"),
        "declaring_user": a_member(a_company()),
    }
    for role, user in people.items():
        for perm, any_of in DJANGO_PERMISSIONS.items():
            assert user.has_perm(perm) is bool(ROLES[role].permissions & any_of), (role, perm)
        assert not user.has_perm("trail.change_entry")
        assert not user.has_perm("accounts.delete_user")
    assert people["auditor"].has_module_perms("trail")
    assert not people["auditor"].has_module_perms("accounts")
    assert people["auditor"].has_perm("trail.read")
