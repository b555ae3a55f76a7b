"""Who clears up an inward payment, as it was handed over, and what was begun in a form and not handed in yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User
from forex.models.payments import InwardPayment, OwnerSide
from reference.keys import uuid7


class HandOver(models.Model):
    """An inward payment passes from one side to the other, or from one person to another, with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(
        InwardPayment, models.CASCADE, related_name="hand_overs", verbose_name=_("inward payment")
    )
    side = models.CharField(_("owner"), max_length=8, choices=OwnerSide)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("person in charge")
    )
    why = models.CharField(_("reason"), max_length=300)
    made_by = models.CharField(_("handed over by"), max_length=200)
    made_at = models.DateTimeField(_("handed over"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("handing over of a payment")
        verbose_name_plural = _("handings over of payments")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="hand_over_with_reason")]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.side}"


class FormDraft(models.Model):
    """What somebody has typed so far: one draft a form and payment, the company's and not a person's.

    `version` rises with every save, so that two windows cannot overwrite each other unseen.
    """

    class Form(models.TextChoices):
        """The two forms of this desk."""

        DECLARATION = "declaration", _("balance-of-payments declaration")
        STATEMENT = "statement", _("payout statement")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.CharField(max_length=12, choices=Form)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    payment = models.ForeignKey(InwardPayment, models.CASCADE, null=True, related_name="drafts")
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.CharField(max_length=200)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft of a form")
        verbose_name_plural = _("drafts of forms")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "company", "payment"], nulls_distinct=False, name="forex_draft_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.payment_id or ''}"
