"""Bytes to tree, with everything hostile refused before or while libxml2 parses.

Document types are refused by looking at the prolog, so no internal subset is ever parsed: entity bombs and
external entities have no way in. XInclude is never processed and refused when seen.
"""

from __future__ import annotations

import re

from lxml import etree

from customs.ceb.codes import TEXTS
from reference.problems import Problem, Refused

MAX_BYTES = 32 * 1024 * 1024  # 100 documents of 99 lines are below 8 MiB in practice
UTF8 = frozenset({"UTF-8", "UTF8"})
BOM = b"\xef\xbb\xbf"
XINCLUDE = "http://www.w3.org/2001/XInclude"

_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*[\"']([^\"']*)[\"'](?:\s+encoding\s*=\s*[\"']([^\"']*)[\"'])?"
)
_MISC = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_XINCLUDED = etree.XPath("//xi:*", namespaces={"xi": XINCLUDE})


def _refused(code: str, **params: str) -> Refused:
    return Refused((Problem(code, "/", TEXTS[code], params),))


def _check_prolog(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise _refused("ceb.xml.size", max=str(MAX_BYTES))
    if data[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in data[:4]:
        raise _refused("ceb.xml.encoding", encoding="UTF-16")
    start = len(BOM) if data.startswith(BOM) else 0
    if declaration := _DECLARATION.match(data, start):
        version, encoding = (part.decode("ascii", "replace") for part in declaration.groups(b""))
        if version != "1.0":
            raise _refused("ceb.xml.version", version=version)
        if encoding and encoding.upper() not in UTF8:
            raise _refused("ceb.xml.encoding", encoding=encoding)
    misc = _MISC.match(data, start)
    if misc and data[misc.end() : misc.end() + 9].upper() == b"<!DOCTYPE":
        raise _refused("ceb.xml.doctype")


def _parser() -> etree.XMLParser:
    # Comments and processing instructions go: a value broken by one reads as one text, as schemas have it.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


def _syntax(error: etree.XMLSyntaxError) -> Refused:
    reason = (error.msg or "").removesuffix(f", line {error.lineno}, column {error.offset}")
    if "depth" in reason.lower():
        return _refused("ceb.xml.depth")
    return _refused(
        "ceb.xml.syntax", line=str(error.lineno or 0), column=str(error.offset or 0), reason=reason
    )


def may_hold(data: bytes, namespace: str) -> bool:
    """Cheap and never wrong with "no": a namespace can only hide behind character references."""
    return namespace.encode() in data or b"&#" in data


def parse(data: bytes) -> etree._Element:
    """The root element of `data` (UTF-8, byte-order mark allowed); Refused with a named problem otherwise."""
    _check_prolog(data)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise _syntax(error) from None
    # Belt and braces: the prolog was searched, the parser must agree.
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise _refused("ceb.xml.doctype")
    if info.encoding and info.encoding.upper() not in UTF8:
        raise _refused("ceb.xml.encoding", encoding=info.encoding)
    if may_hold(data, XINCLUDE) and _XINCLUDED(root):
        raise _refused("ceb.xml.xinclude")
    return root
