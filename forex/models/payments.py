"""Inward payments, as the banks push them."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Company, User
from accounts.personal import unseal_fields
from reference.keys import uuid7


class PaymentState(models.TextChoices):
    """How much of an inward payment is explained by payout statements."""

    UNMATCHED = "unmatched", _("unmatched")
    PARTLY_MATCHED = "partly_matched", _("matched in part")
    MATCHED = "matched", _("matched")


class OwnerSide(models.TextChoices):
    """Who has to clear up what is not matched."""

    COMPANY = "company", _("the company")
    BANK = "bank", _("the bank")


class InwardPayment(models.Model):
    """One credit to a company's account abroad-to-home, known by the bank's declaration number.

    `matched` is the sum of the matches in force; the constraint and the conditional updates of `matching`
    keep it from ever exceeding `amount`. What is not matched has an owner and a clock (`due_on`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bank = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bank"))
    declaration_no = models.CharField(_("declaration number"), max_length=22)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="inward_payments", verbose_name=_("account holder")
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    matched = models.DecimalField(_("matched"), default=Decimal(0), max_digits=18, decimal_places=2)
    received_on = models.DateField(_("received on"))
    payer = models.CharField(_("payer"), max_length=200)
    payer_country = models.CharField(_("payer's country"), max_length=3)
    account_tail = models.CharField(_("account, last four digits"), max_length=4)
    sealed = models.BinaryField()  # account number
    in_directory = models.BooleanField(_("company is in the FX directory"))
    state = models.CharField(
        _("state"), max_length=16, choices=PaymentState, default=PaymentState.UNMATCHED, editable=False
    )
    owner_side = models.CharField(
        _("owner"), max_length=8, choices=OwnerSide, default=OwnerSide.COMPANY, editable=False
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person in charge")
    )
    due_on = models.DateField(_("due"))
    reminded_on = models.DateField(null=True, editable=False)  # when the company was told that time runs out
    body_sha256 = models.CharField(max_length=64)
    pushed_by = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("pushed"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("inward payment")
        verbose_name_plural = _("inward payments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["bank", "declaration_no"], name="payment_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, matched__gte=0, matched__lte=F("amount")),
                name="payment_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(state="unmatched", matched=0) | (~Q(state="unmatched") & Q(matched__gt=0)),
                name="payment_state_fits",
            ),
            models.CheckConstraint(
                condition=Q(declaration_no__regex=r"^[0-9A-Z]{22}$"), name="payment_number_form"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="payment_company"),
            models.Index(fields=["bank", "due_on"], name="payment_open", condition=~Q(state="matched")),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_no} {self.currency} {self.amount}"

    @property
    def left(self) -> Decimal:
        """What no statement explains yet."""
        return self.amount - self.matched

    @property
    def account(self) -> str:
        """The account number; only for the declaration to the bank that keeps it."""
        return unseal_fields(self.sealed, context=account_context(self.declaration_no))["account"]


def account_context(declaration_no: str) -> str:
    """What binds the sealed account number to its payment."""
    return f"forex-account:{declaration_no}"
