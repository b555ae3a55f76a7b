"""Tables of dated facts. A row holds from `valid_from` until the next row of the same key starts.

There is no end date, so two rows can never overlap; a code that was abolished gets a `withdrawn` row.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    """Rows by day."""

    def in_force(self, on: date, *key: str) -> DatedQuerySet:
        """The row of each `key` that holds on `on`: the latest that has started."""
        return self.filter(valid_from__lte=on).order_by(*key, "-valid_from").distinct(*key)


class Code(models.Model):
    """One code of one table (country, unit, customs office …) as customs uses it."""

    table = models.CharField(_("table"), max_length=40)
    code = models.CharField(_("code"), max_length=20)
    valid_from = models.DateField(_("valid from"))
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    trust = models.CharField(
        _("trust"), max_length=10, choices=[("high", _("high")), ("medium", _("medium"))]
    )
    source = models.CharField(_("source"), max_length=200)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["table", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code", "valid_from"], name="reference_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.code} {self.name_zh}"


class TariffLine(models.Model):
    """Rates and statutory units of one ten-digit HS code. Rates are fractions; units are customs' unit codes.

    `ct_specific` is CNY per `ct_specific_unit`. With `ct_threshold` (CNY per `ct_threshold_unit`) consumption
    tax is due only from that unit value on.
    """

    hs10 = models.CharField(_("HS code"), max_length=10)
    valid_from = models.DateField(_("valid from"))
    name_zh = models.CharField(_("Chinese name"), max_length=300)
    name_en = models.CharField(_("English name"), max_length=300, blank=True)
    unit1 = models.CharField(_("first statutory unit"), max_length=3)
    unit2 = models.CharField(_("second statutory unit"), max_length=3, blank=True)
    mfn_rate = models.DecimalField(_("most-favoured-nation rate"), max_digits=7, decimal_places=5)
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=7, decimal_places=5)
    ct_rate = models.DecimalField(_("consumption tax rate"), max_digits=7, decimal_places=5, default=0)
    ct_specific = models.DecimalField(
        _("consumption tax by quantity"), max_digits=12, decimal_places=5, null=True, blank=True
    )
    ct_specific_unit = models.CharField(_("unit of the tax by quantity"), max_length=3, blank=True)
    ct_threshold = models.DecimalField(
        _("consumption tax from unit value"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    ct_threshold_unit = models.CharField(
        _("unit of the unit value"),
        max_length=10,
        blank=True,
        choices=[("ml_or_g", _("per ml or g")), ("sheet", _("per sheet")), ("piece", _("per piece"))],
    )
    evidence = models.CharField(
        _("evidence"),
        max_length=10,
        choices=[
            ("official", _("official tariff")),
            ("seen", _("seen in a public copy")),
            ("rules", _("from a ruling or announcement")),
            ("memory", _("to be confirmed")),
        ],
    )
    source = models.CharField(_("source"), max_length=300)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff line")
        verbose_name_plural = _("tariff lines")
        ordering = ["hs10", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["hs10", "valid_from"], name="reference_tariff_once"),
            models.CheckConstraint(condition=Q(hs10__regex=r"^[0-9]{10}$"), name="reference_tariff_hs10"),
            models.CheckConstraint(
                condition=Q(mfn_rate__gte=0, vat_rate__gte=0, vat_rate__lt=1, ct_rate__gte=0, ct_rate__lt=1),
                name="reference_tariff_rates",
            ),
            models.CheckConstraint(
                condition=Q(ct_specific__isnull=True, ct_specific_unit="")
                | Q(ct_specific__gt=0) & ~Q(ct_specific_unit=""),
                name="reference_tariff_specific_whole",
            ),
            models.CheckConstraint(
                condition=Q(ct_threshold__isnull=True, ct_threshold_unit="")
                | Q(ct_threshold__gt=0) & ~Q(ct_threshold_unit=""),
                name="reference_tariff_threshold_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hs10} {self.name_zh}"


class Parameter(models.Model):
    """A rule of law or practice that is a number or a choice; `reference.parameters` types it."""

    key = models.CharField(_("key"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    value = models.JSONField(_("value"))
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300)
    standing = models.CharField(
        _("standing"),
        max_length=10,
        choices=[("firm", _("firm")), ("contested", _("contested")), ("unverified", _("unverified"))],
    )
    note_zh = models.CharField(_("Chinese note"), max_length=300)
    note_en = models.CharField(_("English note"), max_length=300)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering = ["key", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="reference_parameter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a weekend day worked to make up for one.

    Source: the State Council's yearly notices; a year without rows has not been announced (or not loaded) and
    is reckoned Monday to Friday.
    """

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=[("holiday", _("holiday")), ("working", _("working day"))]
    )
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100)
    trust = models.CharField(
        _("trust"), max_length=10, choices=[("high", _("high")), ("medium", _("medium"))]
    )
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class ExchangeRate(models.Model):
    """CNY for one unit of a currency from a day on: the month's rate of customs and tax, or a bank's spot rate."""

    currency = models.CharField(_("currency"), max_length=3)
    kind = models.CharField(
        _("kind"), max_length=10, choices=[("month", _("rate of the month")), ("spot", _("spot rate"))]
    )
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("CNY for one unit"), max_digits=14, decimal_places=6)
    source = models.CharField(_("source"), max_length=300)
    standing = models.CharField(
        _("standing"),
        max_length=10,
        choices=[("firm", _("firm")), ("contested", _("contested")), ("unverified", _("unverified"))],
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "kind", "valid_from"], name="reference_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="reference_rate_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="reference_rate_alpha3"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.kind} {self.valid_from}"
