"""Which part of a payment pays which part of a statement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from forex.models.payments import InwardPayment
from forex.models.statements import PayoutStatement
from reference.keys import uuid7


class Match(models.Model):
    """A match in force until it is undone with a reason.

    `fees` is the statement's share of fees that goes with this amount; the shares of a paid statement add up to
    its fees to the cent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(
        InwardPayment, models.PROTECT, related_name="matches", verbose_name=_("inward payment")
    )
    statement = models.ForeignKey(
        PayoutStatement, models.PROTECT, related_name="matches", verbose_name=_("payout statement")
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    fees = models.DecimalField(_("share of the fees"), max_digits=18, decimal_places=2)
    made_by = models.CharField(_("matched by"), max_length=200)
    made_at = models.DateTimeField(_("matched"), db_default=Now(), editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.CharField(_("undone by"), max_length=200, blank=True, editable=False)
    undone_because = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, fees__gte=0), name="match_positive"),
            models.UniqueConstraint(
                fields=["payment", "statement"], condition=Q(undone_at__isnull=True), name="match_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_because="")
                | (Q(undone_at__isnull=False) & ~Q(undone_because="")),
                name="match_undone_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} – {self.statement_id}: {self.amount}"
