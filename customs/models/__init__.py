"""Tables of the customs room."""

from customs.models.b2b import (
    B2BDeclaration,
    B2BDocuments,
    B2BLine,
    B2BOverride,
    B2BReturn,
    B2BState,
    B2BVerdict,
)
from customs.models.export import (
    Arrival,
    ArrivalLine,
    Collection,
    Departure,
    DepartureLine,
    ExportList,
    ExportListLine,
    ExportOrder,
    ExportOrderLine,
    ExportReturn,
    ExportWaybill,
    Manifest,
    ManifestLine,
)
from customs.models.imports import Inventory, InventoryLine, Order, OrderLine, Payment, Waybill
from customs.models.log import CustomsReply, DocumentEvent, LimitEntry, YearlyUse
from customs.models.messages import CebMessage, DocumentKey
from customs.models.states import DocumentState, TaxRegime

__all__ = [
    "Arrival",
    "ArrivalLine",
    "B2BDeclaration",
    "B2BDocuments",
    "B2BLine",
    "B2BOverride",
    "B2BReturn",
    "B2BState",
    "B2BVerdict",
    "CebMessage",
    "Collection",
    "CustomsReply",
    "Departure",
    "DepartureLine",
    "DocumentEvent",
    "DocumentKey",
    "DocumentState",
    "ExportList",
    "ExportListLine",
    "ExportOrder",
    "ExportOrderLine",
    "ExportReturn",
    "ExportWaybill",
    "Inventory",
    "InventoryLine",
    "LimitEntry",
    "Manifest",
    "ManifestLine",
    "Order",
    "OrderLine",
    "Payment",
    "TaxRegime",
    "Waybill",
    "YearlyUse",
]
