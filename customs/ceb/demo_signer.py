"""A demo key that signs generated messages for real: RSA with SHA-1 as the specification allows it.

SHA-1 is the wire format's choice, not ours. The key stands for nobody: it is made on the spot, in a directory
of the demo, and its certificate says so. Cryptographic verification at intake does not exist yet;
`verifies` serves the tests and shows what it will have to do.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from customs.ceb.signature import C14N, ENVELOPED, RSA_SHA1, SHA1, Signer
from customs.ceb.spec import CEB, DS

KEY_FILE, CERTIFICATE_FILE = "ceb-demo-key.pem", "ceb-demo-certificate.pem"
SUBJECT = "DEMO ONLY"


def _make(directory: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SUBJECT)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = directory / KEY_FILE
    path.touch(mode=0o600)
    path.write_bytes(pem)
    (directory / CERTIFICATE_FILE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _ensure(directory: Path) -> None:
    """Two processes that come first at the same moment get one key: the second waits, and looks again."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / KEY_FILE).exists() or not (directory / CERTIFICATE_FILE).exists():
            _make(directory)


def _signed_info(digest: str, *, namespaces: str = "") -> str:
    """SignedInfo in canonical form; in the document it stands without the namespaces it inherits."""
    return (
        f"<ds:SignedInfo{namespaces}>"
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA1}"></ds:SignatureMethod>'
        '<ds:Reference URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA1}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def demo_signer(directory: Path) -> Signer:
    """A signer for `write` with the demo key of `directory`; key and certificate are made when missing."""
    _ensure(directory)
    key = serialization.load_pem_private_key((directory / KEY_FILE).read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((directory / CERTIFICATE_FILE).read_bytes())
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the demo key is not an RSA key")
    return _signer(key, certificate)


def _signer(key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> Callable[[bytes], str]:
    der = _base64(certificate.public_bytes(serialization.Encoding.DER))
    key_name = f"{certificate.serial_number:x}"[:16]
    scope = f' xmlns:ceb="{CEB}" xmlns:ds="{DS}"'  # in scope through root and Signature

    def sign(unsigned: bytes) -> str:
        canonical = etree.tostring(etree.fromstring(unsigned), method="c14n", with_comments=False)
        digest = _base64(_sha1(canonical))
        signed = _signed_info(digest, namespaces=scope).encode()
        value = _base64(key.sign(signed, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303
        return (
            f'<ds:Signature xmlns:ds="{DS}">{_signed_info(digest)}'
            f"<ds:SignatureValue>{value}</ds:SignatureValue>"
            f"<ds:KeyInfo><ds:KeyName>{key_name}</ds:KeyName><ds:X509Data>"
            f"<ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
        )

    return sign


def verifies(data: bytes) -> bool:
    """Whether the RSA-SHA1 signature in `data` is right: digest and value.

    Written apart from the signer: it canonicalises the parsed document. It trusts the certificate inside.
    """
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    ds = f"{{{DS}}}"
    signature = root.find(f"{ds}Signature")
    info = None if signature is None else signature.find(f"{ds}SignedInfo")
    if signature is None or info is None:
        return False
    canonical = etree.tostring(info, method="c14n", with_comments=False)
    value = base64.b64decode(signature.findtext(f"{ds}SignatureValue") or "")
    der = base64.b64decode(signature.findtext(f".//{ds}X509Certificate") or "")
    digest = base64.b64decode(info.findtext(f".//{ds}DigestValue") or "")
    public = x509.load_der_x509_certificate(der).public_key()
    root.remove(signature)
    if _sha1(etree.tostring(root, method="c14n", with_comments=False)) != digest:
        return False
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    try:
        public.verify(value, canonical, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature:
        return False
    return True
