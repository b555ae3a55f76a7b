"""Tables of the foreign exchange desk. States are written by `forex/lifecycle.py` alone."""

from forex.models.consents import Consent, DeclarationQuery, DocumentKind, DocumentUse, Outcome, Purpose
from forex.models.declarations import BopDeclaration, BopState, TradeCreditBalance
from forex.models.matches import Match
from forex.models.ownership import FormDraft, HandOver
from forex.models.payments import InwardPayment, OwnerSide, PaymentState
from forex.models.statements import PayoutLine, PayoutStatement, StatementState

__all__ = [
    "BopDeclaration",
    "BopState",
    "Consent",
    "DeclarationQuery",
    "DocumentKind",
    "DocumentUse",
    "FormDraft",
    "HandOver",
    "InwardPayment",
    "Match",
    "Outcome",
    "OwnerSide",
    "PaymentState",
    "PayoutLine",
    "PayoutStatement",
    "Purpose",
    "StatementState",
    "TradeCreditBalance",
]
