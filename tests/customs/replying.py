"""Customs and the E-port speaking: reply messages as bytes and as stored inbox rows."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from customs import ceb
from customs.models import CustomsReply
from customs.replies import read_inbox
from reference.keys import uuid7
from submissions.models import InboxMessage
from tests.customs import rows

NUMBERS = {
    "CEB312": lambda d: {"ebpCode": d.ebp_code, "ebcCode": d.ebc_code, "orderNo": d.order_no},
    "CEB412": lambda d: {"payCode": d.pay_code, "payTransactionId": d.pay_transaction_id},
    "CEB512": lambda d: {"logisticsCode": d.logistics_code, "logisticsNo": d.logistics_no},
    "CEB622": lambda d: {"agentCode": d.agent_code, "copNo": d.cop_no, "preNo": "B20261103000000001"},
}
TYPE = {"order": "CEB312", "payment": "CEB412", "waybill": "CEB512", "inventory": "CEB622"}
DAY = "20261103"


def time(minute: int, milli: int = 0) -> str:
    """17 digits: so many minutes past eleven o'clock on the story's day."""
    return f"{DAY}11{minute:02d}00{milli:03d}"


def said(document: Any, status: str, at: str, info: str = "答复", **more: str) -> dict[str, str]:
    """One document's entry of a reply."""
    return {
        "guid": str(uuid7()).upper(),
        **NUMBERS[TYPE[document.kind]](document),
        "returnStatus": status,
        "returnTime": at,
        "returnInfo": info,
        **more,
    }


def message(type: str, *entries: dict[str, str]) -> bytes:
    """The reply message on the wire."""
    documents = [ceb.Document(entry, [], index) for index, entry in enumerate(entries, 1)]
    return ceb.write(ceb.Message(type, str(uuid7()).upper(), "1.0", None, documents))


def stored(body: bytes) -> InboxMessage:
    """The message as the inbox keeps it before it is read."""
    return InboxMessage.objects.create(
        agency=rows.customs_agency(),
        message_id=str(uuid7()),
        sha256="0" * 64,
        content_type="application/xml",
        sealed_body=b"",
        received_at=timezone.now(),
    )


def arrive(type: str, *entries: dict[str, str]) -> InboxMessage:
    """A reply message arrives and is read, as the inbox does it."""
    body = message(type, *entries)
    inbox = stored(body)
    with transaction.atomic():
        read_inbox(inbox, body)
    return inbox


def reply(document: Any, status: str, at: str, info: str = "答复", **more: str) -> CustomsReply:
    """One reply for one document arrives; what is kept of it."""
    inbox = arrive(TYPE[document.kind], said(document, status, at, info, **more))
    return CustomsReply.objects.get(inbox_id=inbox.id)
