"""Presence and form of signatures, and that the demo signer really signs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from customs.ceb import SPEC, check, demo_signer, write
from customs.ceb.demo_signer import KEY_FILE, verifies
from customs.ceb.signature import SM2_SM3, SM3
from tests.customs.ceb.samples import full_bytes, full_message


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "demo"


@pytest.mark.parametrize("name", ["CEB311", "CEB411", "CEB511", "CEB621", "CEB603", "CEB303"])
def test_demo_signatures_are_right_and_accepted(name: str, keys: Path) -> None:
    data = write(full_message(SPEC[name], documents=2), sign=demo_signer(keys))

    assert verifies(data)
    assert check(data).problems == ()


def test_a_changed_message_no_longer_verifies(keys: Path) -> None:
    data = write(full_message(SPEC["CEB621"]), sign=demo_signer(keys))

    assert not verifies(data.replace(b"<ceb:orderNo>A<", b"<ceb:orderNo>B<"))
    assert not verifies(data.replace(b'URI=""', b'URI="#x"'))
    assert not verifies(full_bytes("CEB622"))


def test_the_key_stays_and_is_private(keys: Path) -> None:
    demo_signer(keys)
    before = (keys / KEY_FILE).read_bytes()
    demo_signer(keys)

    assert (keys / KEY_FILE).read_bytes() == before
    assert stat.S_IMODE((keys / KEY_FILE).stat().st_mode) == 0o600


def test_replies_are_never_signed(keys: Path) -> None:
    assert b"Signature" not in write(full_message(SPEC["CEB622"]), sign=demo_signer(keys))


def test_the_new_algorithms_are_accepted() -> None:
    data = full_bytes("CEB621").replace(b"http://www.w3.org/2000/09/xmldsig#rsa-sha1", SM2_SM3.encode())
    data = data.replace(b"http://www.w3.org/2000/09/xmldsig#sha1", SM3.encode())

    assert check(data).accepted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("REC-xml-c14n-20010315", "REC-xml-c14n-20010315#WithComments"),
        ("xmldsig#rsa-sha1", "xmldsig#sm2-sm3"),
        ("xmldsig#sha1", "xmldsig#sha256"),
        ("enveloped-signature", "base64"),
    ],
)
def test_other_algorithms_are_refused(old: str, new: str) -> None:
    codes = [p.code for p in check(full_bytes("CEB621").replace(old.encode(), new.encode())).problems]

    assert codes == ["ceb.signature.algorithm"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('URI=""', 'URI="#a"'),
        ('Reference URI=""', "Reference"),
        ("<ds:KeyName>0001</ds:KeyName>", ""),
        ("<ds:KeyName>0001</ds:KeyName>", "<ds:KeyName> </ds:KeyName>"),
        ("MIIEWzCCA8Q=", "not base64!"),
        ("MIIEWzCCA8Q=", ""),
        ("<ds:KeyInfo>", "<ds:KeyInfo>text"),
    ],
)
def test_other_forms_are_refused(old: str, new: str) -> None:
    data = full_bytes("CEB621")
    assert old.encode() in data
    problems = check(data.replace(old.encode(), new.encode())).problems

    assert {p.code for p in problems} == {"ceb.signature.form"}
    assert all(p.path.startswith("/CEB621Message/ds:Signature") for p in problems)


@pytest.mark.parametrize(
    ("name", "level"),
    [("CEB621", "error"), ("CEB711", "error"), ("CEB603", "warning"), ("CEB311", "warning")],
)
def test_a_missing_signature_is_named(name: str, level: str) -> None:
    spec = SPEC[name]
    message = full_message(spec)
    message.documents[0].head["appStatus"] = "2"
    (problem,) = check(write(message)).problems

    assert problem.level == level
    assert problem.code == ("ceb.signature.missing" if level == "error" else "ceb.spec.signature")


def test_a_document_only_saved_needs_no_signature() -> None:
    message = full_message(SPEC["CEB311"])
    message.documents[0].head["appStatus"] = "1"

    assert check(write(message)).problems == ()
