"""Declarations of exemption, their frozen lines, and the one row by which a line is exempted once. States are
written by `lifecycle.py` and `once.py` alone.
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


class DeclarationState(models.TextChoices):
    """Where a declaration stands."""

    DECLARED = "declared", _("declared, to be compared")
    COMPARED_EQUAL = "compared_equal", _("compared: equal")
    DIFFERENCES = "differences", _("compared: differences")
    SETTLED = "settled", _("differences settled")
    CLOSED = "closed", _("month closed")
    SUPERSEDED = "superseded", _("corrected by a later version")
    REFUSED = "refused", _("not taken by the tax authority")


IN_FORCE = (DeclarationState.COMPARED_EQUAL, DeclarationState.SETTLED, DeclarationState.CLOSED)
UNDER_WAY = (DeclarationState.DECLARED, DeclarationState.DIFFERENCES)


class ExemptionDeclaration(models.Model):
    """One version of a month's declaration. A correction is a later version of the whole month."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="exemption_declarations", verbose_name=_("company")
    )
    month = models.DateField(_("month"))  # its first day
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=24, choices=DeclarationState, default=DeclarationState.DECLARED, editable=False
    )
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="exemption_declaration", editable=False
    )
    reason = models.TextField(_("reason of the correction"), blank=True)
    line_count = models.PositiveIntegerField(_("lines"))
    cny = models.DecimalField(_("declared, CNY"), max_digits=17, decimal_places=2)
    due_on = models.DateField(_("to be declared by"))
    declared_at = models.DateTimeField(_("declared"), db_default=Now(), editable=False)
    compared_at = models.DateTimeField(_("compared"), null=True, editable=False)
    comparison_no = models.CharField(_("number of the comparison"), max_length=64, blank=True)
    words_zh = models.TextField(blank=True)
    words_en = models.TextField(blank=True)

    class Meta:
        verbose_name = _("exemption declaration")
        verbose_name_plural = _("exemption declarations")
        constraints = [
            models.UniqueConstraint(fields=["company", "month", "version"], name="exemption_version_once"),
            models.UniqueConstraint(
                fields=["company", "month"],
                condition=Q(state__in=["declared", "differences"]),
                name="exemption_one_under_way",
            ),
            models.UniqueConstraint(
                fields=["company", "month"],
                condition=Q(state__in=["compared_equal", "settled", "closed"]),
                name="exemption_one_in_force",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="exemption_month_first"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"


class DeclaredLine(models.Model):
    """A line as it was declared, frozen; beside it what customs' data said when tax compared, and what was decided.

    `kind` "reversal": the line was exempted in an earlier month and came back; its amounts are negative.
    """

    class Decision(models.TextChoices):
        """How a difference was settled."""

        CUSTOMS = "customs", _("customs' figure")
        PORTAL = "portal", _("the portal's figure")
        EXCLUDE = "exclude", _("line excluded")

    class Outcome(models.TextChoices):
        """What the comparison said of the line."""

        EQUAL = "equal", _("equal")
        AMOUNT = "amount", _("other amount")
        MISSING = "missing", _("not in customs' data")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey(ExemptionDeclaration, models.CASCADE, related_name="lines")
    kind = models.CharField(
        max_length=10, default="exempt", choices=[("exempt", _("exempt")), ("reversal", _("reversal"))]
    )
    list_no = models.CharField(_("list number"), max_length=20)
    gnum = models.PositiveSmallIntegerField(_("line"))
    export_date = models.DateField(_("export date"))
    goods_name = models.CharField(_("goods name"), max_length=250)
    hs10 = models.CharField(_("HS code"), max_length=10)
    unit = models.CharField(_("unit of measure"), max_length=3)
    quantity = models.DecimalField(_("quantity"), max_digits=19, decimal_places=5)
    unit_price = models.DecimalField(_("unit price"), max_digits=19, decimal_places=5)
    amount = models.DecimalField(_("amount"), max_digits=17, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate of the month"), max_digits=12, decimal_places=6)
    cny = models.DecimalField(_("CNY"), max_digits=17, decimal_places=2)
    outcome = models.CharField(_("comparison"), max_length=10, choices=Outcome, blank=True)
    customs_amount = models.DecimalField(
        _("customs' amount"), null=True, blank=True, max_digits=17, decimal_places=2
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)

    class Meta:
        ordering = ["list_no", "gnum"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "list_no", "gnum", "kind"], name="declared_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_no}/{self.gnum}"


class ExemptedLine(models.Model):
    """A line of a customs list is exempted once, ever: one row a line, whoever declares it.

    A line that came back, was excluded or corrected away is `reversed` in the same row, with the month in which that
    counts; only through this row can it be declared again.
    """

    class State(models.TextChoices):
        """Whether the exemption stands."""

        EXEMPTED = "exempted", _("exempted")
        REVERSED = "reversed", _("reversed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    list_no = models.CharField(max_length=20)
    gnum = models.PositiveSmallIntegerField()
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    month = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.EXEMPTED, editable=False)
    declaration = models.ForeignKey(ExemptionDeclaration, models.PROTECT, related_name="exempted")
    reversed_month = models.DateField(null=True)
    reversed_because = models.CharField(max_length=20, blank=True)
    cny = models.DecimalField(max_digits=17, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_no", "gnum"], name="exempted_once_ever"),
            models.CheckConstraint(
                condition=Q(state="exempted", reversed_month__isnull=True, reversed_because="")
                | Q(state="reversed", reversed_month__isnull=False) & ~Q(reversed_because=""),
                name="exempted_or_reversed",
            ),
        ]
        indexes = [models.Index(fields=["company", "reversed_month"], name="exempted_reversed_in")]

    def __str__(self) -> str:
        return f"{self.list_no}/{self.gnum}: {self.state}"


class PlatformRecord(models.Model):
    """What the enterprise adds to a line of a list: an invoice held, a particular that was missing."""

    list_no = models.CharField(max_length=20)
    gnum = models.PositiveSmallIntegerField()
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    invoice_held = models.BooleanField(_("valid purchase invoice held"), default=False)
    invoice = models.JSONField(default=dict, blank=True)  # number, date, seller; empty when marked by hand
    completed = models.JSONField(default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "list_no", "gnum"], name="platform_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.list_no}/{self.gnum}"


class Settlement(SecondApproval):
    """How an official proposes to settle the differences, or that lines taken out are let in again; a colleague
    approves it or sends it back.
    """

    class Kind(models.TextChoices):
        """What is decided."""

        SETTLE = "settle", _("differences")
        LIFT = "lift", _("let in again")

    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SETTLE, editable=False)
    declaration = models.ForeignKey(ExemptionDeclaration, models.CASCADE, related_name="settlements")
    choices = models.JSONField(default=dict)  # "list number/line" → decision

    class Meta(SecondApproval.Meta):
        abstract = False
        constraints: ClassVar[list[Any]] = [
            *SecondApproval.Meta.constraints,
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state="prepared"), name="settlement_one_open"
            ),
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state="approved", kind="settle"), name="settlement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}: {self.state}"
