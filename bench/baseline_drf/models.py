"""The tables, a column an element."""

from __future__ import annotations

from django.db import models


class Amount(models.DecimalField):
    """N19,5 of the wire format."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_digits": 19, "decimal_places": 5}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Text(models.CharField):
    """A text that may be missing."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs = {"max_length": 250, "blank": True, "default": ""} | kwargs
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Document(models.Model):
    """What every document has."""

    guid = models.CharField(max_length=36, unique=True)
    app_type = models.CharField(max_length=1)
    app_time = models.CharField(max_length=14)
    app_status = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=14, default="loaded", db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Verified(models.Model):
    """A buyer whose name and number the police have confirmed."""

    id_number = models.CharField(max_length=60)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id_number", "name"], name="baseline_verified_once")]


class Order(Document):
    """CEB311."""

    order_type = models.CharField(max_length=1)
    order_no = models.CharField(max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    ebc_code = models.CharField(max_length=18)
    ebc_name = models.CharField(max_length=100)
    goods_value = Amount()
    freight = Amount()
    discount = Amount()
    tax_total = Amount()
    actural_paid = Amount()
    buyer_reg_no = models.CharField(max_length=60)
    buyer_name = models.CharField(max_length=60)
    buyer_telephone = models.CharField(max_length=30)
    buyer_id_type = models.CharField(max_length=1)
    buyer_id_number = models.CharField(max_length=60)
    pay_code = Text(max_length=18)
    pay_name = Text(max_length=100)
    pay_transaction_id = Text(max_length=60)
    consignee = models.CharField(max_length=100)
    consignee_telephone = models.CharField(max_length=50)
    consignee_address = models.CharField(max_length=200)
    consignee_district = Text(max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ebp_code", "order_no"], name="baseline_order_once")]


class OrderLine(models.Model):
    """A line of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    gnum = models.IntegerField()
    item_no = Text(max_length=30)
    item_name = models.CharField(max_length=250)
    gmodel = models.CharField(max_length=510)
    bar_code = Text(max_length=50)
    unit = models.CharField(max_length=3)
    qty = Amount()
    price = Amount()
    total_price = Amount()
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=3)


class Payment(Document):
    """CEB411."""

    pay_code = models.CharField(max_length=18)
    pay_name = models.CharField(max_length=100)
    pay_transaction_id = models.CharField(max_length=60)
    order_no = models.CharField(max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    payer_id_type = models.CharField(max_length=1)
    payer_id_number = models.CharField(max_length=60)
    payer_name = models.CharField(max_length=60)
    telephone = Text(max_length=30)
    amount_paid = Amount()
    pay_time = models.CharField(max_length=14)

    class Meta:
        indexes = [models.Index(fields=["ebp_code", "order_no"])]


class Waybill(Document):
    """CEB511."""

    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    logistics_no = models.CharField(max_length=60)
    bill_no = Text(max_length=37)
    order_no = models.CharField(max_length=60)
    freight = Amount(null=True)
    insured_fee = Amount(null=True)
    weight = Amount()
    pack_no = models.IntegerField()
    goods_info = Text(max_length=200)
    consignee = models.CharField(max_length=100)
    consignee_address = models.CharField(max_length=200)
    consignee_telephone = models.CharField(max_length=50)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["logistics_code", "logistics_no"], name="baseline_waybill_once")
        ]


class Inventory(Document):
    """CEB621."""

    order_no = models.CharField(max_length=60)
    ebp_code = models.CharField(max_length=18)
    ebp_name = models.CharField(max_length=100)
    ebc_code = models.CharField(max_length=18)
    ebc_name = models.CharField(max_length=100)
    logistics_no = models.CharField(max_length=60)
    logistics_code = models.CharField(max_length=18)
    logistics_name = models.CharField(max_length=100)
    cop_no = Text(max_length=20)
    assure_code = models.CharField(max_length=30)
    ems_no = Text(max_length=30)
    ie_flag = models.CharField(max_length=1)
    decl_time = models.CharField(max_length=8)
    customs_code = models.CharField(max_length=4)
    port_code = models.CharField(max_length=4)
    buyer_id_type = models.CharField(max_length=1)
    buyer_id_number = models.CharField(max_length=60)
    buyer_name = models.CharField(max_length=60)
    buyer_telephone = models.CharField(max_length=30)
    consignee_address = models.CharField(max_length=200)
    agent_code = models.CharField(max_length=18)
    agent_name = models.CharField(max_length=100)
    area_code = Text(max_length=18)
    area_name = Text(max_length=100)
    trade_mode = models.CharField(max_length=4)
    traf_mode = models.CharField(max_length=1)
    country = models.CharField(max_length=3)
    freight = Amount()
    insured_fee = Amount()
    wrap_type = Text(max_length=1)
    pack_no = models.IntegerField()
    gross_weight = Amount()
    net_weight = Amount()
    tax_total = Amount(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["ebp_code", "order_no"])]


class InventoryLine(models.Model):
    """A line of an inventory list."""

    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="lines")
    gnum = models.IntegerField()
    item_record_no = Text(max_length=30)
    item_no = Text(max_length=20)
    item_name = Text()
    gcode = models.CharField(max_length=10)
    gname = models.CharField(max_length=250)
    gmodel = models.CharField(max_length=510)
    bar_code = Text(max_length=50)
    country = models.CharField(max_length=3)
    trade_country = Text(max_length=3)
    currency = models.CharField(max_length=3)
    qty = Amount()
    unit = models.CharField(max_length=3)
    qty1 = Amount()
    unit1 = models.CharField(max_length=3)
    qty2 = Amount(null=True)
    unit2 = Text(max_length=3)
    price = Amount()
    total_price = Amount()
