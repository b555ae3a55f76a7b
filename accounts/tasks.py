"""Work of the room that runs by the clock."""

from __future__ import annotations

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command


@shared_task(name="accounts.tasks.purge")
def purge() -> None:
    """Remove tokens and sessions that are over; nothing looks at them any more."""
    Token.objects.expired().delete()
    call_command("clearsessions")
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
