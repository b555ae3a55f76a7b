"""What an administrator does about a person's login."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def set_active(user: User, active: bool, *, by: Actor) -> User:
    """Let a person in, or lock them out: their sessions end now."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active == active:
        return user
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
    action = "user.activated" if active else "user.deactivated"
    record(action, by=by, object_type="user", object_id=user.pk)
    return user


@transaction.atomic
def reset_second_factor(user: User, *, by: Actor) -> int:
    """Forget a lost authenticator and its recovery codes; their sessions end. How many factors there were.

    The person sets up a new one at the next login, where a role demands it.
    """
    count, _kinds = Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    record("second_factor.reset", by=by, object_type="user", object_id=user.pk, detail={"factors": count})
    return count


def end_sessions(user: User) -> None:
    """Log a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()
