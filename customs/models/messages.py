"""A CEB message: the envelope of a submission."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from submissions.models import Submission


class CebMessage(models.Model):
    """What the envelope says and how far its documents have been loaded; the bytes are the payload."""

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="ceb_message"
    )
    type = models.CharField(_("message type"), max_length=6)
    guid = models.CharField(_("message guid"), max_length=36)
    sender = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("sender"))
    document_count = models.PositiveSmallIntegerField(_("documents"))
    loaded_at = models.DateTimeField(_("loaded"), null=True)
    load_tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    load_after = models.DateTimeField(_("next try"), null=True)
    load_reason = models.CharField(_("reason"), max_length=100, blank=True, default="")
    # When the lists of this message go to customs even if some still wait (a dated parameter).
    forward_by = models.DateTimeField(_("forwarded by"), null=True)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("customs message")
        verbose_name_plural = _("customs messages")
        constraints = [models.UniqueConstraint(fields=["sender", "guid"], name="ceb_message_once")]
        indexes = [
            models.Index(
                fields=["received_at"], name="ceb_message_to_load", condition=models.Q(loaded_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.guid}"


class DocumentKey(models.Model):
    """Business uniqueness, kept out of the partitioned tables: which document holds this number now.

    kind: of a document, or guid. scope: the code whose numbers these are (platform, payment firm,
    logistics firm, declarant, sender). Two more: paid_order, one payment of one firm for one order (scope
    "firm/platform"), because one transaction may cover several orders; list_order, one list under way for one
    order of a platform; the same for export lists (export_list_order).
    """

    kind = models.CharField(max_length=20)
    scope = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    document_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "number"], name="document_key_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.number}"
