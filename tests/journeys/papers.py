"""Papers as a person handles them: downloaded, read, and verified by their code on the public page."""

from __future__ import annotations

import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asn1crypto import pem, x509
from playwright.sync_api import Locator, Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

CODE = re.compile(r"\b(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}\b")


def downloaded(page: Page, link: Locator) -> bytes:
    """What a link gives, as a download and never as a page."""
    link.evaluate("a => a.setAttribute('download', '')")
    with page.expect_download() as downloading:
        link.click()
    return Path(downloading.value.path()).read_bytes()


def behind(page: Page, address: str) -> bytes:
    """The PDF at an address, for who is logged in on that page."""
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf"), address
    return answer.body()


def text_of(pdf: bytes) -> str:
    """All its words."""
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)


def confirmed(stranger: Page, pdf: bytes) -> tuple[str, bool]:
    """The words of a paper whose code a stranger finds genuine; whether it is, byte for byte, the file issued."""
    text = text_of(pdf)
    code = CODE.search(text)
    assert code, text
    stranger.goto(f"/verify/{code.group()}/")
    said = stranger.locator("main")
    expect(said).to_contain_text("Genuine.")
    same = hashlib.sha256(pdf).hexdigest() in said.inner_text()
    assert same == signed(stranger, pdf), "digest and signature disagree"
    return text, same


def signed(stranger: Page, pdf: bytes) -> bool:
    """Whether the portal's signature, by the certificate that anybody can fetch, is over this whole file."""
    answer = stranger.request.get("/papers/signing-certificate.pem")
    trusted = x509.Certificate.load(pem.unarmor(answer.body())[2])
    # Playwright holds this thread's event loop.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_signed_by, trusted, pdf).result()


def _signed_by(trusted: x509.Certificate, pdf: bytes) -> bool:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    return bool(validate_pdf_signature(signature, context).bottom_line)


def verified(stranger: Page, pdf: bytes, *printed: str) -> str:
    """The words of a genuine paper, with what must be printed on it; its digest and signature hold."""
    text, same = confirmed(stranger, pdf)
    assert same
    lacking = [words for words in printed if _run_together(words) not in _run_together(text)]
    assert lacking == [], text
    return text


def found_out(stranger: Page, pdf: bytes) -> None:
    """A copy with one byte changed is not the file that was issued; a code with one letter changed is nobody's."""
    comment = pdf.index(b"\n%") + 2  # the line that tells a PDF from text: no reader shows it
    altered = pdf[:comment] + bytes([pdf[comment] ^ 1]) + pdf[comment + 1 :]
    text, same = confirmed(stranger, altered)
    assert not same
    code = CODE.search(text)
    assert code
    stranger.goto(f"/verify/{code.group()[:-1]}{'3' if code.group()[-1] == '2' else '2'}/")
    expect(stranger.locator("main")).to_contain_text("Not genuine.")


def _run_together(text: str) -> str:
    """Without the places where lines break."""
    return "".join(text.split())


def look_again(page: Page, wanted: Locator) -> None:
    """Until it is there, on a page that does not renew itself."""
    for _again in range(120):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())
