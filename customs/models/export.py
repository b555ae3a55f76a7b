"""The seven documents of retail export. Partitioned by month of their key like those of import.

The order's lines are what the firm has put on record of its sale; the list's lines are what is declared. Amounts
are in the currency of the document (customs' numeric code), with five decimals as on the wire.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customs.models.documents import (
    Amount,
    Document,
    ListDocument,
    ListedLine,
    OfSale,
    OrderDocument,
    OrderedLine,
    list_indexes,
)
from reference.keys import uuid7


class ExportOrder(OrderDocument):
    """CEB303, order of a buyer abroad."""

    kind = "export_order"
    order_type = models.CharField(_("order type"), max_length=1)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("export order")
        verbose_name_plural = _("export orders")
        indexes = [models.Index(fields=["ebc_code", "order_no"], name="export_order_number")]

    @property
    def number(self) -> str:
        """What people call it by."""
        return self.order_no


class ExportOrderLine(OrderedLine):
    """A line of an export order."""

    order = models.ForeignKey(ExportOrder, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveIntegerField(_("line"))
    currency = models.CharField(max_length=3)


class Collection(OfSale, Document):
    """CEB403, collection record: the money of an order has come in. Needed until 2024-12-14 (R2.02)."""

    kind = "collection"
    pay_code = models.CharField(max_length=18, blank=True, default="")
    pay_name = models.CharField(max_length=100)
    pay_no = models.CharField(_("transaction"), max_length=60, blank=True, default="")
    charge = Amount(_("amount received"))
    currency = models.CharField(_("currency"), max_length=3)
    accounting_date = models.CharField(_("credited"), max_length=14)

    class Meta:
        verbose_name = _("collection record")
        verbose_name_plural = _("collection records")
        indexes = [models.Index(fields=["ebc_code", "order_no"], name="collection_order")]

    @property
    def number(self) -> str:
        """What people call it by."""
        return self.order_no


class ExportWaybill(Document):
    """CEB505, waybill of a parcel going abroad. It names no order: the list does."""

    kind = "export_waybill"
    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    logistics_no = models.CharField(_("waybill number"), max_length=32)
    freight = Amount()
    insured_fee = Amount()
    currency = models.CharField(max_length=3)
    gross_weight = Amount()
    pack_no = models.IntegerField()
    goods_info = models.CharField(max_length=200, blank=True, default="")
    ebc_code = models.CharField(max_length=18, blank=True, default="")
    ebc_name = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("export waybill")
        verbose_name_plural = _("export waybills")
        indexes = [models.Index(fields=["logistics_code", "logistics_no"], name="export_waybill_number")]

    @property
    def number(self) -> str:
        """What people call it by."""
        return self.logistics_no


class ExportList(ListDocument):
    """CEB603, inventory list: the declaration of one parcel."""

    kind = "export_list"
    owner_code = models.CharField(max_length=18)
    owner_name = models.CharField(max_length=100)
    logistics_no = models.CharField(_("waybill number"), max_length=32)
    cop_no = models.CharField(_("declarant's own number"), max_length=30)
    invt_no = models.CharField(_("list number"), max_length=20, blank=True, default="")
    port_code = models.CharField(_("office of exit"), max_length=4)
    ie_date = models.CharField(_("export date"), max_length=8)
    statistics_flag = models.CharField(_("way of declaring"), max_length=1)
    license_no = models.CharField(max_length=19, blank=True, default="")
    f_currency = models.CharField(max_length=3)
    # What we found besides.
    collection_document = models.UUIDField(null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("export list")
        verbose_name_plural = _("export lists")
        indexes = [
            models.Index(fields=["ebc_code", "order_no"], name="export_list_order"),
            models.Index(fields=["logistics_code", "logistics_no"], name="export_list_waybill"),
            models.Index(fields=["ebc_code", "closed_at"], name="export_list_closed"),
            *list_indexes("export_list"),
        ]

    @property
    def number(self) -> str:
        """What people call it by."""
        return self.invt_no or self.cop_no


class ExportListLine(ListedLine):
    """A line of an export list. `gcode` under simplified declaration: four digits and six zeros."""

    export_list = models.ForeignKey(ExportList, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveIntegerField(_("line"))
    gmodel = models.CharField(max_length=250)
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["export_list"], name="export_list_lines")]


class Transport(Document):
    """What the three notices of the way out have; their lines name waybills."""

    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    cop_no = models.CharField(_("sender's own number"), max_length=30)
    pre_no = models.CharField(_("pre-entry number"), max_length=18, blank=True, default="")
    bill_no = models.CharField(_("master bill"), max_length=37, blank=True, default="")
    customs_code = models.CharField(max_length=4)
    traf_mode = models.CharField(max_length=1)
    msg_count = models.IntegerField()
    msg_seq_no = models.IntegerField()

    class Meta:
        abstract = True

    @property
    def order_no(self) -> str:
        """It names waybills, no order."""
        return ""

    @property
    def number(self) -> str:
        """What people call it by."""
        return self.bill_no or self.cop_no


class Arrival(Transport):
    """CEB507: parcels stand in the supervised site."""

    kind = "arrival"
    operator_code = models.CharField(max_length=18)
    operator_name = models.CharField(_("site operator"), max_length=100)
    loct_no = models.CharField(_("supervised site"), max_length=10, blank=True, default="")

    class Meta:
        verbose_name = _("arrival notice")
        verbose_name_plural = _("arrival notices")


class Manifest(Transport):
    """CEB607: which parcels go under one master bill."""

    kind = "manifest"
    agent_code = models.CharField(max_length=18)
    agent_name = models.CharField(max_length=100)
    traf_name = models.CharField(max_length=100)
    voyage_no = models.CharField(max_length=32)
    gross_weight = Amount()

    class Meta:
        verbose_name = _("master waybill manifest")
        verbose_name_plural = _("master waybill manifests")


class Departure(Transport):
    """CEB509: the parcels have left the country."""

    kind = "departure"
    leave_time = models.CharField(_("left the country"), max_length=14)
    traf_name = models.CharField(max_length=100, blank=True, default="")
    voyage_no = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("departure notice")
        verbose_name_plural = _("departure notices")


class TransportLine(models.Model):
    """One parcel of a notice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gnum = models.PositiveIntegerField(_("line"))
    logistics_no = models.CharField(max_length=32)
    total_package_no = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.gnum} {self.logistics_no}"


class ArrivalLine(TransportLine):
    """A parcel that arrived."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="lines", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["logistics_no"], name="arrival_line_waybill")]


class ManifestLine(TransportLine):
    """A parcel under the master bill."""

    manifest = models.ForeignKey(Manifest, models.CASCADE, related_name="lines", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["logistics_no"], name="manifest_line_waybill")]


class DepartureLine(TransportLine):
    """A parcel that left."""

    departure = models.ForeignKey(Departure, models.CASCADE, related_name="lines", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["logistics_no"], name="departure_line_waybill")]


class ExportReturn(models.Model):
    """Goods of a line that came back (supervision mode 9661 or 1261), entered by an official of customs.

    A line may come back in parts; together they are never more than was declared (`export.returns` sees to it
    under the lock of the list). The key is the form's: sent twice it is one return.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    export_list_id = models.UUIDField()
    gnum = models.PositiveIntegerField(_("line"))
    returned_on = models.DateField(_("returned"))
    quantity = Amount(_("quantity"))
    mode = models.CharField(_("supervision mode"), max_length=4)
    reason = models.CharField(_("reason"), max_length=500)
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("export return")
        verbose_name_plural = _("export returns")
        indexes = [models.Index(fields=["export_list_id", "gnum"], name="export_return_line")]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="export_return_positive"),
            models.CheckConstraint(condition=models.Q(mode__in=["9661", "1261"]), name="export_return_mode"),
        ]

    def __str__(self) -> str:
        return f"{self.export_list_id} {self.gnum} {self.returned_on}"
