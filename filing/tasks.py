"""Ids in, service call out. A task lost or run twice does no harm: the database knows what is due."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from filing.goods import services as goods
from submissions.nudge import send


@shared_task(name="filing.tasks.check_goods")
def check_goods(submission_id: str) -> None:
    """Check one batch of goods."""
    goods.check_batch(UUID(submission_id))


@shared_task(name="filing.tasks.sweep")
def sweep() -> None:
    """Wake workers for batches whose nudge was lost; once a minute."""
    for submission_id in goods.waiting():
        send(check_goods, str(submission_id))
