"""A raw message for the screen: indented, with what identifies a person masked (rule R9.04).

Name 张*, identity number 3301**********1234, telephone 138****8000; of an address the first six characters
stay. The content of extensions is unknown and therefore hidden; all other text is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from customs.ceb.spec import SPEC, Personal
from customs.ceb.xml import parse


def _covered(head: int, tail: int, text: str) -> str:
    """Keep `head` first and `tail` last characters; too short a text is covered whole."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def mask_name(text: str) -> str:
    """张三 → 张*: the first character stays."""
    return _covered(1, 0, text)


def mask_id(text: str) -> str:
    """The first and last four characters stay."""
    return _covered(4, 4, text)


def mask_phone(text: str) -> str:
    """13800008000 → 138****8000."""
    return _covered(3, 4, text)


def mask_address(text: str) -> str:
    """The first six characters stay (province and city in Chinese)."""
    return _covered(6, 0, text)


def mask_account(text: str) -> str:
    """The first two and last two characters stay."""
    return _covered(2, 2, text)


MASKS: Mapping[Personal, Callable[[str], str]] = {
    "name": mask_name,
    "id": mask_id,
    "phone": mask_phone,
    "address": mask_address,
    "account": mask_account,
}

# By local name over all messages, so that a misplaced or foreign-prefixed element is masked as well.
_PERSONAL: Mapping[str, Personal] = {
    field.name: field.personal
    for spec in SPEC.values()
    for block in (spec.head, spec.lines)
    if block is not None
    for field in block.fields
    if field.personal
}


def masked(name: str, text: str) -> str:
    """The value of the field called `name`, masked when it is personal."""
    personal = _PERSONAL.get(name)
    return MASKS[personal](text) if personal else text


def mask(data: bytes) -> str:
    """The message as indented text with personal data masked. Refused when it is not acceptable XML."""
    root = parse(data)
    for el in root.iter(etree.Element):
        name = etree.QName(el)
        if name.localname in _PERSONAL:
            for child in el:
                el.remove(child)
            el.text = masked(name.localname, (el.text or "").strip())
        elif name.localname == "ExtendMessage":
            for body in el:
                if etree.QName(body).localname == "Message" and (len(body) or body.text):
                    for child in list(body):
                        body.remove(child)
                    body.text = "***"
    etree.indent(root, "  ")
    return etree.tostring(root, encoding="unicode")
