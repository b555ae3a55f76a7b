"""What a company lets a bank ask, what was asked, and what a document already backs."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Company
from reference.keys import uuid7


class Purpose(models.TextChoices):
    """What a bank may ask for; a consent names one."""

    PAYMENT = "payment", _("checking the trade behind a payment")
    FINANCING = "financing", _("financing against a document")


class DocumentKind(models.TextChoices):
    """What can be asked about."""

    EXPORT_LIST = "export_list", _("export inventory list")
    ORDER = "order", _("order")
    BOP = "bop", _("balance-of-payments declaration")


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents in business words."""

    def in_force(self, on: date | None = None) -> ConsentQuerySet:
        """Those that hold on that day, today when none is given."""
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day, withdrawn_at__isnull=True
        )


class Consent(models.Model):
    """A company lets one bank ask for one purpose, from a day to a day; withdrawn at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="bank_consents")
    bank = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bank"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "bank", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="consent_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} → {self.bank_id}: {self.purpose}"


class Outcome(models.TextChoices):
    """What the log says of one question; the bank sees only "found" or "not found"."""

    FOUND = "found", _("answered")
    NO_CONSENT = "no_consent", _("not answered: no consent")
    USED = "used", _("recorded as backing")
    REFUSED = "refused", _("refused: it backs something already")
    RELEASED = "released", _("no longer backs anything")


class DeclarationQuery(models.Model):
    """One question of a bank about a document of a company; the company reads this log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bank = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bank"))
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    kind = models.CharField(_("document"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("number"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("question of a bank")
        verbose_name_plural = _("questions of banks")
        ordering = ["-id"]
        indexes = [models.Index(fields=["company", "-id"], name="query_company")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class DocumentUse(models.Model):
    """A document backs at most one financing at a time, whichever bank asks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("document"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("number"), max_length=60)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    bank = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bank"))
    bank_reference = models.CharField(_("the bank's reference"), max_length=60)
    used_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    released_at = models.DateTimeField(_("until"), null=True, editable=False)

    class Meta:
        verbose_name = _("use of a document")
        verbose_name_plural = _("uses of documents")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=Q(released_at__isnull=True), name="document_backs_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
