"""The verbs of this room. Every function is atomic, takes `by=` and leaves a trail row."""

from tax.services.acting import acting
from tax.services.compare import apply_comparison, close_due, withdraw_refused
from tax.services.declare import Preflight, declare, preflight
from tax.services.lift import propose_lift, taken_out
from tax.services.marks import complete_record, mark_invoices
from tax.services.returns import goods_returned, reverse_returned
from tax.services.settle import approve, prepare, send_back

__all__ = [
    "Preflight",
    "acting",
    "apply_comparison",
    "approve",
    "close_due",
    "complete_record",
    "declare",
    "goods_returned",
    "mark_invoices",
    "preflight",
    "prepare",
    "propose_lift",
    "reverse_returned",
    "send_back",
    "taken_out",
    "withdraw_refused",
]
