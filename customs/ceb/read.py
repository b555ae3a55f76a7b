"""From bytes or tree to `Message`, for senders' messages and, more tolerantly, for customs' replies."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from customs.ceb.check import Codes, check_tree, message_of
from customs.ceb.message import Document, Extend, Message, Report
from customs.ceb.signature import signature_info
from customs.ceb.spec import CEB, DS, SPEC, Block, MessageSpec
from customs.ceb.values import SPACE
from customs.ceb.xml import parse
from reference.problems import Problem, Refused


def _values(el: etree._Element, block: Block) -> dict[str, str]:
    """The block's own elements by name; the first of doubled ones counts."""
    known = block.by_tag
    found: dict[str, str] = {}
    for child in el:
        field = known.get(child.tag)
        if field is not None and field.name not in found:
            text = child.text or ""
            found[field.name] = text if field.base == "string" else text.strip(SPACE)
    return found


def _first(el: etree._Element, name: str) -> etree._Element | None:
    return next(el.iterchildren(f"{{{CEB}}}{name}"), None)


def _document(el: etree._Element, spec: MessageSpec, index: int) -> Document:
    if not spec.nested:
        return Document(_values(el, spec.head), [], index)
    head = _first(el, spec.head.name)
    lines = []
    if spec.lines is not None:
        lines = [_values(line, spec.lines) for line in el.iterchildren(f"{{{CEB}}}{spec.lines.name}")]
    return Document({} if head is None else _values(head, spec.head), lines, index)


def _canonical(el: etree._Element) -> str:
    # Exclusive: without the namespaces of the message around it, so that it can be written into another.
    return etree.tostring(el, method="c14n", exclusive=True, with_tail=False).decode()


def _extend(el: etree._Element) -> Extend | None:
    block = _first(el, "ExtendMessage")
    if block is None:
        return None
    body = _first(block, "Message")
    inner = body[0] if body is not None and len(body) else None
    content = "" if inner is None else _canonical(inner)
    name, version = (block.findtext(f"{{{CEB}}}{part}") or "" for part in ("name", "version"))
    return Extend(name, version, content)


def read_tree(el: etree._Element) -> Message:
    """`read` for a tree that `xml.parse` made. Refused when the root is no known message."""
    spec = message_of(el)
    if spec is None:
        raise Refused(check_tree(el).problems)
    entities = el.iterchildren(f"{{{CEB}}}{spec.entity}")
    transfer = None if spec.transfer is None else _first(el, "BaseTransfer")
    signature = el.find(f"{{{DS}}}Signature")
    return Message(
        type=spec.type,
        guid=el.get("guid") or "",
        version=el.get("version") or "",
        transfer=None if transfer is None or spec.transfer is None else _values(transfer, spec.transfer),
        documents=[_document(entity, spec, index) for index, entity in enumerate(entities, 1)],
        subscribes=[
            _values(child, spec.subscribe)
            for child in el.iterchildren(f"{{{CEB}}}BaseSubscribe")
            if spec.subscribe is not None
        ],
        signature=None if signature is None else signature_info(signature),
        extend=_extend(el),
    )


def read(data: bytes) -> Message:
    """The message in `data`. Refused when it is hostile, not well-formed, or no message of the edition.

    Says nothing about the rest: what `check` refuses may still be readable. Unknown elements are passed over.
    """
    return read_tree(parse(data))


def load(data: bytes, *, strict: bool = False, codes: Codes | None = None) -> tuple[Report, Message | None]:
    """Check and read in one parse; the message is there only when the report accepts it."""
    try:
        el = parse(data)
    except Refused as refusal:
        return Report(None, 0, refusal.problems), None
    report = check_tree(el, strict=strict, codes=codes, data=data)
    return report, read_tree(el) if report.accepted else None


def _local(el: etree._Element) -> str:
    return _without_namespace(str(el.tag))


@lru_cache(maxsize=1024)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def _loose(el: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in el:
        if not len(child):
            found.setdefault(_without_namespace(child.tag), (child.text or "").strip(SPACE))
    return found


def _loose_document(el: etree._Element, spec: MessageSpec, index: int) -> Document:
    if not spec.nested:
        return Document(_loose(el), [], index)
    head = next((child for child in el if _local(child) == spec.head.name), el)
    name = spec.lines.name if spec.lines is not None else ""
    return Document(_loose(head), [_loose(child) for child in el if _local(child) == name], index)


def read_reply(data: bytes) -> Message:
    """A reply from customs, read with every tolerance that real replies need.

    Elements in any order, any namespace prefix or none, extra elements kept under their own names (CEB816
    with orderNo and logisticsNo, CEB606 with msgSeqNo), no documents at all, the root without its "Message".
    All values lose surrounding white space. Refused when it is hostile, not well-formed, or no reply
    of the edition.
    """
    el = parse(data)
    name = _local(el)
    spec = SPEC.get(name.removesuffix("Message"))
    if spec is None or spec.signature != "none":
        raise Refused((_not_a_reply(name),))
    entities = [child for child in el if _local(child) == spec.entity]
    return Message(
        type=spec.type,
        guid=(el.get("guid") or "").strip(),
        version=(el.get("version") or "").strip(),
        transfer=None,
        documents=[_loose_document(entity, spec, index) for index, entity in enumerate(entities, 1)],
    )


def _not_a_reply(name: str) -> Problem:
    from customs.ceb.codes import TEXTS
    from customs.ceb.spec import EDITION

    return Problem(
        "ceb.message.unknown", f"/{name}", TEXTS["ceb.message.unknown"], {"name": name, "edition": EDITION}
    )
