"""Goods on file: each version of a good is a row, never changed; a batch is what one submission held."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from reference.keys import uuid7
from submissions.models import Submission


class GoodsFilingQuerySet(models.QuerySet["GoodsFiling"]):
    """Goods in business words."""

    def in_force(self, on: date) -> GoodsFilingQuerySet:
        """Of every good the version that holds on that day."""
        rows = self.filter(valid_from__lte=on).order_by("company", "item_no", "-version")
        return rows.distinct("company", "item_no")


class GoodsFiling(models.Model):
    """One version of a good; it holds from `valid_from` until the next version begins."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="goods", verbose_name=_("company"))
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="goods", editable=False)
    item_no = models.CharField(_("item number"), max_length=20)
    version = models.PositiveIntegerField(_("version"), default=1)
    valid_from = models.DateField(_("valid from"))
    hs10 = models.CharField(_("HS code"), max_length=10)
    name_zh = models.CharField(_("name in Chinese"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    specification = models.CharField(_("specification"), max_length=510)
    unit = models.CharField(_("unit sold by"), max_length=3)
    unit1 = models.CharField(_("first statutory unit"), max_length=3)
    factor1 = models.DecimalField(_("first statutory units a piece"), max_digits=19, decimal_places=5)
    unit2 = models.CharField(_("second statutory unit"), max_length=3, blank=True)
    factor2 = models.DecimalField(
        _("second statutory units a piece"), max_digits=19, decimal_places=5, null=True, blank=True
    )
    origin = models.CharField(_("country of origin"), max_length=3)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    price = models.DecimalField(_("price indication"), max_digits=19, decimal_places=5, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    trade_modes = ArrayField(models.CharField(max_length=4), verbose_name=_("supervision modes"))
    refund_note = models.CharField(_("notes on refund"), max_length=300, blank=True)
    # Digest of everything above that the applicant says: the same again is nothing new.
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("filed"), db_default=Now(), editable=False)

    objects = GoodsFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filed good")
        verbose_name_plural = _("filed goods")
        constraints = [
            models.UniqueConstraint(fields=["company", "item_no", "version"], name="goods_version_once"),
            models.CheckConstraint(condition=Q(hs10__regex=r"^[0-9]{10}$"), name="goods_hs10"),
            models.CheckConstraint(
                condition=Q(unit2="", factor2__isnull=True) | (~Q(unit2="") & Q(factor2__gt=0)),
                name="goods_second_unit_whole",
            ),
            models.CheckConstraint(
                condition=Q(currency="", price__isnull=True) | (~Q(currency="") & Q(price__gt=0)),
                name="goods_price_whole",
            ),
            models.CheckConstraint(condition=Q(factor1__gt=0, version__gte=1), name="goods_factor"),
        ]
        indexes = [models.Index(fields=["hs10"], name="goods_hs")]

    def __str__(self) -> str:
        return f"{self.item_no} v{self.version}"


class BatchState(models.TextChoices):
    """Where a batch stands; its joint state follows from its counts."""

    WAITING = "waiting", _("being checked")
    CHECKED = "checked", _("checked")


class GoodsBatch(models.Model):
    """What one submission held and what came of it, row by row; the file itself is the submission's payload."""

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="goods_batch"
    )
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.WAITING)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    filed_count = models.PositiveIntegerField(_("newly filed"), default=0)
    amended_count = models.PositiveIntegerField(_("amended"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    faulty_count = models.PositiveIntegerField(_("faulty"), default=0)
    findings = models.JSONField(default=list, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("goods batch")
        verbose_name_plural = _("goods batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", checked_at__isnull=True)
                | Q(state="checked", checked_at__isnull=False),
                name="goods_batch_checked_when",
            )
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    @property
    def accepted_count(self) -> int:
        """Rows that made a version: new goods and amendments."""
        return self.filed_count + self.amended_count
