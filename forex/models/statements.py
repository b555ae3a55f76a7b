"""Payout statements: what a marketplace or payment institution paid out, order by order."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from reference.keys import uuid7


class StatementState(models.TextChoices):
    """How much of a statement the inward payments cover."""

    UNPAID = "unpaid", _("not paid")
    PARTLY_PAID = "partly_paid", _("paid in part")
    PAID = "paid", _("paid")


class PayoutStatement(models.Model):
    """The key between one payment and its orders (R13.10). Totals are sums of the lines.

    net + fees = goods + freight, where fees are commission, other fees and refunds; `paid` and `fees_matched`
    are the sums of the matches in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="payout_statements", verbose_name=_("company")
    )
    platform = models.CharField(_("marketplace or payment institution"), max_length=100)
    number = models.CharField(_("statement number"), max_length=60)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    currency = models.CharField(_("currency"), max_length=3)
    goods = models.DecimalField(_("goods"), max_digits=18, decimal_places=2)
    freight = models.DecimalField(_("freight"), max_digits=18, decimal_places=2)
    commission = models.DecimalField(_("commission"), max_digits=18, decimal_places=2)
    other_fees = models.DecimalField(_("other fees"), max_digits=18, decimal_places=2)
    refunds = models.DecimalField(_("refunds"), max_digits=18, decimal_places=2)
    net = models.DecimalField(_("net amount"), max_digits=18, decimal_places=2)
    paid = models.DecimalField(_("paid"), default=Decimal(0), max_digits=18, decimal_places=2)
    fees_matched = models.DecimalField(default=Decimal(0), max_digits=18, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=12, choices=StatementState, default=StatementState.UNPAID, editable=False
    )
    content_sha256 = models.CharField(max_length=64)
    created_by = models.CharField(_("handed in by"), max_length=200)
    created_at = models.DateTimeField(_("handed in"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("payout statement")
        verbose_name_plural = _("payout statements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "platform", "number"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(net=F("goods") + F("freight") - F("commission") - F("other_fees") - F("refunds")),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(net__gt=0, paid__gte=0, paid__lte=F("net"), fees_matched__gte=0)
                & Q(fees_matched__lte=F("commission") + F("other_fees") + F("refunds")),
                name="statement_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(state="unpaid", paid=0) | (~Q(state="unpaid") & Q(paid__gt=0)),
                name="statement_state_fits",
            ),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="statement_dates"),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="statement_company")]

    def __str__(self) -> str:
        return f"{self.platform} {self.number}"

    @property
    def gross(self) -> Decimal:
        """What the buyers paid: goods and freight."""
        return self.goods + self.freight

    @property
    def fees(self) -> Decimal:
        """What was kept before it was paid out: commission, other fees, refunds."""
        return self.commission + self.other_fees + self.refunds

    @property
    def left(self) -> Decimal:
        """What no payment covers yet."""
        return self.net - self.paid


class PayoutLine(models.Model):
    """One order in a statement."""

    statement = models.ForeignKey(PayoutStatement, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    order_no = models.CharField(_("order number"), max_length=60)
    goods = models.DecimalField(_("goods"), max_digits=18, decimal_places=2)
    freight = models.DecimalField(_("freight"), max_digits=18, decimal_places=2)
    commission = models.DecimalField(_("commission"), max_digits=18, decimal_places=2)
    other_fees = models.DecimalField(_("other fees"), max_digits=18, decimal_places=2)
    refunds = models.DecimalField(_("refunds"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("order of a payout statement")
        verbose_name_plural = _("orders of a payout statement")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "order_no"], name="payout_line_once"),
            models.CheckConstraint(
                condition=Q(
                    goods__gte=0, freight__gte=0, commission__gte=0, other_fees__gte=0, refunds__gte=0
                ),
                name="payout_line_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["order_no"], name="payout_line_order")]

    def __str__(self) -> str:
        return self.order_no

    @property
    def net(self) -> Decimal:
        """What is paid out for it; negative for an order that was only refunded."""
        return self.goods + self.freight - self.commission - self.other_fees - self.refunds
