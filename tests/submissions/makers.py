"""Submissions in the situations that tests need."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Company, Membership, User
from submissions import services
from submissions.models import Dispatch, Submission
from trail.actors import Actor

_numbers = count(1)
CLIENT = Actor("client", "erp", "ERP of the firm")
ALICE = Actor("person", "1", "Alice")
OFFICER = Actor("person", "2", "Officer")
CUSTOMS = Actor("agency", "customs", "Customs")


def a_company(name: str = "A firm") -> Company:
    """Any company; its code is made up."""
    number = next(_numbers)
    return Company.objects.create(uscc=f"TEST{number:014d}", customs_code=None, name=f"{name} {number}")


def an_agency(code: str = "customs") -> Agency:
    """An open agency."""
    row, _ = Agency.objects.update_or_create(
        code=code, defaults={"name_zh": code, "name_en": code.title(), "is_open": True}
    )
    return row


def an_officer() -> User:
    """Somebody who works in the queue of customs."""
    user = User.objects.create_user(f"officer{next(_numbers)}@example.invalid")
    Membership.objects.create(user=user, agency=an_agency(), role="officer")
    return user


def handed_in(**given: Any) -> Submission:
    """Received, with one dispatch to customs queued."""
    agencies = given.pop("agencies", ["customs"])
    for code in agencies:
        an_agency(code)
    number = next(_numbers)
    values: dict[str, Any] = {
        "kind": "test-kind",
        "by": CLIENT,
        "channel": "rest",
        "payload": f"<message n='{number}'/>".encode(),
        "content_type": "application/xml",
        "title": f"Message {number}",
        "parties": [],
        "agencies": agencies,
        "hold": False,
    } | given
    values.setdefault("company", None)
    values["company"] = values["company"] or a_company()
    return services.receive(**values)


def the_dispatch(submission: Submission, what: str = "payload") -> Dispatch:
    """Its only dispatch of that sort, fresh from the database."""
    return Dispatch.objects.get(referral__submission=submission, what=what)


def make_due(dispatch: Dispatch) -> None:
    """Let the waiting, and a lease that stands in the way, be over."""
    past = timezone.now() - timedelta(seconds=1)
    Dispatch.objects.filter(pk=dispatch.pk).update(due_at=past)
    Dispatch.objects.filter(pk=dispatch.pk, leased_until__isnull=False).update(leased_until=past)
