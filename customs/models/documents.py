"""The four documents. Tables are partitioned by month of their time-ordered key (see the first migration).

Personal data: `personal` is one sealed blob of named fields; the hashes beside it are what is matched and counted.
Money is CNY with five decimals as on the wire.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customs.models.messages import CebMessage
from customs.models.states import DocumentState, TaxRegime
from reference.keys import uuid7

ZERO = Decimal(0)


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
    # What the document says wrong by itself (stored problems); `Inventory.findings` has these and the match.
    checks = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)


class Order(Document):
    """CEB311, order."""

    kind = "order"
    order_no = models.CharField(_("order number"), max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    ebc_code = models.CharField(max_length=18)
    ebc_name = models.CharField(max_length=100)
    goods_value = Amount(_("goods value"))
    freight = Amount(_("freight"))
    discount = Amount(_("non-cash deduction"))
    tax_total = Amount(_("withheld tax"))
    actural_paid = Amount(_("actually paid"))  # sic, as customs spell it
    pay_code = models.CharField(max_length=18, blank=True, default="")
    pay_transaction_id = models.CharField(max_length=60, blank=True, default="")
    buyer_name_hash = models.BinaryField()
    buyer_id_hash = models.BinaryField()
    consignee_hash = models.BinaryField()  # address
    consignee_name_hash = models.BinaryField(null=True)
    consignee_phone_hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [models.Index(fields=["ebp_code", "order_no"], name="order_number")]


class OrderLine(models.Model):
    """A line of an order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveSmallIntegerField(_("line"))
    item_no = models.CharField(max_length=30, blank=True, default="")
    item_name = models.CharField(_("goods"), max_length=250)
    gmodel = models.CharField(max_length=510)
    bar_code = models.CharField(max_length=50, blank=True, default="")
    unit = models.CharField(max_length=3)
    qty = Amount()
    price = Amount()
    total_price = Amount()
    country = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"{self.gnum} {self.item_name}"


class Payment(Document):
    """CEB411, payment."""

    kind = "payment"
    pay_code = models.CharField(max_length=18)
    pay_name = models.CharField(max_length=100)
    pay_transaction_id = models.CharField(_("transaction"), max_length=60)
    order_no = models.CharField(_("order number"), max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    payer_name_hash = models.BinaryField()
    payer_id_hash = models.BinaryField()
    amount_paid = Amount(_("amount paid"))
    pay_time = models.CharField(max_length=14)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["ebp_code", "order_no"], name="payment_order"),
            # One transaction may cover several orders (R13.05): replies name the transaction only.
            models.Index(fields=["pay_code", "pay_transaction_id"], name="payment_transaction"),
        ]


class Waybill(Document):
    """CEB511, waybill."""

    kind = "waybill"
    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    logistics_no = models.CharField(_("waybill number"), max_length=60)
    bill_no = models.CharField(max_length=37, blank=True, default="")
    order_no = models.CharField(_("order number"), max_length=60)
    freight = Amount(null=True)
    insured_fee = Amount(null=True)
    weight = Amount()
    pack_no = models.IntegerField()
    goods_info = models.CharField(max_length=200, blank=True, default="")
    consignee_hash = models.BinaryField()  # address
    consignee_name_hash = models.BinaryField(null=True)
    consignee_phone_hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("waybill")
        verbose_name_plural = _("waybills")
        indexes = [models.Index(fields=["logistics_code", "logistics_no"], name="waybill_number")]


class Inventory(Document):
    """CEB621, inventory list: the declaration itself."""

    kind = "inventory"
    order_no = models.CharField(_("order number"), max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    ebc_code = models.CharField(max_length=18)
    ebc_name = models.CharField(max_length=100)
    logistics_no = models.CharField(_("waybill number"), max_length=60)
    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    cop_no = models.CharField(_("declarant's own number"), max_length=20, blank=True, default="")
    pre_no = models.CharField(_("pre-entry number"), max_length=18, blank=True, default="")
    invt_no = models.CharField(_("list number"), max_length=18, blank=True, default="")
    assure_code = models.CharField(max_length=30)
    ems_no = models.CharField(max_length=30, blank=True, default="")
    decl_time = models.CharField(_("declaration date"), max_length=8)
    customs_code = models.CharField(_("office of declaration"), max_length=4)
    port_code = models.CharField(_("office of entry"), max_length=4)
    agent_code = models.CharField(max_length=18)
    agent_name = models.CharField(max_length=100)
    area_code = models.CharField(max_length=18, blank=True, default="")
    area_name = models.CharField(max_length=100, blank=True, default="")
    trade_mode = models.CharField(_("supervision mode"), max_length=4)
    traf_mode = models.CharField(max_length=1)
    bill_no = models.CharField(max_length=37, blank=True, default="")
    country = models.CharField(max_length=3)
    freight = Amount(_("freight"))
    insured_fee = Amount(_("insurance fee"))
    gross_weight = Amount()
    net_weight = Amount()
    pack_no = models.IntegerField()
    buyer_name_hash = models.BinaryField()
    buyer_id_hash = models.BinaryField()
    consignee_hash = models.BinaryField()  # address
    # What we found and worked out.
    order_document = models.UUIDField(null=True)
    payment_document = models.UUIDField(null=True)
    waybill_document = models.UUIDField(null=True)
    findings = models.JSONField(default=list)
    tax_regime = models.CharField(max_length=14, choices=TaxRegime, blank=True, default="")
    dutiable_value = models.DecimalField(_("dutiable value"), max_digits=15, decimal_places=2, null=True)
    tariff = models.DecimalField(_("tariff"), max_digits=15, decimal_places=2, null=True)
    consumption_tax = models.DecimalField(_("consumption tax"), max_digits=15, decimal_places=2, null=True)
    vat = models.DecimalField(_("VAT"), max_digits=15, decimal_places=2, null=True)
    tax_total = models.DecimalField(_("tax in all"), max_digits=15, decimal_places=2, null=True)
    tax_working = models.JSONField(default=dict)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        verbose_name = _("inventory list")
        verbose_name_plural = _("inventory lists")
        indexes = [
            models.Index(fields=["ebp_code", "order_no"], name="inventory_order"),
            models.Index(fields=["state", "-id"], name="inventory_state"),
            models.Index(fields=["invt_no"], name="inventory_invt_no", condition=~models.Q(invt_no="")),
            models.Index(fields=["pre_no"], name="inventory_pre_no", condition=~models.Q(pre_no="")),
            GinIndex(fields=["parties"], name="inventory_parties"),
        ]


class InventoryLine(models.Model):
    """A line of an inventory list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveSmallIntegerField(_("line"))
    item_record_no = models.CharField(max_length=30, blank=True, default="")
    item_no = models.CharField(max_length=20, blank=True, default="")
    item_name = models.CharField(max_length=250, blank=True, default="")
    gcode = models.CharField(_("HS code"), max_length=10)
    gname = models.CharField(_("goods"), max_length=250)
    gmodel = models.CharField(max_length=510)
    bar_code = models.CharField(max_length=50, blank=True, default="")
    country = models.CharField(max_length=3)
    qty = Amount()
    unit = models.CharField(max_length=3)
    qty1 = Amount()
    unit1 = models.CharField(max_length=3)
    qty2 = Amount(null=True)
    unit2 = models.CharField(max_length=3, blank=True, default="")
    price = Amount()
    total_price = Amount()
    # Worked out by us.
    dutiable_value = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    tariff = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    consumption_tax = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    vat = models.DecimalField(max_digits=15, decimal_places=2, null=True)

    def __str__(self) -> str:
        return f"{self.gnum} {self.gname}"
