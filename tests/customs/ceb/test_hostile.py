"""Input made to harm: refused with a name, fast, and without touching anything outside."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from customs.ceb import Refused, check, mask, read, read_reply
from customs.ceb.check import MAX_PROBLEMS
from customs.ceb.xml import MAX_BYTES
from tests.customs.ceb.samples import full_bytes

CEB = b'xmlns="http://www.chinaport.gov.cn/ceb"'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "ha">%s]>' % b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
)


def with_prolog(prolog: bytes, name: str = "CEB311") -> bytes:
    return full_bytes(name).replace(b'<?xml version="1.0" encoding="UTF-8"?>\n', prolog)


HOSTILE = {
    "billion laughs": (with_prolog(LAUGHS).replace(b">142<", b">&a9;<"), "ceb.xml.doctype"),
    "external entity": (
        with_prolog(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').replace(b">142<", b">&e;<"),
        "ceb.xml.doctype",
    ),
    "external subset": (with_prolog(b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">'), "ceb.xml.doctype"),
    "doctype behind a comment": (with_prolog(b"<!-- <a> --><?x y?>\n<!DOCTYPE x>"), "ceb.xml.doctype"),
    "doctype behind the mark": (b"\xef\xbb\xbf" + with_prolog(b"<!DOCTYPE x>"), "ceb.xml.doctype"),
    "lower-case doctype": (with_prolog(b"<!doctype x>"), "ceb.xml.doctype"),
    "undeclared entity": (full_bytes("CEB311").replace(b">142<", b">&e;<"), "ceb.xml.syntax"),
    "UTF-16": (full_bytes("CEB311").decode().encode("utf-16"), "ceb.xml.encoding"),
    "UTF-16 without mark": (full_bytes("CEB311").decode().encode("utf-16-le"), "ceb.xml.encoding"),
    "GBK": (with_prolog(b'<?xml version="1.0" encoding="GBK"?>'), "ceb.xml.encoding"),
    "single quotes": (with_prolog(b"<?xml version='1.0' encoding='ISO-8859-1'?>"), "ceb.xml.encoding"),
    "UTF-7": (with_prolog(b'<?xml version="1.0" encoding="UTF-7"?>'), "ceb.xml.encoding"),
    "wrong bytes": (full_bytes("CEB311").replace(b">142<", b">\xd6\xd0\xb9<"), "ceb.xml.syntax"),
    "XML 1.1": (with_prolog(b'<?xml version="1.1"?>'), "ceb.xml.version"),
    "XInclude": (
        full_bytes("CEB311").replace(
            b"</ceb:CEB311Message>",
            b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></ceb:CEB311Message>',
        ),
        "ceb.xml.xinclude",
    ),
    "deep nesting": (b"<a>" * 100_000 + b"</a>" * 100_000, "ceb.xml.depth"),
    "too large": (b"<a>" + b" " * (50 * 1024 * 1024) + b"</a>", "ceb.xml.size"),
    "nothing": (b"", "ceb.xml.syntax"),
    "not XML": (b"\x89PNG\r\n\x1a\n" + b"\x01" * 100, "ceb.xml.syntax"),
    "cut off": (full_bytes("CEB311")[:-9], "ceb.xml.syntax"),
    "two roots": (full_bytes("CEB311") + b"<a/>", "ceb.xml.syntax"),
    "attribute twice": (full_bytes("CEB311").replace(b" guid=", b" guid='' guid=", 1), "ceb.xml.syntax"),
    "unbound prefix": (full_bytes("CEB311").replace(b"ceb:note", b"q:note"), "ceb.xml.syntax"),
    "control character": (full_bytes("CEB311").replace(b">142<", b">\x01<"), "ceb.xml.syntax"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_refused_with_a_name_and_fast(what: str) -> None:
    data, code = HOSTILE[what]
    start = time.perf_counter()
    report = check(data)

    assert [problem.code for problem in report.problems] == [code]
    assert not report.accepted
    assert time.perf_counter() - start < 2
    for reader in (read, read_reply, mask):
        with pytest.raises(Refused) as caught:
            reader(data)
        assert caught.value.problems[0].code == code


def test_an_entity_cannot_carry_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("142")
    prolog = b'<!DOCTYPE x [<!ENTITY e SYSTEM "%s">]>' % secret.as_uri().encode()

    with pytest.raises(Refused):
        read(with_prolog(prolog).replace(b">142<", b">&e;<"))


def test_a_doctype_in_a_comment_or_text_is_none() -> None:
    data = full_bytes("CEB311").replace(b">A</ceb:orderNo>", b"><![CDATA[<!DOCTYPE x>]]></ceb:orderNo>")

    assert check(data).accepted
    assert read(data).documents[0].head["orderNo"] == "<!DOCTYPE x>"
    assert check(with_prolog(b"<!-- <!DOCTYPE x> -->")).accepted


@pytest.mark.parametrize(
    "body",
    [
        b"<a/>" * 2_000_000,
        b"<Order><OrderHead/></Order>" * 300_000,
        b"<Order>" + b"<OrderList/>" * 600_000 + b"</Order>",
        b"<BaseTransfer>x</BaseTransfer>" * 300_000,
    ],
)
def test_millions_of_problems_end(body: bytes) -> None:
    data = b"<CEB311Message %s>%s</CEB311Message>" % (CEB, body)
    assert len(data) < MAX_BYTES
    start = time.perf_counter()
    report = check(data)

    assert report.problems[-1].code == "ceb.problems.many"
    assert len(report.problems) == MAX_PROBLEMS + 1
    assert time.perf_counter() - start < 10
