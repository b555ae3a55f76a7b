"""Rows that hold no foreign keys and that nobody edits; a database trigger refuses it even to a superuser."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act: who, for whom, what, when. A bulk act is one row with its count and digest."""

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    action = models.CharField(_("action"), max_length=60)
    actor_kind = models.CharField(_("kind of actor"), max_length=10)
    actor_id = models.CharField(_("actor number"), max_length=64)
    actor_label = models.CharField(_("actor"), max_length=200)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    object_type = models.CharField(_("kind of object"), max_length=40)
    object_id = models.CharField(_("object"), max_length=64)
    count = models.PositiveIntegerField(_("count"), default=1)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="trail_entry_object"),
            models.Index(fields=["actor_kind", "actor_id"], name="trail_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class Seal(models.Model):
    """Hash over a run of entries and the seal before it: one changed byte is found and named."""

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    # Two seals after the same one would be a fork.
    previous = models.CharField(max_length=64, unique=True)
    # Number (8 bytes) and SHA-256 (32 bytes) of each row, see `seals.py`.
    leaves = models.BinaryField(default=b"")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id} {self.digest[:12]}"
