"""Tables of the customs room."""

from customs.models.documents import Inventory, InventoryLine, Order, OrderLine, Payment, Waybill
from customs.models.log import CustomsReply, DocumentEvent, LimitEntry, YearlyUse
from customs.models.messages import CebMessage, DocumentKey
from customs.models.states import DocumentState, TaxRegime

__all__ = [
    "CebMessage",
    "CustomsReply",
    "DocumentEvent",
    "DocumentKey",
    "DocumentState",
    "Inventory",
    "InventoryLine",
    "LimitEntry",
    "Order",
    "OrderLine",
    "Payment",
    "TaxRegime",
    "Waybill",
    "YearlyUse",
]
