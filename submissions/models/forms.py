"""What belongs to submissions that are filled in as a form: papers handed in, and further information."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reference.keys import uuid7
from submissions.models.core import Referral, Submission


class InformationRequest(models.Model):
    """What an agency asked for besides, and the answer, frozen as it was given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="information_requests")
    number = models.PositiveSmallIntegerField(_("number"))
    words = models.TextField(_("the agency's words"), blank=True, editable=False)
    # Where the agency found something: [{"code", "path", "text"}]; a path names a field of the form.
    problems = models.JSONField(default=list, blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked on"), db_default=Now(), editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    sealed_answer = models.BinaryField(null=True, editable=False)
    answer_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("request for information")
        verbose_name_plural = _("requests for information")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="information_number"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, sealed_answer__isnull=True)
                | Q(answered_at__isnull=False, sealed_answer__isnull=False),
                name="information_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral} #{self.number}"


class Attachment(models.Model):
    """A paper handed in: kept encrypted, named by us, known by its digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="attachments")
    # Handed in with an answer to an agency's question; without, it belongs to the form.
    information = models.ForeignKey(
        InformationRequest, models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    code = models.CharField(_("paper"), max_length=40)
    name = models.CharField(_("file"), max_length=80)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField(editable=False)
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("paper handed in")
        verbose_name_plural = _("papers handed in")
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "information", "code", "sha256"],
                nulls_distinct=False,
                name="attachment_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
