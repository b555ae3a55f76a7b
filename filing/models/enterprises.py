"""What each party has entered about an enterprise: one row a register, ended and never deleted."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from reference.keys import uuid7
from submissions.models import Submission


class Register(models.TextChoices):
    """The registers a pilot-zone enterprise is entered in, by the office that keeps them (R13.08)."""

    PILOT_ZONE = "pilot_zone", _("pilot-zone record")
    CUSTOMS = "customs", _("customs filing of declaration entities")
    REFUND = "refund", _("refund and exemption filing")
    FX_DIRECTORY = "fx_directory", _("FX directory registration")
    LICENCE = "licence", _("business licence data")


class EnterpriseRecordQuerySet(models.QuerySet["EnterpriseRecord"]):
    """Records in business words."""

    def in_force(self, on: date | None = None) -> EnterpriseRecordQuerySet:
        """Those in force on that day (today when none is given)."""
        day = on or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class EnterpriseRecord(models.Model):
    """An enterprise's entry in one register, with its number there and its days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="filing_records", verbose_name=_("company")
    )
    register = models.CharField(_("register"), max_length=20, choices=Register)
    number = models.CharField(_("number"), max_length=64)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    # What the register says besides (codes and names, never personal data).
    facts = models.JSONField(default=dict, blank=True)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = EnterpriseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise record")
        verbose_name_plural = _("enterprise records")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "register"], condition=Q(until__isnull=True), name="record_one_open"
            ),
            models.UniqueConstraint(fields=["submission", "register"], name="record_once_a_submission"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="record_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"
