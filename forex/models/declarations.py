"""Balance-of-payments declarations (R4.09) and what a company reports of its trade credit (R4.07)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from forex.models.payments import InwardPayment
from submissions.models import Submission


class BopState(models.TextChoices):
    """Where one version of a declaration stands with the bank."""

    SUBMITTED = "submitted", _("with the bank")
    ACCEPTED = "accepted", _("accepted and forwarded to SAFE")
    RETURNED = "returned", _("returned by the bank")  # to be corrected and declared again
    REPLACED = "replaced", _("replaced by a later version")
    WITHDRAWN = "withdrawn", _("withdrawn")


class BopDeclaration(models.Model):
    """One version of the declaration of one inward payment; what was declared stays in the sealed payload.

    actual + gross_out = gross_in: the amount received, and what it stands for before fees were kept (R4.02).
    """

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="bop_declaration"
    )
    payment = models.ForeignKey(
        InwardPayment, models.PROTECT, related_name="declarations", verbose_name=_("inward payment")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=10, choices=BopState, default=BopState.SUBMITTED, editable=False
    )
    code = models.CharField(_("transaction code"), max_length=6)
    in_statistics = models.BooleanField(_("in customs statistics"))  # what the code says
    currency = models.CharField(_("currency"), max_length=3)
    actual = models.DecimalField(_("actual amount"), max_digits=18, decimal_places=2)
    gross_in = models.DecimalField(_("gross amount in"), max_digits=18, decimal_places=2)
    gross_out = models.DecimalField(_("gross amount out"), max_digits=18, decimal_places=2)
    rate = models.DecimalField(_("exchange rate"), max_digits=14, decimal_places=6, null=True)
    cny = models.DecimalField(_("in CNY"), null=True, max_digits=18, decimal_places=2)
    confirmed = models.JSONField(_("warnings confirmed"), default=list)
    safe_no = models.CharField(_("SAFE reference"), max_length=40, blank=True, editable=False)
    forwarded_on = models.DateField(_("forwarded to SAFE"), null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("balance-of-payments declaration")
        verbose_name_plural = _("balance-of-payments declarations")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "version"], name="bop_version_once"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=["submitted", "accepted"]), name="bop_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(actual__gt=0, gross_out__gte=0, gross_in=F("actual") + F("gross_out")),
                name="bop_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} v{self.version}"


class TradeCreditBalance(models.Model):
    """The balance of trade credit that a company has reported to SAFE for the end of a month, in USD."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    month = models.DateField(_("month"))  # its first day
    amount = models.DecimalField(_("balance, USD"), max_digits=18, decimal_places=2)
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("trade credit balance")
        verbose_name_plural = _("trade credit balances")
        constraints = [
            models.UniqueConstraint(fields=["company", "month"], name="credit_balance_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.month}: {self.amount}"
