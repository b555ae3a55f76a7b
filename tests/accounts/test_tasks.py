"""What is over is removed, what is not stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks
from tests.accounts.factories import a_client, a_company, a_person

pytestmark = pytest.mark.django_db


def test_expired_tokens_and_sessions_are_removed(client):
    now, hour = timezone.now(), timedelta(hours=1)
    client_id, _secret = a_client(a_company(), "ceb:send")
    for name, until in (("old", now - hour), ("new", now + hour)):
        owner = OIDCClient.objects.get(pk=client_id)
        Token.objects.create(type="at", hash=name, client=owner, expires_at=until)
        Session.objects.create(session_key=name, session_data="", expire_date=until)
        UserSession.objects.create(user=a_person(), ip="127.0.0.1", session_key=name, user_agent="x")
    tasks.purge()
    assert list(Token.objects.values_list("hash", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["new"]


def test_the_beat_knows_the_task():
    assert tasks.purge.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
