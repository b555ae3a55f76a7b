"""Valid messages to break: the official samples, mended where they break customs' schema, and full ones."""

from __future__ import annotations

from lxml import etree

from customs.ceb import Document, Message, write
from customs.ceb.spec import CEB, DS, SPEC, Block, Field, MessageSpec

# The ten published export samples that customs' own schema refuses, and with which of our codes.
BAD_SAMPLES = {
    **dict.fromkeys(
        ("CEB303", "CEB403", "CEB505", "CEB507", "CEB509", "CEB603", "CEB605", "CEB607"), "ceb.element.count"
    ),
    "CEB792": "ceb.element.missing",
    "CEB214": "ceb.message.unknown ceb.element.unknown",
}

SIGNATURE = f"""<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod
Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><ds:SignatureMethod
Algorithm="{DS}rsa-sha1"/><ds:Reference URI=""><ds:Transforms><ds:Transform
Algorithm="{DS}enveloped-signature"/></ds:Transforms><ds:DigestMethod Algorithm="{DS}sha1"/>
<ds:DigestValue>SF/P+2sVsRQ9dJIqJSroW6ajb0Y=</ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue>AI0wdcUHaaOR</ds:SignatureValue><ds:KeyInfo><ds:KeyName>0001</ds:KeyName><ds:X509Data>
<ds:X509Certificate>MIIEWzCCA8Q=</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"""

_KINDS = {
    "guid": "4CDE1CFD-EDED-46B1-946C-B8022E42FC94",
    "date8": "20240229",
    "time14": "20240229235959",
    "time17": "20240229235959999",
}


def tag(name: str) -> str:
    return f"{{{CEB}}}{name}"


def value_for(field: Field) -> str:
    """A value nobody has anything to say against."""
    if field.base != "string":
        return "1"
    if field.fixed or field.values:
        return field.fixed or min(field.values)
    filler = "1" if field.kind == "digits" else "A"
    return _KINDS.get(field.kind) or filler * max(field.min_length, field.spec_min or 0, 1)


def values_for(block: Block) -> dict[str, str]:
    return {field.name: value_for(field) for field in block.fields}


def full_message(spec: MessageSpec, *, documents: int = 1, lines: int = 1, subscribes: int = 1) -> Message:
    """Every element of the description present."""
    of_lines = [values_for(spec.lines) for _ in range(lines)] if spec.lines else []
    return Message(
        type=spec.type,
        guid=_KINDS["guid"],
        version="1.0",
        transfer=values_for(spec.transfer) if spec.transfer else None,
        documents=[Document(values_for(spec.head), of_lines, n + 1) for n in range(documents)],
        subscribes=[values_for(spec.subscribe) for _ in range(subscribes)] if spec.subscribe else [],
    )


def full_bytes(name: str, **sizes: int) -> bytes:
    spec = SPEC[name]
    return write(full_message(spec, **sizes), sign=lambda _: SIGNATURE)


def mended(name: str, data: bytes) -> etree._Element:
    """A published sample with its known slips put right, cut down to two documents of two lines."""
    root = etree.fromstring(data)
    if name == "CEB214":
        root.tag = tag("CEB214Message")
        etree.strip_elements(root, tag("appSenderId"), with_tail=False)
    for surplus in root.findall(tag("BaseTransfer"))[1:]:
        root.remove(surplus)
    if name == "CEB792":
        for line in root.iter(tag("SummaryResultList")):
            number = etree.Element(tag("gseqno"))
            number.text = "1"
            line.insert(2, number)
    spec = SPEC[name]
    entities = root.findall(tag(spec.entity))
    for entity in entities[2:]:
        root.remove(entity)
    if spec.lines:
        for entity in entities[:2]:
            for line in entity.findall(tag(spec.lines.name))[2:]:
                entity.remove(line)
    return root
