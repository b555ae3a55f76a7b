"""From `Message` to bytes: schema order, `ceb:` prefix, UTF-8, nothing that was not given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from lxml import etree

from customs.ceb.message import Document, Extend, Message
from customs.ceb.signature import Signer
from customs.ceb.spec import CEB, Block, MessageSpec, message_spec

# Everything XML 1.0 cannot carry, however escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_SPECIAL = re.compile("[&<>\r]")


def _escaped(name: str, value: str) -> str:
    if _UNWRITABLE.search(value):
        raise ValueError(f"{name} holds a character that XML cannot carry")
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _attribute(name: str, value: str) -> str:
    _escaped(name, value)
    return f"{name}={quoteattr(value)}"


def _fields(block: Block, values: Mapping[str, str]) -> str:
    unknown = values.keys() - block.by_name.keys()
    if unknown:
        raise ValueError(f"{block.name} has no {', '.join(sorted(unknown))}")
    return "".join(
        f"<ceb:{field.name}>{_escaped(field.name, values[field.name])}</ceb:{field.name}>"
        for field in block.fields
        if field.name in values
    )


def _wrapped(block: Block, values: Mapping[str, str]) -> str:
    return f"<ceb:{block.name}>{_fields(block, values)}</ceb:{block.name}>"


def _document(spec: MessageSpec, document: Document) -> str:
    inner = _wrapped(spec.head, document.head) if spec.nested else _fields(spec.head, document.head)
    if document.lines and spec.lines is None:
        raise ValueError(f"{spec.type} has no lines")
    if spec.lines is not None:
        inner += "".join(_wrapped(spec.lines, line) for line in document.lines)
    return f"<ceb:{spec.entity}>{inner}</ceb:{spec.entity}>"


def _extend(extend: Extend | None) -> str:
    if extend is None:
        return ""
    if extend.content:
        etree.fromstring(extend.content)  # must be one well-formed element, or it would break the message
    name, version = _escaped("name", extend.name), _escaped("version", extend.version)
    return (
        f"<ceb:ExtendMessage><ceb:name>{name}</ceb:name><ceb:version>{version}</ceb:version>"
        f"<ceb:Message>{extend.content}</ceb:Message></ceb:ExtendMessage>"
    )


def write(message: Message, *, sign: Signer | None = None) -> bytes:
    """The message on the wire. ValueError for fields the format does not know or characters XML cannot carry.

    Elements absent from the dictionaries are left out; nothing is checked (`check` does that). A signature
    that was read is never copied, it would be wrong: `sign` makes a new one.
    """
    spec = message_spec(message.type)
    attributes = f"{_attribute('guid', message.guid)} {_attribute('version', message.version)}"
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<ceb:{spec.root} xmlns:ceb="{CEB}" {attributes}>'
    end = f"</ceb:{spec.root}>"
    body = "".join(_document(spec, document) for document in message.documents)
    if spec.transfer is not None and message.transfer is not None:
        body += _wrapped(spec.transfer, message.transfer)
    if spec.subscribe is not None:
        body += "".join(_wrapped(spec.subscribe, values) for values in message.subscribes)
    extend = _extend(message.extend) if spec.extend is not None else ""
    if sign is None or spec.signature == "none":
        return f"{start}{body}{extend}{end}".encode()
    signature = sign(f"{start}{body}{extend}{end}".encode())
    tail = extend + signature if spec.direction == "import" else signature + extend
    return f"{start}{body}{tail}{end}".encode()
