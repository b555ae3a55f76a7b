"""CEB messages as enterprises write them: the fields customs looks at. Firms and persons are invented."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

PARTIES = {"ebpCode": "120726DE01", "ebcCode": "120746DE02"}
BUYER = {"buyerName": "赵示例", "buyerIdNumber": "120199199003150246"}
LIMITED_BUYER = {"buyerName": "吴示例", "buyerIdNumber": "130199200001010511"}
LINES = [{"gnum": "1", "qty": "6", "price": "218.00"}, {"gnum": "2", "qty": "2", "price": "129.00"}]

Fields = dict[str, Any]


def order(no: str = "O01", **changed: Any) -> Fields:
    head = {"orderNo": no, **PARTIES, "acturalPaid": "1708.51", **BUYER, "payCode": "120726DE03"}
    return _document("Order", head, changed, LINES)


def payment(no: str = "O01", **changed: Any) -> Fields:
    head = {
        "payCode": "120726DE03", "payTransactionId": f"P-{no}", "orderNo": no, "ebpCode": PARTIES["ebpCode"],
        "amountPaid": "1708.51",
    }  # fmt: skip
    return _document("Payment", head, changed)


def waybill(no: str = "O01", **changed: Any) -> Fields:
    head = {"logisticsCode": "120746DE04", "logisticsNo": f"L-{no}", "orderNo": no}
    return _document("Logistics", head, changed)


def inventory(no: str = "O01", **changed: Any) -> Fields:
    head = {
        "orderNo": no, **PARTIES, "logisticsNo": f"L-{no}", "logisticsCode": "120746DE04", "copNo": f"C-{no}",
        "customsCode": "0213", **BUYER, "agentCode": "120746DE07", "freight": "0", "insuredFee": "0",
    }  # fmt: skip
    return _document("Inventory", head, changed, LINES)


def _document(
    entity: str, head: Fields, changed: Fields, lines: list[dict[str, str]] | None = None
) -> Fields:
    lines = changed.pop("lines", lines or [])
    start = {"guid": new_guid(), "appType": "1"}
    return {"entity": entity, "head": start | head | changed, "lines": lines}


def new_guid() -> str:
    return str(uuid.uuid4()).upper()


MESSAGES = {
    "Order": "CEB311Message",
    "Payment": "CEB411Message",
    "Logistics": "CEB511Message",
    "Inventory": "CEB621Message",
}


def message(*documents: Fields, prefix: str = "ceb:") -> bytes:
    colon = prefix.rstrip(":")
    name = MESSAGES[documents[0]["entity"]]
    declared = f"xmlns:{colon}" if colon else "xmlns"
    body = "".join(_xml(document, prefix) for document in documents)
    root = f'{prefix}{name} guid="{new_guid()}" version="1.0" {declared}="http://www.chinaport.gov.cn/ceb"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{body}</{prefix}{name}>'.encode()


def _xml(document: Fields, prefix: str) -> str:
    entity = document["entity"]
    head = _elements(document["head"], prefix)
    lines = "".join(
        f"<{prefix}{entity}List>{_elements(line, prefix)}</{prefix}{entity}List>"
        for line in document["lines"]
    )
    return f"<{prefix}{entity}><{prefix}{entity}Head>{head}</{prefix}{entity}Head>{lines}</{prefix}{entity}>"


def _elements(values: Mapping[str, str], prefix: str) -> str:
    return "".join(f"<{prefix}{name}>{escape(text)}</{prefix}{name}>" for name, text in values.items())


def three_documents(numbers: Iterable[str] = ("O01",)) -> list[bytes]:
    """Order, payment and waybill messages for these order numbers."""
    numbers = list(numbers)
    return [message(*(make(no) for no in numbers)) for make in (order, payment, waybill)]
