"""People at the officials' desk, for tests: log in, addresses, what a page said."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from submissions import lifecycle
from submissions.models import (
    Referral,
)
from tests.submissions.makers import handed_in
from trail.actors import SYSTEM


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
