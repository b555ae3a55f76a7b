"""Signing of requests to an agency: HMAC-SHA-256 over time stamp, dispatch key and body."""

from __future__ import annotations

import hashlib
import hmac
import time


def signed_headers(secret: bytes, key: str, body: bytes) -> dict[str, str]:
    """The two headers; the agency refuses a time stamp more than 300 seconds from its own clock."""
    timestamp = str(int(time.time()))
    signature = hmac.new(secret, f"{timestamp}.{key}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Signature-Timestamp": timestamp, "Signature": signature}
