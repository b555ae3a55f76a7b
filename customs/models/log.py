"""What happened to documents, what customs said, and what was counted against yearly limits."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reference.keys import uuid7


class DocumentEvent(models.Model):
    """One change of one document's state: who, when, why and customs' words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    at = models.DateTimeField(_("when"), db_default=Now())
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=14, blank=True)
    to_state = models.CharField(max_length=14)
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    reply_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["document_id", "at"], name="document_event_of")]

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_state} → {self.to_state}"


class CustomsReply(models.Model):
    """One reply for one document, applied or not, as it was said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inbox_id = models.UUIDField()
    index = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    document_id = models.UUIDField(null=True)  # null: a number nobody here knows
    scope = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    status = models.CharField(_("status"), max_length=10)
    code = models.CharField(_("code"), max_length=20, blank=True)
    info = models.TextField(_("customs' words"), blank=True)
    pre_no = models.CharField(max_length=18, blank=True)
    invt_no = models.CharField(max_length=20, blank=True)
    return_time = models.CharField(max_length=17)
    outcome = models.CharField(max_length=20)  # see `customs/replies.py`
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["document_id"], name="customs_reply_document"),
            models.Index(fields=["kind", "number"], name="customs_reply_number"),
            models.Index(
                fields=["kind", "scope", "number"], name="customs_reply_unknown",
                condition=models.Q(outcome="unknown_number"),
            ),
        ]  # fmt: skip
        constraints = [models.UniqueConstraint(fields=["inbox_id", "index"], name="customs_reply_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} {self.status}"


class YearlyUse(models.Model):
    """What one buyer has used of one year's limit, by our own estimate (rules R1.10, R13.13)."""

    buyer_id_hash = models.BinaryField()
    year = models.PositiveSmallIntegerField()
    used = models.DecimalField(max_digits=15, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer_id_hash", "year"], name="yearly_use_once"),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="yearly_use_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.used}"


class LimitEntry(models.Model):
    """An inventory list's share of a buyer's yearly use; given back once when customs returns the list."""

    inventory_id = models.UUIDField(primary_key=True)
    buyer_id_hash = models.BinaryField()
    year = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=15, decimal_places=2)
    counted_at = models.DateTimeField(db_default=Now())
    given_back_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.inventory_id} {self.amount}"
