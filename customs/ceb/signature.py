"""The XML signature inside a message: its presence and form, and a demo signer.

Form after chapter 6 of the 202205 specification: enveloped XML-DSig, inclusive C14N 1.0, RSA with SHA-1 or
SM2 with SM3 under customs' own algorithm names, one reference to the whole document with the enveloped
transform, key name and X.509 certificate. Narrower than the XML-DSig schema on purpose.

Nothing here verifies a signature at intake yet; until that comes login or client vouches for the sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from customs.ceb.codes import TEXTS
from customs.ceb.message import SignatureInfo
from customs.ceb.spec import DS
from customs.ceb.values import SPACE
from reference.problems import Problem

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
RSA_SHA1, SHA1 = f"{DS}rsa-sha1", f"{DS}sha1"
SM2_SM3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"
SM3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"

ALGORITHMS = {
    "CanonicalizationMethod": frozenset({C14N}),
    "SignatureMethod": frozenset({RSA_SHA1, SM2_SM3}),
    "Transform": frozenset({ENVELOPED}),
    "DigestMethod": frozenset({SHA1, SM3}),
}
# Every element with its children, in order. KeyInfo's two may change places.
TREE: dict[str, tuple[str, ...]] = {
    "Signature": ("SignedInfo", "SignatureValue", "KeyInfo"),
    "SignedInfo": ("CanonicalizationMethod", "SignatureMethod", "Reference"),
    "Reference": ("Transforms", "DigestMethod", "DigestValue"),
    "Transforms": ("Transform",),
    "KeyInfo": ("KeyName", "X509Data"),
    "X509Data": ("X509Certificate",),
}
BASE64_VALUES = frozenset({"SignatureValue", "DigestValue", "X509Certificate"})
_ATTRIBUTES = {**dict.fromkeys(ALGORITHMS, frozenset({"Algorithm"})), "Reference": frozenset({"URI"})}
_QUADS = r"(?:[A-Za-z0-9+/]{4})*"
_BASE64 = re.compile(
    rf"{_QUADS}(?:[A-Za-z0-9+/]{{4}}|[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{{2}}[AEIMQUYcgkosw048]=)", re.ASCII
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_SPACE = re.compile(r"[ \t\r\n]+")


def _local(tag: str) -> str:
    """The name without the signature namespace; names of other namespaces, or of none, stay recognisable."""
    prefix = f"{{{DS}}}"
    return tag[len(prefix) :] if tag.startswith(prefix) else f"?{tag}"


def _form(path: str, detail: str) -> Problem:
    return Problem("ceb.signature.form", path, TEXTS["ceb.signature.form"], {"detail": detail})


def _check_attributes(el: etree._Element, name: str, path: str) -> Iterator[Problem]:
    allowed = _ATTRIBUTES.get(name, frozenset())
    for key, value in el.attrib.items():
        named = str(key)
        if name == "Signature" and named == "Id" and _ID.fullmatch(str(value)):
            continue
        if named not in allowed:
            yield _form(f"{path}/@{named}", named)
    if name in ALGORITHMS:
        algorithm = el.get("Algorithm")
        if algorithm not in ALGORITHMS[name]:
            params = {"algorithm": str(algorithm or "–"), "name": name}
            yield Problem("ceb.signature.algorithm", path, TEXTS["ceb.signature.algorithm"], params)
    if name == "Reference" and el.get("URI") != "":
        yield _form(f"{path}/@URI", 'URI=""')


def _check_value(el: etree._Element, name: str, path: str) -> Iterator[Problem]:
    text = el.text or ""
    if name in BASE64_VALUES:
        if not _BASE64.fullmatch(_SPACE.sub("", text)):
            yield _form(path, "Base64")
    elif name == "KeyName":
        if not text.strip():
            yield _form(path, name)
    elif text.strip(SPACE):
        yield _form(path, "text")


def _check_element(el: etree._Element, name: str, path: str) -> Iterator[Problem]:
    yield from _check_attributes(el, name, path)
    yield from _check_value(el, name, path)
    wanted = TREE.get(name, ())
    found = tuple(_local(str(child.tag)) for child in el)
    if found != wanted and not (name == "KeyInfo" and found == wanted[::-1]):
        yield _form(path, " ".join(found) or "–")
    for child in el:
        local = _local(str(child.tag))
        if (child.tail or "").strip(SPACE):
            yield _form(path, "text")
        if local in wanted:
            yield from _check_element(child, local, f"{path}/ds:{local}")


def form_problems(el: etree._Element, path: str) -> list[Problem]:
    """Everything wrong with the form of a `ds:Signature` element. Says nothing about who signed."""
    return list(_check_element(el, "Signature", path))


def _text(el: etree._Element, *path: str) -> str:
    return (el.findtext("/".join(f"{{{DS}}}{step}" for step in path)) or "").strip()


def _algorithm(el: etree._Element, *path: str) -> str:
    found = el.find("/".join(f"{{{DS}}}{step}" for step in path))
    return "" if found is None else (found.get("Algorithm") or "")


def signature_info(el: etree._Element) -> SignatureInfo:
    """What the signature says about itself."""
    return SignatureInfo(
        method=_algorithm(el, "SignedInfo", "SignatureMethod"),
        digest_method=_algorithm(el, "SignedInfo", "Reference", "DigestMethod"),
        digest=_text(el, "SignedInfo", "Reference", "DigestValue"),
        value=_SPACE.sub("", _text(el, "SignatureValue")),
        key_name=_text(el, "KeyInfo", "KeyName"),
        certificate=_SPACE.sub("", _text(el, "KeyInfo", "X509Data", "X509Certificate")),
    )


Signer = Callable[[bytes], str]
"""Takes the finished message without a signature, gives the `ds:Signature` element to put into it."""
