"""Documents as they stand in the tables, for tests of what happens after loading."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Company
from accounts.personal import keyed_hash, seal, seal_fields
from customs.models import (
    CebMessage,
    DocumentKey,
    Inventory,
    InventoryLine,
    Order,
    OrderLine,
    Payment,
    Waybill,
)
from reference.keys import uuid7
from submissions.models import Dispatch, Payload, Referral, Submission

A, B, C, D, E, G = (
    "91120116DEM000014X",
    "91120116DEM000022Q",
    "91120116DEM000030K",
    "91120116DEM000049G",
    "91120116DEM000057B",
    "91120116DEM0000731",
)
SENDERS = {"CEB311": A, "CEB411": C, "CEB511": D, "CEB621": G}
KINDS = {
    "CEB311": "import-orders",
    "CEB411": "import-payments",
    "CEB511": "import-waybills",
    "CEB621": "import-declaration",
}
_running = itertools.count(1)


def company(uscc: str) -> Company:
    """A company of the story by its code."""
    return Company.objects.get_or_create(
        uscc=uscc, defaults={"name": f"示例 {uscc[-4:]}", "name_en": f"Example {uscc[-4:]}"}
    )[0]


def customs_agency() -> Agency:
    """The agency behind every referral here."""
    return Agency.objects.get_or_create(code="customs", defaults={"name_zh": "海关", "name_en": "customs"})[0]


def message(
    type: str = "CEB621", documents: int = 1, *, held: bool | None = None, payload: bytes = b""
) -> CebMessage:
    """A received message: submission, referral, dispatch (held for lists), envelope."""
    sender = company(SENDERS[type])
    submission = Submission.objects.create(
        kind=KINDS[type],
        reference=f"TJ26-TEST-{next(_running):06d}",
        company=sender,
        state="in_progress",
        submitted_at=timezone.now(),
        parties=[company(code).id for code in (A, B, C, D, G)],
        payload_sha256=hashlib.sha256(payload).hexdigest(),
    )
    Payload.objects.create(
        submission=submission,
        content_type="application/xml",
        size=len(payload),
        sealed=seal(payload, context=f"payload:{submission.id}"),
    )
    referral = Referral.objects.create(submission=submission, agency=customs_agency())
    held = type == "CEB621" if held is None else held
    Dispatch.objects.create(referral=referral, state="held" if held else "queued")
    return CebMessage.objects.create(
        submission=submission,
        type=type,
        guid=str(uuid7()),
        sender=sender,
        document_count=documents,
        loaded_at=timezone.now(),
    )


def _common(of: CebMessage, index: int, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "message": of,
        "index": index,
        "guid": str(uuid7()).upper(),
        "app_type": "1",
        "app_time": "20261103110500",
        **values,
    }


def _claim(kind: str, scope: str, number: str, document: Any) -> None:
    DocumentKey.objects.update_or_create(
        kind=kind, scope=scope, number=number, defaults={"document_id": document.id}
    )


def _ids(*codes: str) -> list[int]:
    return sorted({company(code).id for code in codes})


def order(no: str = "O01", *, of: CebMessage | None = None, index: int = 1, **values: Any) -> Order:
    """Order of two tins of milk powder on platform A, sold by B, paid through C."""
    of = of or message("CEB311")
    fields: dict[str, Any] = {
        "order_no": no,
        "ebp_code": A,
        "ebp_name": "A",
        "ebc_code": B,
        "ebc_name": "B",
        "goods_value": "436",
        "freight": "0",
        "discount": "0",
        "tax_total": "39.68",
        "actural_paid": "475.68",
        "pay_code": C,
        "pay_transaction_id": f"P{no}",
        "buyer_name_hash": keyed_hash("赵示例"),
        "buyer_id_hash": keyed_hash("120199199003150246"),
        "consignee_hash": keyed_hash("address"),
        "parties": _ids(A, B, C, D, G),
    } | values
    document = Order(**_common(of, index, fields))
    document.personal = seal_fields(
        {"buyerName": "赵示例", "buyerIdNumber": "120199199003150246"}, context=str(document.id)
    )
    document.save()
    OrderLine.objects.create(
        order=document,
        gnum=1,
        item_name="奶粉",
        gmodel="800g",
        unit="122",
        qty="2",
        price="218",
        total_price="436",
        country="142",
    )
    _claim("order", A, no, document)
    return document


def payment(no: str = "O01", *, of: CebMessage | None = None, index: int = 1, **values: Any) -> Payment:
    """C's payment of the order."""
    of = of or message("CEB411")
    fields: dict[str, Any] = {
        "pay_code": C,
        "pay_name": "C",
        "pay_transaction_id": f"P{no}",
        "order_no": no,
        "ebp_code": A,
        "ebp_name": "A",
        "payer_name_hash": keyed_hash("赵示例"),
        "payer_id_hash": keyed_hash("120199199003150246"),
        "amount_paid": "475.68",
        "pay_time": "20261103091200",
        "parties": _ids(A, B, C, G),
    } | values
    document = Payment.objects.create(**_common(of, index, fields))
    _claim("payment", C, document.pay_transaction_id, document)
    return document


def waybill(no: str = "O01", *, of: CebMessage | None = None, index: int = 1, **values: Any) -> Waybill:
    """D's waybill of the order."""
    of = of or message("CEB511")
    fields: dict[str, Any] = {
        "logistics_code": D,
        "logistics_name": "D",
        "logistics_no": f"W{no}",
        "order_no": no,
        "freight": "0",
        "insured_fee": "0",
        "weight": "1.8",
        "pack_no": 1,
        "goods_info": "奶粉",
        "consignee_hash": keyed_hash("address"),
        "parties": _ids(A, B, D, G),
    } | values
    document = Waybill.objects.create(**_common(of, index, fields))
    _claim("waybill", D, document.logistics_no, document)
    return document


def inventory(no: str = "O01", *, of: CebMessage | None = None, index: int = 1, **values: Any) -> Inventory:
    """G's inventory list of the order."""
    of = of or message("CEB621")
    fields: dict[str, Any] = {
        "order_no": no,
        "ebp_code": A,
        "ebp_name": "A",
        "ebc_code": B,
        "ebc_name": "B",
        "logistics_no": f"W{no}",
        "logistics_code": D,
        "logistics_name": "D",
        "cop_no": f"G{no}",
        "assure_code": B,
        "ems_no": "T0213W900001",
        "decl_time": "20261103",
        "customs_code": "0213",
        "port_code": "0202",
        "agent_code": G,
        "agent_name": "G",
        "area_code": E,
        "area_name": "E",
        "trade_mode": "1210",
        "traf_mode": "2",
        "country": "142",
        "freight": "0",
        "insured_fee": "0",
        "gross_weight": "1.8",
        "net_weight": "1.6",
        "pack_no": 1,
        "buyer_name_hash": keyed_hash("赵示例"),
        "buyer_id_hash": keyed_hash("120199199003150246"),
        "consignee_hash": keyed_hash("address"),
        "parties": _ids(A, B, C, D, E, G),
    } | values
    document = Inventory.objects.create(**_common(of, index, fields))
    InventoryLine.objects.create(
        inventory=document,
        gnum=1,
        item_no="IM01",
        gcode="1901101090",
        gname="奶粉",
        gmodel="800g",
        country="142",
        qty="2",
        unit="122",
        qty1="1.6",
        unit1="035",
        price="218",
        total_price="436",
    )
    _claim("inventory", G, document.cop_no, document)
    return document
