"""The second approval: what one official prepares, a colleague approves or sends back. For desks to inherit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reference.keys import uuid7


class ApprovalState(models.TextChoices):
    """Where a prepared decision stands."""

    PREPARED = "prepared", _("waiting for a second approval")
    APPROVED = "approved", _("approved")
    SENT_BACK = "sent_back", _("sent back")


class SecondApproval(models.Model):
    """A decision of two people; the database holds that they are two. Verbs: `submissions.approvals`."""

    State = ApprovalState

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(
        max_length=10, choices=ApprovalState, default=ApprovalState.PREPARED, editable=False
    )
    reason = models.TextField(_("reason"))
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("prepared_by")),
                name="%(class)s_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", decided_by__isnull=True)
                | ~Q(state="prepared") & Q(decided_by__isnull=False),
                name="%(class)s_decided_by_somebody",
            ),
        ]
