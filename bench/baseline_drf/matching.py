"""A list beside its three documents, one list after the other."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from bench.baseline_drf.models import Inventory, Order, Payment, Verified, Waybill

FEN = Decimal("0.01")
VAT = {"1509": Decimal("0.09")}  # by the first four digits of the code; the rest has the general rate
GENERAL = Decimal("0.13")
REDUCTION = Decimal("0.7")


def match(inventory: Inventory) -> None:
    """Find the three, compare, tax, save."""
    order = Order.objects.filter(ebp_code=inventory.ebp_code, order_no=inventory.order_no).first()
    payment = Payment.objects.filter(ebp_code=inventory.ebp_code, order_no=inventory.order_no).first()
    waybill = Waybill.objects.filter(
        logistics_code=inventory.logistics_code, logistics_no=inventory.logistics_no
    ).first()
    if order is None or payment is None or waybill is None:
        return
    inventory.findings = _findings(inventory, order, payment, waybill)
    inventory.tax_total = _tax(inventory)
    inventory.state = "faulted" if inventory.findings else "released"
    inventory.save()


def _findings(inventory: Inventory, order: Order, payment: Payment, waybill: Waybill) -> list[str]:
    found = []
    if order.actural_paid != payment.amount_paid:
        found.append("amount")
    if order.buyer_id_number != inventory.buyer_id_number or order.buyer_name != inventory.buyer_name:
        found.append("buyer")
    if payment.payer_id_number != inventory.buyer_id_number and not _verified(inventory):
        found.append("payer")
    if order.freight != inventory.freight + inventory.insured_fee:
        found.append("freight")
    if waybill.order_no != inventory.order_no:
        found.append("waybill")
    if inventory.gross_weight != waybill.weight:
        found.append("weight")
    ordered = {line.gnum: line for line in order.lines.all()}
    declared = list(inventory.lines.all())
    if len(ordered) != len(declared):
        found.append("lines")
    for line in declared:
        other = ordered.get(line.gnum)
        if other is None or (line.qty, line.unit, line.total_price) != (
            other.qty,
            other.unit,
            other.total_price,
        ):
            found.append(f"line {line.gnum}")
    return found


def _verified(inventory: Inventory) -> bool:
    buyer = Verified.objects.filter(id_number=inventory.buyer_id_number, name=inventory.buyer_name)
    return buyer.exists()


def _tax(inventory: Inventory) -> Decimal:
    tax = Decimal(0)
    for line in inventory.lines.all():
        rate = VAT.get(line.gcode[:4], GENERAL)
        tax += (line.total_price * rate * REDUCTION).quantize(FEN, ROUND_HALF_UP)
    return tax
