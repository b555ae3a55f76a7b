"""The four documents of retail import. Money is CNY."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customs.models.documents import (
    Amount,
    Document,
    ListDocument,
    ListedLine,
    OrderDocument,
    OrderedLine,
    list_indexes,
)
from customs.models.states import TaxRegime


class Order(OrderDocument):
    """CEB311, order."""

    kind = "order"
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


class OrderLine(OrderedLine):
    """A line of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveSmallIntegerField(_("line"))
    gmodel = models.CharField(max_length=510)
    country = models.CharField(max_length=3)


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


class Inventory(ListDocument):
    """CEB621, inventory list: the declaration itself."""

    kind = "inventory"
    logistics_no = models.CharField(_("waybill number"), max_length=60)
    cop_no = models.CharField(_("declarant's own number"), max_length=20, blank=True, default="")
    invt_no = models.CharField(_("list number"), max_length=18, blank=True, default="")
    assure_code = models.CharField(max_length=30)
    ems_no = models.CharField(max_length=30, blank=True, default="")
    decl_time = models.CharField(_("declaration date"), max_length=8)
    port_code = models.CharField(_("office of entry"), max_length=4)
    area_code = models.CharField(max_length=18, blank=True, default="")
    area_name = models.CharField(max_length=100, blank=True, default="")
    buyer_name_hash = models.BinaryField()
    buyer_id_hash = models.BinaryField()
    consignee_hash = models.BinaryField()  # address
    # What we found and worked out.
    payment_document = models.UUIDField(null=True)
    tax_regime = models.CharField(max_length=14, choices=TaxRegime, blank=True, default="")
    dutiable_value = models.DecimalField(_("dutiable value"), max_digits=15, decimal_places=2, null=True)
    tariff = models.DecimalField(_("tariff"), max_digits=15, decimal_places=2, null=True)
    consumption_tax = models.DecimalField(_("consumption tax"), max_digits=15, decimal_places=2, null=True)
    vat = models.DecimalField(_("VAT"), max_digits=15, decimal_places=2, null=True)
    tax_total = models.DecimalField(_("tax in all"), max_digits=15, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("inventory list")
        verbose_name_plural = _("inventory lists")
        indexes = [
            models.Index(fields=["ebp_code", "order_no"], name="inventory_order"),
            *list_indexes("inventory"),
        ]


class TaxWorking(models.Model):
    """How the tax of an inventory list was worked out: rules applied and steps (`customs.tax.working`).

    Beside the list, not in it: a list is rewritten with every reply.
    """

    id = models.UUIDField(primary_key=True)  # of the list
    working = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.id)


class InventoryLine(ListedLine):
    """A line of an inventory list."""

    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="lines", db_constraint=False)
    gnum = models.PositiveSmallIntegerField(_("line"))
    item_record_no = models.CharField(max_length=30, blank=True, default="")
    gmodel = models.CharField(max_length=510)
    bar_code = models.CharField(max_length=50, blank=True, default="")
    # Worked out by us.
    dutiable_value = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    tariff = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    consumption_tax = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    vat = models.DecimalField(max_digits=15, decimal_places=2, null=True)
