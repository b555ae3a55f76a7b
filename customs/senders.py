"""Who may send what (rules R13.01, R13.04), as a table.

The sender is the company in BaseTransfer.copCode. An entrusted express or postal operator may send orders and
payments too, with a recorded undertaking; undertakings are not recorded yet, so that is not open.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from accounts.models import CompanyRole as Role


class Sending(NamedTuple):
    """One message type: its service, the roles that may send it, and where the sender's code must stand."""

    kind: str  # of the submission
    document: str  # order, payment, waybill, inventory
    roles: frozenset[str]
    fields: tuple[str, ...]  # one of these elements of every document names the sender
    # An inventory list: sent on when it is checked, and only by mandate of the e-commerce firm (for `kind`).
    is_list: bool = False
    source: str = "R13.01: field texts of the 202205 specification"


_PLATFORM_SIDE = frozenset({Role.PLATFORM.value, Role.ECOMMERCE_FIRM.value, Role.DOMESTIC_AGENT.value})

_LOGISTICS = frozenset({Role.LOGISTICS_FIRM.value})
_DECLARANT = frozenset({Role.DECLARANT.value})

SENDINGS: Mapping[str, Sending] = MappingProxyType(
    {
        "CEB311": Sending("import-orders", "order", _PLATFORM_SIDE, ("ebpCode", "ebcCode")),
        "CEB411": Sending("import-payments", "payment", frozenset({Role.PAYMENT_FIRM.value}), ("payCode",)),
        "CEB511": Sending(
            "import-waybills", "waybill", frozenset({Role.LOGISTICS_FIRM.value}), ("logisticsCode",)
        ),
        "CEB621": Sending("import-declaration", "inventory", _DECLARANT, ("agentCode",), is_list=True),
        "CEB303": Sending("export-orders", "export_order", _PLATFORM_SIDE, ("ebpCode", "ebcCode")),
        # The specification's annotation names payment firms; where the money is received abroad there is none.
        "CEB403": Sending(
            "export-collections",
            "collection",
            frozenset({Role.PAYMENT_FIRM.value, Role.ECOMMERCE_FIRM.value}),
            ("payCode", "ebcCode"),
            source="Annotation of the 202205 schema: payment firm; the e-commerce firm itself is not verified",
        ),
        "CEB505": Sending("export-waybills", "export_waybill", _LOGISTICS, ("logisticsCode",)),
        "CEB603": Sending("export-declaration", "export_list", _DECLARANT, ("agentCode",), is_list=True),
        "CEB507": Sending("export-arrivals", "arrival", _LOGISTICS, ("logisticsCode",)),
        # It names waybills of lists that were declared by mandate; it has no e-commerce firm of its own.
        "CEB607": Sending("export-manifests", "manifest", _DECLARANT, ("agentCode",)),
        "CEB509": Sending("export-departures", "departure", _LOGISTICS, ("logisticsCode",)),
    }
)
LISTS = frozenset(type_ for type_, sending in SENDINGS.items() if sending.is_list)
LIST_KINDS = frozenset(SENDINGS[type_].document for type_ in LISTS)
KIND_OF_TYPE = {type_: sending.document for type_, sending in SENDINGS.items()}

# Every element that names a company, by message type: who may read the document (R13.02).
PARTIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CEB311": ("ebpCode", "ebcCode", "payCode"),
        "CEB411": ("payCode", "ebpCode"),
        "CEB511": ("logisticsCode",),
        "CEB621": ("ebpCode", "ebcCode", "logisticsCode", "agentCode", "areaCode", "assureCode"),
        "CEB303": ("ebpCode", "ebcCode"),
        "CEB403": ("ebpCode", "ebcCode", "payCode"),
        "CEB505": ("logisticsCode", "ebcCode"),
        "CEB603": ("ebpCode", "ebcCode", "ownerCode", "logisticsCode", "agentCode", "iacCode"),
        "CEB507": ("logisticsCode", "operatorCode"),
        "CEB607": ("agentCode", "logisticsCode"),
        "CEB509": ("logisticsCode",),
    }
)
