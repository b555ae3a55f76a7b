"""Personal data at rest: a keyed hash to find and compare, AEAD ciphertext to read.

Keys come from the environment. `PERSONAL_DATA_KEYS` is a list `version:key`; the first seals, all open: so
a key is rotated without downtime. The hash key cannot rotate alone: it is what rows are matched by.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import cache

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


@cache
def _keys() -> dict[int, AESGCM]:
    pairs = (item.split(":", 1) for item in settings.PERSONAL_DATA_KEYS)
    return {int(version): AESGCM(base64.urlsafe_b64decode(key)) for version, key in pairs}


@cache
def _hash_key() -> bytes:
    return base64.urlsafe_b64decode(settings.PERSONAL_HASH_KEY)


def seal(data: bytes, *, context: str) -> bytes:
    """Ciphertext: key version (1 byte), nonce (12), AES-256-GCM. `context` binds it to its place."""
    version, aead = next(iter(_keys().items()))
    nonce = os.urandom(NONCE)
    return bytes([version]) + nonce + aead.encrypt(nonce, data, context.encode())


def unseal(blob: bytes | memoryview, *, context: str) -> bytes:
    """The bytes given to `seal` with the same context; InvalidTag when either was changed."""
    raw = bytes(blob)
    return _keys()[raw[0]].decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], context.encode())


def seal_fields(fields: dict[str, str], *, context: str) -> bytes:
    """Seal named values as one blob."""
    return seal(msgspec.json.encode(fields), context=context)


def unseal_fields(blob: bytes | memoryview, *, context: str) -> dict[str, str]:
    """The values given to `seal_fields`."""
    return msgspec.json.decode(unseal(blob, context=context), type=dict[str, str])


def keyed_hash(*values: str) -> bytes:
    """32 bytes by which equal values are found without being readable (HMAC-SHA-256, values kept apart)."""
    text = "\x1f".join(value.strip() for value in values)
    return hmac.digest(_hash_key(), text.encode(), "sha256")


def mask_name(name: str) -> str:
    """First character and stars (rule R9.04)."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_number(number: str) -> str:
    """First four and last four characters of an identity number (rule R9.04)."""
    return _mask(number, first=4, last=4)


def mask_phone(number: str) -> str:
    """First three and last four digits of a telephone (rule R9.04)."""
    return _mask(number, first=3, last=4)


def _mask(text: str, *, first: int, last: int) -> str:
    hidden = len(text) - first - last
    return f"{text[:first]}{'*' * hidden}{text[-last:]}" if hidden > 0 else "*" * len(text)
