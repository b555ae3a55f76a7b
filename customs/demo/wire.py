"""From documents to signed messages, each from the company that sends its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from customs.ceb import Document, Message, Signer, demo_signer, write
from customs.demo import sales
from customs.demo.cast import COMPANIES
from customs.demo.sales import Sale

TYPES = ("CEB311", "CEB411", "CEB511", "CEB621")
# Who sends what in the story: platform, payment firm, logistics firm, declarant.
SENDERS: Mapping[str, str] = MappingProxyType({"CEB311": "A", "CEB411": "C", "CEB511": "D", "CEB621": "G"})
WRITERS: Mapping[str, Callable[[Sale, str], Document]] = MappingProxyType(
    {"CEB311": sales.order, "CEB411": sales.payment, "CEB511": sales.waybill, "CEB621": sales.inventory}
)


@cache
def signer() -> Signer:
    """The demo key under `var/`, made at first use."""
    return demo_signer(Path(settings.VAR_DIR("demo-signing")))


def message_of(
    type_: str, documents: Sequence[Document], *, guid: str = "", sender: str = "", dxp_id: str = ""
) -> Message:
    """The documents in their envelope. `sender`: key of a company; by default the one that sends this type.

    Without `guid` the root's is made from the documents, so that the same documents are the same message.
    """
    company = COMPANIES[sender or SENDERS[type_]]
    placed = [replace(document, index=index) for index, document in enumerate(documents, 1)]
    return Message(
        type=type_,
        guid=guid or str(uuid5(NAMESPACE_URL, f"{type_}{sender}{placed!r}")).upper(),
        version="1.0",
        transfer={
            "copCode": company.customs_code,
            "copName": company.name,
            "dxpMode": "DXP",
            "dxpId": dxp_id or company.dxp_id,
        },
        documents=placed,
    )


def envelope(type_: str, documents: Sequence[Document], *, guid: str = "", sender: str = "") -> bytes:
    """The signed message as it goes over the wire."""
    return write(message_of(type_, documents, guid=guid, sender=sender), sign=signer())


def with_values(
    document: Document, head: Mapping[str, str | None], lines: Mapping[int, Mapping[str, str | None]]
) -> Document:
    """The document with other values; None takes a field out. Lines are counted from 1."""
    return replace(
        document,
        head=_merged(document.head, head),
        lines=[_merged(line, lines.get(number, {})) for number, line in enumerate(document.lines, 1)],
    )


def _merged(values: Mapping[str, str], other: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**values, **other}.items() if value is not None}
