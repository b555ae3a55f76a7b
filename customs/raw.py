"""One document of a raw message for the screen."""

from __future__ import annotations

from lxml import etree

from customs.ceb import SPEC, mask
from customs.ceb.xml import parse


def mask_one(data: bytes, index: int) -> str:
    """The message as text with only its document number `index` (from 1), personal data masked.

    For people to look at: the signature covers all documents and says nothing about this extract.
    """
    root = parse(data)
    spec = SPEC[etree.QName(root).localname.removesuffix("Message")]
    entities = [
        child for child in root.iterchildren(etree.Element) if etree.QName(child).localname == spec.entity
    ]
    for position, entity in enumerate(entities, 1):
        if position != index:
            root.remove(entity)
    return mask(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
