"""What the documents of both directions have. Tables are partitioned by month of their time-ordered key.

Personal data: `personal` is one sealed blob of named fields; the hashes beside it are what is matched and counted.
Amounts have five decimals as on the wire: CNY in import, the document's currency in export.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customs.models.messages import CebMessage
from customs.models.states import DocumentState
from reference.keys import uuid7


class Amount(models.DecimalField):
    """N19,5 of the wire format."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_digits": 19, "decimal_places": 5}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Document(models.Model):
    """What every document has."""

    kind: str
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(CebMessage, models.CASCADE, related_name="+", verbose_name=_("message"))
    index = models.PositiveSmallIntegerField(_("place in the message"))
    guid = models.CharField(_("guid"), max_length=36)
    app_type = models.CharField(_("declaration type"), max_length=1)
    app_time = models.CharField(_("declared at"), max_length=14)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=14, choices=DocumentState, default=DocumentState.LOADED)
    state_at = models.DateTimeField(_("since"), db_default=Now())
    # 17 digits of the newest reply that decided the state: replies come in any order.
    return_time = models.CharField(max_length=17, blank=True, default="")
    return_code = models.CharField(_("customs code"), max_length=20, blank=True, default="")
    return_info = models.TextField(_("customs' words"), blank=True, default="")
    parties = ArrayField(models.BigIntegerField(), default=list)
    personal = models.BinaryField(null=True)
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")
    # What the document says wrong by itself (stored problems); a list's `findings` has these and the match.
    checks = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)


class OfSale(models.Model):
    """Documents of one sale: where it was made, who sold, and its number there."""

    order_no = models.CharField(_("order number"), max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    ebc_code = models.CharField(max_length=18)
    ebc_name = models.CharField(max_length=100)

    class Meta:
        abstract = True


class OrderDocument(OfSale, Document):
    """An order."""

    goods_value = Amount(_("goods value"))
    freight = Amount(_("freight"))

    class Meta:
        abstract = True


class ListDocument(OfSale, Document):
    """An inventory list: the declaration of one parcel, and what we found for it."""

    agent_code = models.CharField(max_length=18)
    agent_name = models.CharField(max_length=100)
    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    logistics_no: models.CharField  # longer in import
    cop_no: models.CharField  # may be empty in import
    pre_no = models.CharField(_("pre-entry number"), max_length=18, blank=True, default="")
    invt_no: models.CharField
    customs_code = models.CharField(_("office of declaration"), max_length=4)
    trade_mode = models.CharField(_("supervision mode"), max_length=4)
    traf_mode = models.CharField(max_length=1)
    bill_no = models.CharField(max_length=37, blank=True, default="")
    country = models.CharField(max_length=3)
    freight = Amount(_("freight"))
    insured_fee = Amount(_("insurance fee"))
    gross_weight = Amount()
    net_weight = Amount()
    pack_no = models.IntegerField()
    # What we found.
    order_document = models.UUIDField(null=True)
    waybill_document = models.UUIDField(null=True)
    findings = models.JSONField(default=list)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        abstract = True


def list_indexes(name: str) -> list[models.Index]:
    """By which lists are found besides their order; `name` begins the indexes' names."""
    return [
        models.Index(fields=["state", "-id"], name=f"{name}_state"),
        models.Index(fields=["invt_no"], name=f"{name}_invt_no", condition=~models.Q(invt_no="")),
        models.Index(fields=["pre_no"], name=f"{name}_pre_no", condition=~models.Q(pre_no="")),
        GinIndex(fields=["parties"], name=f"{name}_parties"),
    ]


class OrderedLine(models.Model):
    """A line of an order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_no = models.CharField(max_length=30, blank=True, default="")
    item_name = models.CharField(_("goods"), max_length=250)
    bar_code = models.CharField(max_length=50, blank=True, default="")
    unit = models.CharField(max_length=3)
    qty = Amount()
    price = Amount()
    total_price = Amount()
    gnum: models.PositiveIntegerField

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.gnum} {self.item_name}"


class ListedLine(models.Model):
    """A line of an inventory list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_no = models.CharField(max_length=20, blank=True, default="")
    item_name = models.CharField(max_length=250, blank=True, default="")
    gcode = models.CharField(_("HS code"), max_length=10)
    gname = models.CharField(_("goods"), max_length=250)
    country = models.CharField(max_length=3)
    qty = Amount()
    unit = models.CharField(max_length=3)
    qty1 = Amount()
    unit1 = models.CharField(max_length=3)
    qty2 = Amount(null=True)
    unit2 = models.CharField(max_length=3, blank=True, default="")
    price = Amount()
    total_price = Amount()
    gnum: models.PositiveIntegerField

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.gnum} {self.gname}"
