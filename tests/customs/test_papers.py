"""Papers: issued once, signed, readable, with every glyph, and true to what was frozen."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from customs.demo import story_set
from customs.models import Inventory
from local.fonts import FOLDER, WEIGHTS
from reference.problems import Refused
from submissions import papers, signing
from submissions.models import Paper, Submission
from tests.customs.factories import World
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db


def acknowledged(here: World, type_: str = "CEB621") -> Paper:
    received = here.hand_in(type_, story_set("O01")[type_])
    return papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, received.submission, by=SYSTEM)


def released(here: World) -> Inventory:
    """O01's list as customs' release leaves it."""
    inventory = here.declared("O01")
    Inventory.objects.filter(pk=inventory.pk).update(
        state="released",
        released_at=datetime(2026, 11, 3, 3, 9, tzinfo=UTC),
        invt_no="02132026I000000001",
    )
    inventory.refresh_from_db()
    return inventory


def certified(inventory: Inventory) -> Paper:
    submission = Submission.objects.get(pk=inventory.message_id)
    return papers.ensure(
        Paper.Kind.CERTIFICATE, submission, by=SYSTEM, object_type="inventory", object_id=str(inventory.pk)
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("type_", ["CEB311", "CEB411", "CEB511", "CEB621"])
def test_an_acknowledgement_names_what_was_handed_in(here: World, type_: str) -> None:
    paper = acknowledged(here, type_)
    text = text_of(papers.pdf(paper)).replace("\n", "")
    submission = paper.submission
    assert submission.reference is not None
    for expected in (
        submission.reference,
        submission.payload_sha256,
        submission.company.name,
        type_,
        paper.code,
    ):
        assert expected in text
    assert "第 1 页 / 共 1 页" in text


def test_a_certificate_carries_the_list_its_goods_and_its_tax(here: World) -> None:
    text = text_of(papers.pdf(certified(released(here))))
    for expected in ("02132026I000000001", "1901101090", "142.51", "1,566.00", "2026-11-03 11:09:00", "赵**"):
        assert expected in text
    assert "赵示例" not in text
    assert "120199199003150246" not in text


def test_a_list_that_is_not_released_has_no_certificate(here: World) -> None:
    with pytest.raises(Refused) as refused:
        certified(here.declared("O01"))
    assert [problem.code for problem in refused.value.problems] == ["paper.not_released"]
    assert not Paper.objects.exists()


def test_a_paper_is_issued_once_and_stays_the_same(here: World) -> None:
    paper = acknowledged(here)
    first = papers.pdf(paper)
    again = papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, paper.submission, by=SYSTEM)
    assert again.pk == paper.pk
    assert papers.pdf(again) == first
    assert bytes(Paper.objects.get().sealed_pdf or b"").find(b"%PDF") == -1


def test_the_signature_covers_the_whole_file_and_breaks_with_one_byte(here: World) -> None:
    pdf = papers.pdf(acknowledged(here))
    trusted = ValidationContext(trust_roots=[signing.signer().signing_cert])
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    status = validate_pdf_signature(signature, trusted)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert signature.compute_integrity_info is not None
    broken = pdf.replace(b"/Producer", b"/Producfr", 1)
    assert broken != pdf
    spoilt = validate_pdf_signature(PdfFileReader(io.BytesIO(broken)).embedded_signatures[0], trusted)
    assert not spoilt.intact


def test_no_page_has_a_missing_glyph(here: World) -> None:
    """Each character is in the font that is named, and no other font was fallen back to."""
    known = set.intersection(
        *(set(TTFont(FOLDER / f"NotoSansSC_{weight}.ttf").getBestCmap()) for weight in WEIGHTS)
    )
    certificate = certified(released(here))
    acknowledgement = papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, certificate.submission, by=SYSTEM)
    for pdf in (papers.pdf(acknowledgement), papers.pdf(certificate)):
        reader = PdfReader(io.BytesIO(pdf))
        fonts = {
            str(font.get_object()["/BaseFont"])
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
        }
        assert fonts
        assert all("Noto-Sans-SC" in name for name in fonts), fonts
        text = text_of(pdf)
        assert "\ufffd" not in text
        assert {c for c in text if not c.isspace() and ord(c) not in known} == set()


def test_anyone_verifies_a_paper_by_its_code(here: World, client: Client) -> None:
    paper = acknowledged(here)
    typed = paper.code.lower().replace("-", " ")
    assert client.get("/verify/", {"code": typed}).headers["Location"] == f"/verify/{paper.code}/"
    page = client.get(f"/verify/{paper.code}/").content.decode()
    assert paper.submission.reference is not None
    assert paper.submission.reference in page
    assert client.get("/verify/2222-2222-2222-2222/").status_code == 404
    Paper.objects.update(revoked_at=datetime.now(UTC))
    assert "box-attention" in client.get(f"/verify/{paper.code}/").content.decode()


def test_codes_are_not_guessed_and_not_misread() -> None:
    codes = {papers.new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(papers.normalise(code.lower().replace("-", "")) == code for code in codes)
    assert not set("01IO") & set("".join(codes))
