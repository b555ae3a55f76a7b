"""Single faults: each variant differs from a valid message in one thing.

Whether the thing is a fault at all is for customs' schema to say.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

from customs.ceb.spec import CEB, DS, SPEC, Field, MessageSpec
from tests.customs.ceb.samples import full_bytes, tag

Variant = tuple[str, bytes]
XSI = "http://www.w3.org/2001/XMLSchema-instance"

NUMBERS = (
    *("", " 1 ", "\n1\t", "+1", "-1", "--1", "1.", ".5", "+.5", ".", "+", "-", "1e3", "0x1", "1,000", "1 2"),
    *("٣", "１", "NaN", "INF", "-0", "0001", "\u00a01", "0" * 30 + "1", "0." + "0" * 30, "1.0", "1.00000"),
    *("1.000000", "1.00001", "1.000001", "1.0000010", "9" * 4, "9" * 5, "9" * 6, "9" * 9, "9" * 10),
    *("2147483647", "2147483648", "-2147483648", "-2147483649", "9" * 14 + ".99999", "9" * 15 + ".9999"),
    *("9" * 15 + ".99999", "9" * 19, "9" * 20, "9" * 19 + ".00000", "9" * 25, "00000000001"),
    *("1" + "0" * 18, "1" + "0" * 19),
)
DATES = (
    *(
        "20230229",
        "00000101",
        "20241301",
        "20240431",
        "2024022x",
        "２０２４０２２９",
        " 2024022",
        "20240229 ",
    ),
    *("-2024022", "99991231", "2024-2-9"),
)
CLOCKS = ("240000", "236000", "235960", "235959", "2359xx", "2359.9", "      ")


def strings(field: Field) -> Iterator[str]:
    least, most = field.min_length, field.max_length or 60
    for length in {0, 1, 2, least - 1, least, least + 1, most - 1, most, most + 1}:
        if length >= 0:
            yield "A" * length
    yield from (" " * least, " " * most, " " * (most + 1), "\t" * most, "\u00a0" * most, "\u3000" * least)
    yield from ("字" * most, "字" * (most + 1), "\U0001f600" * most, "\U0001f600" * (most + 1))
    yield from ("A" * (most - 1) + " ", " " + "A" * most, "A" * most + "\n", " \n" + "A" * least + "\n ")
    yield from (
        "A " * (most // 2),
        "A  B",
        "&<>\"']]>",
        "\r",
        "٣" * most,
        "1" * most,
        "0" * least,
        "é" * most,
    )
    if field.fixed:
        yield from (f" {field.fixed}", f"{field.fixed} ", f"0{field.fixed}"[:3], "000")
    if field.kind == "date8":
        yield from DATES
    elif field.kind.startswith("time"):
        rest = "000" if field.kind == "time17" else ""
        yield from (day + "120000" + rest for day in DATES)
        yield from ("20240229" + clock + rest for clock in CLOCKS)


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _texts(root: etree._Element, path: str, values: Iterator[str]) -> Iterator[Variant]:
    el = root.find(path)
    if el is None:
        return
    before = el.text
    for value in values:
        el.text = value
        yield f"{path} = {value[:20]!r}", _bytes(root)
    el.text = before


def values(root: etree._Element, spec: MessageSpec) -> Iterator[Variant]:
    """Every field of the message with every value of the lists above."""
    head = f"{tag(spec.entity)}/{tag(spec.head.name)}" if spec.nested else tag(spec.entity)
    blocks = [(head, spec.head)]
    if spec.lines:
        blocks.append((f"{tag(spec.entity)}/{tag(spec.lines.name)}", spec.lines))
    for part in (spec.transfer, spec.subscribe, spec.extend):
        if part:
            blocks.append((tag(part.name), part))
    for path, block in blocks:
        for field in block.fields:
            found = strings(field) if field.base == "string" else iter(NUMBERS)
            yield from _texts(root, f"{path}/{tag(field.name)}", found)


Change = Callable[[etree._Element], None]


def _insert(text: str) -> Change:
    def change(el: etree._Element) -> None:
        el.append(etree.fromstring(text))

    return change


def _set(name: str, value: str) -> Change:
    def change(el: etree._Element) -> None:
        el.set(name, value)

    return change


def _move(where: int) -> Change:
    def change(el: etree._Element) -> None:
        parent = el.getparent()
        assert parent is not None
        parent.insert(where if where >= 0 else len(parent), el)

    return change


def _swap(el: etree._Element) -> None:
    following = el.getnext()
    if following is not None:
        following.addnext(el)


def _double(el: etree._Element) -> None:
    el.addnext(deepcopy(el))


def _drop(el: etree._Element) -> None:
    parent = el.getparent()
    assert parent is not None
    parent.remove(el)


def _rename(name: str) -> Change:
    def change(el: etree._Element) -> None:
        el.tag = name

    return change


def _bare(el: etree._Element) -> None:
    el.tag = etree.QName(el).localname


def _tail(el: etree._Element) -> None:
    el.tail = "x"


def _no_break_tail(el: etree._Element) -> None:
    el.tail = "\u00a0"


def _text(el: etree._Element) -> None:
    el.text = (el.text or "") + "x"


def _empty(el: etree._Element) -> None:
    del el[:]
    el.text = None


def _comment(el: etree._Element) -> None:
    text = el.text or ""
    el.text = text[:1]
    comment = etree.Comment("x")
    comment.tail = text[1:]
    el.insert(0, comment)


def _instruction(el: etree._Element) -> None:
    el.insert(0, etree.PI("x", "y"))


def _cdata(el: etree._Element) -> None:
    if not len(el):
        el.text = etree.CDATA(el.text or "")


CHANGES: dict[str, Change] = {
    "drop": _drop,
    "double": _double,
    "first": _move(0),
    "second": _move(1),
    "last": _move(-1),
    "swap": _swap,
    "rename": _rename(tag("unheardOf")),
    "rename to guid": _rename(tag("guid")),
    "foreign namespace": _rename("{urn:x}note"),
    "no namespace": _bare,
    "child": _insert(f'<guid xmlns="{CEB}">1</guid>'),
    "foreign child": _insert('<x xmlns="urn:x"/>'),
    "attribute": _set("x", "1"),
    "xml:lang": _set("{http://www.w3.org/XML/1998/namespace}lang", "zh"),
    "xsi:nil": _set(f"{{{XSI}}}nil", "true"),
    "xsi:nil false": _set(f"{{{XSI}}}nil", "false"),
    "xsi:type": _set(f"{{{XSI}}}type", "string"),
    "xsi:schemaLocation": _set(f"{{{XSI}}}schemaLocation", "urn:x y.xsd"),
    "Id": _set("Id", "a"),
    "bad Id": _set("Id", "1 a"),
    "URI": _set("URI", "#a"),
    "Algorithm": _set("Algorithm", "urn:x"),
    "text": _text,
    "tail": _tail,
    "no-break tail": _no_break_tail,
    "empty": _empty,
    "comment": _comment,
    "instruction": _instruction,
    "cdata": _cdata,
}


def structure(root: etree._Element) -> Iterator[Variant]:
    """Every element with every change; the inside of signatures, all alike, only where one is demanded."""
    demanded = SPEC[etree.QName(root).localname.removesuffix("Message")].signature == "required"
    for number, el in enumerate(root.iter(etree.Element)):
        inside = el.getparent() is not root and etree.QName(el).namespace == DS
        if el is root or (inside and not demanded):
            continue
        for name, change in CHANGES.items():
            copy = deepcopy(root)
            victim = list(copy.iter(etree.Element))[number]
            change(victim)
            yield f"{etree.QName(el).localname}: {name}", _bytes(copy)


CRUMBS = (" ", "\n", "1", "2", "9", "0", ".", "-", "+", "A", "I", "S", "字", "\u00a0")


def several(name: str, seed: int) -> Variant:
    """Up to four changes and odd values at once, anywhere in a message of one or two documents and lines."""
    dice = random.Random(seed)
    root = etree.fromstring(full_bytes(name, documents=dice.randint(1, 2), lines=dice.randint(1, 2)))
    for _ in range(dice.randint(1, 4)):
        el = dice.choice([el for el in root.iter(etree.Element) if el is not root] or [root])
        if dice.random() < 0.5 and not len(el):
            el.text = "".join(dice.choices(CRUMBS, k=dice.choice((0, 1, 2, 3, 4, 8, 14, 17, 18, 36))))
        elif el is not root:
            dice.choice(list(CHANGES.values()))(el)
    return f"seed {seed}", _bytes(root)


def roots(root: etree._Element) -> Iterator[Variant]:
    """The root's name and attributes."""
    local = etree.QName(root).localname
    for name in (
        "{urn:x}" + local,
        local,
        tag("CEB999Message"),
        tag("OrderHead"),
        tag("BaseTransfer"),
        tag(local[:6]),
    ):
        copy = deepcopy(root)
        copy.tag = name
        yield f"root {name}", _bytes(copy)
    for attribute in ("guid", "version"):
        for value in (
            "",
            "x",
            "x" * 10,
            "x" * 11,
            "x" * 35,
            "x" * 36,
            "字" * 36,
            "x" * 37,
            " " * 36,
            "a" * 36,
        ):
            copy = deepcopy(root)
            copy.set(attribute, value)
            yield f"@{attribute} = {value}", _bytes(copy)
        copy = deepcopy(root)
        del copy.attrib[attribute]
        yield f"no @{attribute}", _bytes(copy)
    for name in ("other", f"{{{CEB}}}guid", f"{{{XSI}}}schemaLocation", f"{{{XSI}}}nil", f"{{{XSI}}}type"):
        copy = deepcopy(root)
        copy.set(name, "urn:x y")
        yield f"@{name}", _bytes(copy)
    for change in ("text", "tail", "comment", "instruction", "child"):
        copy = deepcopy(root)
        if change != "tail":
            CHANGES[change](copy)
        yield f"root {change}", _bytes(copy)


def counts(name: str) -> Iterator[Variant]:
    """Bounds of documents, lines and subscriptions."""
    spec = SPEC[name]
    for documents in (0, 1, 2, 100, 101):
        yield f"{documents} documents", full_bytes(name, documents=documents)
    if spec.lines:
        for lines in (0, 1, 2, 99, 100, 101):
            yield f"{lines} lines", full_bytes(name, lines=lines)
    if spec.subscribe:
        for subscribes in (0, 5, 6):
            yield f"{subscribes} subscriptions", full_bytes(name, subscribes=subscribes)


EXTENSIONS = (
    "<ceb:name/><ceb:version/><ceb:Message/>",
    "<ceb:name>n</ceb:name><ceb:version>1</ceb:version><ceb:Message><a b='1'>x<c/></a></ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message><ceb:guid/></ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message> <a/> </ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message>x</ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message>\u00a0</ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message><a/>x</ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message><a/><b/></ceb:Message>",
    "<ceb:name/><ceb:version/><ceb:Message x='1'><a/></ceb:Message>",
    "<ceb:name/><ceb:version/>",
    "<ceb:version/><ceb:name/><ceb:Message/>",
    f"<ceb:name>{'n' * 31}</ceb:name><ceb:version/><ceb:Message/>",
)


def extensions(name: str) -> Iterator[Variant]:
    """The free extension, in its place, out of it, and twice."""
    plain = full_bytes(name).decode()
    signature = plain[plain.index("<ds:Signature") : plain.index("</ds:Signature>") + len("</ds:Signature>")]
    for body in EXTENSIONS:
        block = f"<ceb:ExtendMessage>{body}</ceb:ExtendMessage>"
        yield f"before: {body}", plain.replace(signature, block + signature).encode()
        yield f"after: {body}", plain.replace(signature, signature + block).encode()
    block = f"<ceb:ExtendMessage>{EXTENSIONS[0]}</ceb:ExtendMessage>"
    yield "twice", plain.replace(signature, block + block + signature).encode()
    yield "unsigned", plain.replace(signature, block).encode()
    yield "two signatures", plain.replace(signature, signature + signature).encode()


SIGNATURE_VALUES = (
    *("", "A", "AA", "AAA", "AAAA", "AA==", "AB==", "AAA=", "AAB=", "A===", "====", "AA AA", "A A A A"),
    *("AA= =", "\u00a0AAAA", "AAAA\u00a0", "字字字字", "AA-_", "\nAAAA\n", "AAAAA", "AAAA====", "AA==AAAA"),
)


def signature_values(root: etree._Element) -> Iterator[Variant]:
    for name in ("DigestValue", "SignatureValue", "X509Certificate", "KeyName"):
        yield from _texts(root, f".//{{{DS}}}{name}", iter(SIGNATURE_VALUES))
