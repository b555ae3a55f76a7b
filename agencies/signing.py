"""Signatures of the wire between portal and agency: HMAC-SHA256 over time stamp, message id and body."""

import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE = 300  # seconds by which the two clocks may differ


def signature(secret: bytes, timestamp: str, message_id: str, body: bytes) -> str:
    return hmac.new(secret, f"{timestamp}.{message_id}.".encode() + body, hashlib.sha256).hexdigest()


def signed_headers(secret: bytes, message_id: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Signature-Timestamp": timestamp,
        "Signature": signature(secret, timestamp, message_id, body),
    }


def is_signed(secret: bytes, headers: Mapping[str, str], message_id: str, body: bytes) -> bool:
    timestamp, given = headers.get("signature-timestamp", ""), headers.get("signature", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(given.encode(), signature(secret, timestamp, message_id, body).encode())
