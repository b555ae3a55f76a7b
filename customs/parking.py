"""A message that cannot be loaded is tried again ever more slowly, then parked with its reason; others go on.

A person loads it again from the desk once the cause is gone. Nothing is lost: the bytes are the payload.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from customs.arrival import arrive, arrive_set
from customs.load import TRIES
from customs.models import CebMessage
from submissions.nudge import nudge
from trail.actors import Actor
from trail.services import record

log = logging.getLogger(__name__)

LONGEST = timedelta(hours=1)


def attempt_set(submission_ids: Sequence[UUID]) -> None:
    """`arrive_set`; when the set fails, one by one, so that one that cannot be loaded holds up no other."""
    try:
        if len(submission_ids) > 1:
            arrive_set(submission_ids)
            return
    except OperationalError:
        raise
    except Exception:
        log.exception("a set of %s messages failed: one by one", len(submission_ids))
    for key in submission_ids:
        try:
            attempt(key)
        except OperationalError:
            raise
        except Exception:
            log.exception("message %s could not be loaded and matched", key)


def attempt(submission_id: UUID) -> int:
    """`arrive`, with each failure to load counted; the failure itself goes on to the caller's log.

    A database that is away is nobody's fault and counts for nothing.
    """
    try:
        return arrive(submission_id)
    except OperationalError:
        raise
    except Exception as error:
        _count(submission_id, error)
        raise


def _count(submission_id: UUID, error: Exception) -> None:
    rows = CebMessage.objects.filter(pk=submission_id, loaded_at__isnull=True)
    tries = rows.values_list("load_tries", flat=True).first()
    if tries is None:
        return
    wait = min(timedelta(minutes=2**tries), LONGEST)
    # The kind of error alone: its text may quote the document.
    rows.update(
        load_tries=F("load_tries") + 1, load_after=timezone.now() + wait, load_reason=type(error).__name__
    )


def parked() -> QuerySet[CebMessage]:
    """Messages that nobody tries to load any more, the oldest first."""
    rows = CebMessage.objects.filter(loaded_at__isnull=True, load_tries__gte=TRIES)
    return rows.select_related("submission", "sender").order_by("received_at")


def load_again(submission_ids: Sequence[UUID], *, by: Actor) -> int:
    """A person has them tried anew; the number that were parked."""
    from customs import tasks

    with transaction.atomic():
        keys = list(parked().filter(pk__in=submission_ids).values_list("pk", flat=True))
        CebMessage.objects.filter(pk__in=keys).update(load_tries=0, load_after=None, load_reason="")
        for key in keys:
            record("message.load_again", by=by, object_type="submission", object_id=key)
            nudge(tasks.load, str(key))
    return len(keys)
