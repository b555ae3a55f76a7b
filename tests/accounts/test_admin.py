"""Administrators: what they see, what they may do, and that every write goes through a service."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from django.contrib import admin
from django.core.cache import cache

from accounts.models import Agency, ClientPrincipal, Company, Mandate, Membership, User
from tests.accounts.factories import (
    TESTER,
    a_client,
    a_company,
    a_member,
    a_person,
    an_administrator,
    an_agency,
    an_official,
    membership_of,
    valid_uscc,
)
from trail.models import Entry, Seal
from trail.services import record

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.api_urls")]

ALL = ("user", "company", "agency", "membership", "mandate", "clientprincipal")
MODELS = (User, Company, Agency, Membership, Mandate, ClientPrincipal, Entry, Seal)


@pytest.fixture(autouse=True)
def _plain_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LANGUAGE_CODE = "en"
    cache.clear()


@pytest.fixture
def security(client):
    """The security administrator at work."""
    user = an_administrator("security_admin")
    client.force_login(user)
    return user


def test_nothing_of_allauth_is_edited_raw():
    registered = {model._meta.label for model in admin.site._registry}
    assert not {label for label in registered if label.startswith(("account.", "mfa.", "usersessions."))}
    assert not {OIDCClient._meta.label, Token._meta.label} & registered
    assert {model._meta.label for model in MODELS} <= registered


@pytest.mark.parametrize("page", ALL)
def test_the_security_administrator_opens_every_list(client, security, page):
    a_client(a_company(), "ceb:send")
    assert client.get(f"/admin/accounts/{page}/").status_code == 200


@pytest.mark.parametrize(("role", "seen"), [("auditor", 200), ("security_admin", 403), ("system_admin", 403)])
def test_only_the_auditor_reads_the_trail(client, role, seen):
    client.force_login(an_administrator(role))
    record("x", by=TESTER, object_type="x", object_id=1)
    row = Entry.objects.get(object_type="x")
    assert client.get("/admin/trail/entry/").status_code == seen
    assert client.get(f"/admin/trail/entry/{row.pk}/change/").status_code == seen
    assert client.get("/admin/trail/seal/").status_code == seen


def test_nobody_edits_or_deletes_the_trail_not_even_a_superuser(client):
    client.force_login(User.objects.create_superuser("root@demo.example", "x"))
    record("x", by=TESTER, object_type="x", object_id=1)
    row = Entry.objects.get(object_type="x")
    assert client.get("/admin/trail/entry/add/").status_code == 403
    assert client.post(f"/admin/trail/entry/{row.pk}/change/", {"action": "y"}).status_code == 403
    assert client.post(f"/admin/trail/entry/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post("/admin/trail/entry/", data)
    assert Entry.objects.get(pk=row.pk).action == "x"


def test_a_company_is_created_through_the_service(client, security):
    data = {"uscc": valid_uscc(4711), "name": "新公司（示例）", "roles": ["platform"]}
    assert client.post("/admin/accounts/company/add/", data).status_code == 302
    company = Company.objects.get(uscc=data["uscc"])
    assert company.customs_code is None
    assert Entry.objects.get(action="company.created").actor_id == str(security.pk)
    wrong = client.post(
        "/admin/accounts/company/add/", {**data, "uscc": data["uscc"][:-1] + "I", "name": "x"}
    )
    assert wrong.status_code == 200
    assert Company.objects.count() == 1
    assert (
        client.post(f"/admin/accounts/company/{company.pk}/change/", {**data, "name": "y"}).status_code == 403
    )


def test_a_role_is_given_and_taken_through_the_service(client, security):
    user, company = a_person(), a_company()
    data = {"user": user.pk, "role": "declaring_user", "company": company.pk, "agency": ""}
    assert client.post("/admin/accounts/membership/add/", data).status_code == 302
    held = membership_of(user)
    assert Entry.objects.filter(action="membership.added", actor_id=security.pk).count() == 1
    refused = client.post("/admin/accounts/membership/add/", {**data, "role": "auditor"})
    assert refused.status_code == 200
    assert client.post(f"/admin/accounts/membership/{held.pk}/change/", {"role": "viewer"}).status_code == 403
    assert client.post(f"/admin/accounts/membership/{held.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Entry.objects.filter(action="membership.removed").count() == 1


def test_a_client_is_created_and_its_secret_shown_once(client, security):
    company = a_company()
    data = {"name": "ERP", "company": company.pk, "agency": "", "chosen_scopes": ["ceb:send"]}
    page = client.post("/admin/accounts/clientprincipal/add/", data, follow=True)
    made = ClientPrincipal.objects.get()
    assert made.company == company
    text = page.content.decode()
    assert made.client_id in text
    secret = text.split("secret ")[1].split(":")[0]
    assert made.client.check_secret(secret)
    assert secret not in client.get("/admin/accounts/clientprincipal/").content.decode()
    for wrong in ({"company": ""}, {"company": "", "agency": an_agency().pk}):
        assert client.post("/admin/accounts/clientprincipal/add/", {**data, **wrong}).status_code == 200
    assert ClientPrincipal.objects.count() == 1


def test_a_client_is_revoked_by_an_action(client, security):
    client_id, _secret = a_client(a_company(), "ceb:send")
    link = ClientPrincipal.objects.get(client_id=client_id)
    data = {"action": "revoke", "_selected_action": [link.pk]}
    client.post("/admin/accounts/clientprincipal/", data)
    link.refresh_from_db()
    assert link.disabled_at is not None


def test_people_are_locked_out_but_not_by_themselves(client, security):
    user = a_person()
    data = {"action": "deactivate", "_selected_action": [user.pk, security.pk]}
    client.post("/admin/accounts/user/", data)
    user.refresh_from_db()
    security.refresh_from_db()
    assert not user.is_active
    assert security.is_active
    assert client.post(f"/admin/accounts/user/{user.pk}/change/", {"is_superuser": "on"}).status_code == 403
    assert client.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_agency_is_switched_at_the_desk_not_here(client):
    customs = an_agency()
    client.force_login(an_official(customs, "supervisor"))
    data = {"notice_zh": "维护", "notice_en": "maintenance"}
    assert client.post(f"/admin/accounts/agency/{customs.pk}/change/", data).status_code == 403
    customs.refresh_from_db()
    assert customs.is_open


@pytest.mark.parametrize("page", ALL)
def test_companies_people_have_no_business_here(client, page):
    client.force_login(a_member(a_company(), "company_admin"))
    assert client.get(f"/admin/accounts/{page}/").status_code == 403


@pytest.mark.parametrize("page", ["user", "membership", "clientprincipal"])
def test_officers_do_not_see_who_holds_which_role(client, page):
    client.force_login(an_official(an_agency()))
    assert client.get(f"/admin/accounts/{page}/").status_code == 403
