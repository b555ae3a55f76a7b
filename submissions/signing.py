"""Signatures on our own papers: PAdES with a key under `SIGNING_DIR`.

A demonstration key and its self-signed signing certificate are made there on first use; an installation puts its
own PKCS#12 file in their place.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

NAME = "papers.p12"
YEARS = 5


def _make(path: Path) -> None:
    """A new key; two processes may try at once, the first file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Single window papers (demonstration)"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pilot zone (demonstration)"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    data = pkcs12.serialize_key_and_certificates(
        b"papers", key, certificate, None, serialization.NoEncryption()
    )
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


@cache
def signer() -> signers.SimpleSigner:
    """The signer of this installation."""
    path = Path(settings.SIGNING_DIR) / NAME
    if not path.exists():
        _make(path)
    loaded = signers.SimpleSigner.load_pkcs12(str(path))  # type: ignore[no-untyped-call]
    if loaded is None:
        raise RuntimeError(f"{path} holds no usable key")
    return loaded


def certificate_pem() -> bytes:
    """The signing certificate, for those who check papers offline."""
    certificate = signer().signing_cert
    assert certificate is not None  # noqa: S101 - a PKCS#12 signer has one
    der = certificate.dump()
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def sign(pdf: bytes, *, reason: str) -> bytes:
    """The PDF with one invisible signature over all of it."""
    metadata = signers.PdfSignatureMetadata(
        field_name="Portal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    output = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), metadata, signer=signer())
    return output.getvalue()  # type: ignore[no-any-return]
