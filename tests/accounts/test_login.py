"""Login by e-mail: confirmation, enumeration, limits, sessions, second factor."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services import add_member, remove_member, reset_second_factor, set_active
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
from trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.api_urls")]

PASSWORD = "teapot lantern 7 harbour"
LOGIN = "/accounts/login/"
SETUP = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    """Mail stays in memory, static files need no manifest, counters start anew."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LANGUAGE_CODE = "en"
    cache.clear()


@pytest.fixture
def demanded(settings):
    """The second factor is asked for."""
    settings.SECOND_FACTOR_REQUIRED = True


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client: Client, user: User, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def code_for(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_login_by_address_in_any_case_starts_a_new_session(client):
    user = with_password(a_member(a_company()))
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["session"] = session.session_key
    old = session.session_key
    answer = client.post(LOGIN, {"login": user.email.upper(), "password": PASSWORD})
    assert answer.status_code == 302
    assert logged_in(client)
    assert client.session.session_key != old
    assert not client.session.exists(old)


def test_an_unconfirmed_address_does_not_log_in(client):
    user = with_password(a_person())
    EmailAddress.objects.filter(user=user).update(verified=False)
    answer = log_in(client, user)
    assert answer.url == "/accounts/confirm-email/"
    assert not logged_in(client)
    assert len(mail.outbox) == 1


def test_sign_up_is_confirmed_by_mail(client):
    data = {"email": "new@demo.example", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", data).url == "/accounts/confirm-email/"
    assert not logged_in(client)
    link = re.search(r"/accounts/confirm-email/[^\s]+", mail.outbox[0].body)[0]
    client.get(link)
    assert not EmailAddress.objects.get(email="new@demo.example").verified, "looking is not confirming"
    client.post(link)
    assert EmailAddress.objects.get(email="new@demo.example").verified


def test_sign_up_refuses_a_short_password(client):
    data = {"email": "new@demo.example", "password1": "vqzkrwbtnp", "password2": "vqzkrwbtnp"}
    assert client.post("/accounts/signup/", data).status_code == 200
    assert not User.objects.filter(email="new@demo.example").exists()


def body(answer) -> str:
    """The page without what differs at every request, and without the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r"[\w.]+@demo\.example", "ADDRESS", text)


def test_known_and_unknown_addresses_answer_alike():
    known = with_password(a_person())
    for path, extra in [(LOGIN, {"password": "wrong"}), ("/accounts/password/reset/", {})]:
        answers = []
        for address in (known.email, "nobody@demo.example"):
            answers.append(Client().post(path, {"login": address, "email": address, **extra}))
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
        assert body(answers[0]) == body(answers[1])


def test_sign_up_does_not_tell_who_is_known(client):
    known = with_password(a_person())
    answers = []
    for address in (known.email, "fresh@demo.example"):
        data = {"email": address, "password1": PASSWORD, "password2": PASSWORD}
        answers.append(Client().post("/accounts/signup/", data))
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    assert User.objects.filter(email=known.email).count() == 1


def test_a_reset_link_works_once_and_ends_nothing_but_the_password(client):
    user = with_password(a_person())
    client.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/[^\s]+", mail.outbox[0].body)[0]
    form = client.get(link).url
    fresh = "another long phrase 42"
    assert client.post(form, {"password1": fresh, "password2": fresh}).status_code == 302
    assert not logged_in(client)
    assert log_in(client, user, fresh).status_code == 302
    assert Entry.objects.filter(action="password.changed", object_id=user.pk).exists()
    again = Client().get(link)
    assert again.status_code == 200, "the link says that it was used"


def test_a_hundred_wrong_passwords_from_many_addresses_leave_others_alone(client, monkeypatch):
    # The page of a refused login is rendered a hundred times otherwise.
    monkeypatch.setattr("allauth.account.views.LoginView.form_invalid", lambda *_: HttpResponse())
    victim, other = with_password(a_person("victim")), with_password(a_person("other"))
    guesser = Client()
    for number in range(100):
        log_in(guesser, victim, "wrong", REMOTE_ADDR=f"10.0.{number // 250}.{number % 250 + 1}")
    assert log_in(client, other).status_code == 302
    assert logged_in(client)
    log_in(guesser, victim, PASSWORD, REMOTE_ADDR="10.0.9.9")
    assert not logged_in(guesser), "the account under attack takes no more guesses for now"
    tried = Entry.objects.filter(action="login.failed")
    assert tried.count() == 5, "guesses beyond the limit are not even tried"
    assert victim.email not in str(list(tried.values()))


def test_many_wrong_passwords_from_one_address_stop_that_address():
    people = [with_password(a_person()) for _ in range(11)]
    for person in people[:10]:
        log_in(Client(), person, "wrong", REMOTE_ADDR="10.0.0.1")
    blocked, elsewhere = Client(), Client()
    log_in(blocked, people[10], REMOTE_ADDR="10.0.0.1")
    log_in(elsewhere, people[10], REMOTE_ADDR="10.0.0.2")
    assert not logged_in(blocked)
    assert logged_in(elsewhere)


def test_sessions_are_listed_and_ended(client):
    user = with_password(a_person())
    other = Client()
    log_in(other, user)
    log_in(client, user)
    assert UserSession.objects.filter(user=user).count() == 2
    assert client.get("/accounts/sessions/").status_code == 200
    client.post("/accounts/sessions/")
    assert logged_in(client)
    assert not logged_in(other)


def test_switching_company_keeps_the_session_in_the_list(client, rf):
    from accounts.principals import switch_company

    user = with_password(a_member(a_company("first")))
    second = a_company("second")
    add_member(user, "viewer", company=second, by=TESTER)
    log_in(client, user)
    request = rf.post("/")
    request.user, request.session = user, client.session
    switch_company(request, second.pk)
    assert UserSession.objects.get(user=user).session_key == request.session.session_key


def test_locking_out_ends_every_session(client):
    user = with_password(a_person())
    log_in(client, user)
    set_active(user, False, by=TESTER)
    assert not logged_in(client)
    log_in(client, user)
    assert not logged_in(client)


@pytest.mark.parametrize("role", ["declaring_user", "company_admin"])
def test_who_declares_is_sent_to_set_up_a_second_factor(client, demanded, role):
    log_in(client, with_password(a_member(a_company(), role)))
    assert client.get("/queue/").url == SETUP
    assert client.get("/nowhere/").url == SETUP, "not even whether a page exists"


def test_officials_and_administrators_too(client, demanded):
    for user in (an_official(an_agency()), an_administrator("auditor")):
        fresh = Client()
        log_in(fresh, with_password(user))
        assert fresh.get("/queue/").url == SETUP


def test_a_viewer_and_a_person_without_a_role_are_not(client, demanded):
    for user in (a_member(a_company(), "viewer"), a_person()):
        fresh = Client()
        log_in(fresh, with_password(user))
        assert fresh.get("/queue/").status_code == 403


def test_without_the_setting_nobody_is(client):
    log_in(client, with_password(an_official(an_agency())))
    assert client.get("/queue/").status_code == 200


def test_the_way_to_the_second_factor_never_loops(client, demanded):
    log_in(client, with_password(an_official(an_agency())))
    answer = client.get("/queue/", follow=True)
    assert len(answer.redirect_chain) == 1
    assert answer.request["PATH_INFO"] == SETUP
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/accounts/reauthenticate/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200


def test_changing_a_factor_later_asks_for_the_password_again(client):
    user = with_password(a_person())
    log_in(client, user)
    assert client.get(SETUP).status_code == 200
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**r, "at": r["at"] - 301} for r in records]
    session.save()
    assert client.get(SETUP).url.startswith("/accounts/reauthenticate/")
    new_address = {"email": "other@demo.example", "action_add": ""}
    assert client.post("/accounts/email/", new_address).url.startswith("/accounts/reauthenticate/")
    assert EmailAddress.objects.filter(user=user).count() == 1
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(SETUP).status_code == 200


def set_up(client: Client) -> str:
    """Set up an authenticator in the browser; its secret."""
    client.get(SETUP)
    secret = client.session["mfa.totp.secret"]
    client.post(SETUP, {"code": code_for(secret)})
    return secret


@pytest.mark.django_db(transaction=True)
def test_setting_it_up_opens_the_door_and_it_is_asked_at_the_next_login(client, demanded):
    user = with_password(an_official(an_agency()))
    log_in(client, user)
    secret = set_up(client)
    assert client.get("/queue/").status_code == 200
    assert Entry.objects.filter(action="second_factor.added", object_id=user.pk).exists()
    assert any("authenticator" in m.body.lower() for m in mail.outbox), "the person is told"
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored, "the secret is encrypted at rest"
    # Next time: the password alone is not enough.
    cache.clear()
    later = Client()
    assert log_in(later, user).url.startswith("/accounts/2fa/authenticate/")
    assert not logged_in(later)
    later.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not logged_in(later)
    codes = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes"))
    recovery = codes.get_unused_codes()[0]
    later.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert later.get("/queue/").status_code == 200
    # A recovery code works once.
    again = Client()
    log_in(again, user)
    again.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert not logged_in(again)


def test_a_session_that_never_showed_the_factor_logs_in_again(client, demanded):
    user = with_password(an_official(an_agency()))
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)
    assert client.get("/queue/").url == LOGIN
    assert not logged_in(client)


def test_the_factor_cannot_be_put_off_while_the_role_demands_it(client, demanded):
    from accounts.adapter import MFAAdapter

    user = with_password(a_member(a_company()))
    totp = TOTP.activate(user, generate_totp_secret()).instance
    assert not MFAAdapter().can_delete_authenticator(totp)
    remove_member(membership_of(user), by=TESTER)
    assert MFAAdapter().can_delete_authenticator(totp)


def test_a_lost_telephone(client, demanded):
    user = with_password(an_official(an_agency()))
    TOTP.activate(user, generate_totp_secret())
    assert reset_second_factor(user, by=TESTER) == 1
    log_in(client, user)
    assert client.get("/queue/").url == SETUP


def test_the_api_says_403_and_never_redirects(client, demanded):
    client.force_login(a_member(a_company()))
    answer = client.get("/api/v1/echo")
    assert answer.status_code == 403


def test_logins_leave_trail_rows(client):
    user = with_password(a_person())
    log_in(client, user, "wrong")
    log_in(client, user)
    client.post("/accounts/logout/")
    actions = list(Entry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["login.failed", "login.done", "login.ended"]
    assert Entry.objects.get(action="login.done").detail["address"] == "127.0.0.1"


def test_strangers_go_to_the_login_and_come_back(client):
    assert client.get("/queue/?a=1").url == "/accounts/login/?next=/queue/%3Fa%3D1"
