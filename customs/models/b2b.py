"""Exports under 9710 and 9810: the declaration with its lines and its classification, overrides, returns.

States are written by `customs/b2b/lifecycle.py` alone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from reference.keys import uuid7
from submissions.models import SecondApproval, Submission


class B2BState(models.TextChoices):
    """Where the customs declaration (H2018) stands."""

    DECLARED = "declared", _("declared")
    ACCEPTED = "accepted", _("accepted by customs")
    SENT_BACK = "sent_back", _("sent back, to be corrected")
    RELEASED = "released", _("released")
    CLOSED = "closed", _("closed: exported")
    REFUSED = "refused", _("refused by customs")
    WITHDRAWN = "withdrawn", _("withdrawn")


class B2BVerdict(models.TextChoices):
    """What the rules, or two officials, say it is."""

    CBEC_B2B = "cbec_b2b", _("cross-border B2B")
    GENERAL_TRADE = "general_trade", _("general trade")


class B2BDocuments(models.TextChoices):
    """Order or booking, waybill and payment that name one another."""

    THREE = "three", _("all three documents agree")
    TWO = "two", _("two documents agree")
    LACKING = "lacking", _("documents are lacking")


class B2BDeclaration(models.Model):
    """One export to a business or to an overseas warehouse, as last declared. Amounts in the currency of the sale.

    `reasons`: the classification with every condition, as `records.py` keeps it. `rate`, `cny`: at customs' rate of
    the month of declaration; none where no rate is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="b2b_declaration", editable=False
    )
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="b2b_declarations", verbose_name=_("exporter")
    )
    declarant = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("declarant"))
    state = models.CharField(
        _("state"), max_length=10, choices=B2BState, default=B2BState.DECLARED, editable=False
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    trade_mode = models.CharField(_("supervision mode"), max_length=4)
    order_no = models.CharField(_("order number"), max_length=60, blank=True)
    booking_no = models.CharField(_("warehouse booking order"), max_length=60, blank=True)
    logistics_no = models.CharField(_("transport document"), max_length=60, blank=True)
    warehouse = models.CharField(_("overseas warehouse"), max_length=120, blank=True)
    country = models.CharField(_("country of destination"), max_length=3)
    customs_office = models.CharField(_("office of declaration"), max_length=4)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=17, decimal_places=2)
    rate = models.DecimalField(_("rate of the month"), max_digits=12, decimal_places=6, null=True)
    cny = models.DecimalField(_("CNY"), max_digits=17, decimal_places=2, null=True)
    refund = models.BooleanField(_("export tax refund is claimed"), default=False)
    # What the rules say, and where two officials have decided otherwise.
    verdict = models.CharField(_("classified as"), max_length=13, choices=B2BVerdict)
    fitting_mode = models.CharField(_("mode that fits"), max_length=4)
    documents = models.CharField(_("documents"), max_length=7, choices=B2BDocuments)
    reasons = models.JSONField(default=list)
    overridden_as = models.CharField(_("decided as"), max_length=13, choices=B2BVerdict, blank=True)
    # What customs said.
    declaration_no = models.CharField(_("number of the customs declaration"), max_length=18, blank=True)
    declared_on = models.DateField(_("declared"))
    released_on = models.DateField(_("released"), null=True)
    export_date = models.DateField(_("exported"), null=True)

    class Meta:
        verbose_name = _("B2B export declaration")
        verbose_name_plural = _("B2B export declarations")
        constraints = [
            models.CheckConstraint(condition=Q(trade_mode__in=["9710", "9810"]), name="b2b_mode"),
            models.CheckConstraint(condition=Q(amount__gt=0, version__gte=1), name="b2b_amount"),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, cny__isnull=True) | Q(rate__gt=0, cny__isnull=False),
                name="b2b_rate_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["released", "closed"], released_on__isnull=False)
                | ~Q(state__in=["released", "closed"]) & Q(released_on__isnull=True),
                name="b2b_released_when",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", export_date__isnull=False)
                | ~Q(state="closed") & Q(export_date__isnull=True),
                name="b2b_exported_when",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="b2b_of_company"),
            models.Index(fields=["company", "export_date"], name="b2b_exported"),
            models.Index(
                fields=["declaration_no"], name="b2b_declaration_no", condition=~Q(declaration_no="")
            ),
        ]

    def __str__(self) -> str:
        return self.declaration_no or str(self.submission)

    @property
    def decided_verdict(self) -> str:
        """What it counts as: two officials' decision where there is one, else the rules'."""
        return self.overridden_as or self.verdict

    @property
    def wrongly_claimed(self) -> bool:
        """Another mode fits what was handed in than the one claimed."""
        return self.trade_mode != self.fitting_mode


class B2BLine(models.Model):
    """A good of the declaration, with what the goods filing said of it on that day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey(B2BDeclaration, models.CASCADE, related_name="lines")
    gnum = models.PositiveSmallIntegerField(_("line"))
    item_no = models.CharField(_("item number"), max_length=20)
    goods_name = models.CharField(_("goods name"), max_length=250)
    hs10 = models.CharField(_("HS code"), max_length=10)
    unit = models.CharField(_("unit of measure"), max_length=3)
    quantity = models.DecimalField(_("quantity"), max_digits=19, decimal_places=5)
    unit_price = models.DecimalField(_("unit price"), max_digits=19, decimal_places=5)
    amount = models.DecimalField(_("amount"), max_digits=17, decimal_places=2)

    class Meta:
        ordering = ["gnum"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "gnum"], name="b2b_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0), name="b2b_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.gnum} {self.item_no}"


class B2BOverride(SecondApproval):
    """An official of customs proposes to classify otherwise than the rules; a colleague approves or sends back."""

    declaration = models.ForeignKey(B2BDeclaration, models.CASCADE, related_name="overrides")
    verdict = models.CharField(_("decided as"), max_length=13, choices=B2BVerdict)

    class Meta(SecondApproval.Meta):
        abstract = False
        constraints: ClassVar[list[Any]] = [
            *SecondApproval.Meta.constraints,
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state="prepared"), name="b2b_override_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}: {self.verdict} {self.state}"


class B2BReturn(models.Model):
    """Goods that came back, entered by an official of customs, with what the rules said of the relief that day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(B2BLine, models.PROTECT, related_name="returns")
    returned_on = models.DateField(_("returned"))
    quantity = models.DecimalField(_("quantity"), max_digits=19, decimal_places=5)
    food = models.BooleanField(_("food"), default=False)
    as_is = models.BooleanField(_("returned as exported"), default=True)
    repaid = models.BooleanField(_("no refunded tax is kept"), default=True)
    reason = models.CharField(_("reason"), max_length=500)
    relieved = models.BooleanField(_("relieved of import taxes"))
    unrelieved = models.JSONField(default=list)  # codes of `customs.b2b.relief`
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("return of B2B exports")
        verbose_name_plural = _("returns of B2B exports")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="b2b_return_positive")]

    def __str__(self) -> str:
        return f"{self.line} {self.returned_on}"
