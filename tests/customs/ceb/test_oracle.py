"""Customs' own schema as the judge of ours, over single-fault variants of a valid message of every kind."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.utils import translation
from lxml import etree

from customs.ceb import SPEC, SPEC_CODES, STRICTER_CODES, check
from customs.ceb.check import walk
from customs.ceb.codes import SCHEMA_CODES
from customs.ceb.fast import is_clean
from customs.ceb.layout import layout
from customs.ceb.xml import parse
from tests.customs.ceb import faults
from tests.customs.ceb.conftest import CustomsFiles
from tests.customs.ceb.samples import full_bytes, mended

pytestmark = pytest.mark.customs_files

SIGNED = [name for name, spec in SPEC.items() if spec.signature != "none"]


def judge(files: CustomsFiles, name: str, variants: Iterable[faults.Variant]) -> tuple[int, int]:
    """Compare verdicts; how many variants there were and how many the schema refused."""
    schema = files.schema(SPEC[name].direction)
    seen = refused = 0
    for what, data in variants:
        seen += 1
        valid = schema.validate(etree.fromstring(data))
        report = check(data)
        if report.problems == ():  # decided in C: the walk in Python must say the same
            assert walk(parse(data), SPEC[name]) == [], f"{name} {what}"
        errors = [problem for problem in report.problems if problem.level == "error"]
        if not valid:
            refused += 1
            assert errors, f"{name} {what}: the schema refuses it ({schema.error_log.last_error}), we do not"
        elif errors:
            beyond = {problem.code for problem in errors} - STRICTER_CODES
            assert not beyond, f"{name} {what}: the schema accepts it, we refuse with {beyond}"
        for problem in report.problems:
            assert problem.path.startswith("/")
            assert problem.code in SCHEMA_CODES | STRICTER_CODES | SPEC_CODES
    return seen, refused


@pytest.mark.parametrize("name", SPEC)
def test_a_full_message_is_accepted_by_both_without_remarks(name: str, customs_files: CustomsFiles) -> None:
    data = full_bytes(name)
    schema = customs_files.schema(SPEC[name].direction)

    assert schema.validate(etree.fromstring(data)), schema.error_log
    assert check(data).problems == ()
    assert is_clean(parse(data.replace(b"20240229", b"20240228")), layout(name))


@pytest.mark.parametrize("name", SPEC)
def test_every_value(name: str, customs_files: CustomsFiles) -> None:
    seen, refused = judge(customs_files, name, faults.values(etree.fromstring(full_bytes(name)), SPEC[name]))

    assert seen > 100
    assert refused > 20


@pytest.mark.parametrize("name", SPEC)
def test_every_change_of_structure(name: str, customs_files: CustomsFiles) -> None:
    seen, refused = judge(customs_files, name, faults.structure(etree.fromstring(full_bytes(name))))

    assert refused > seen // 3


@pytest.mark.parametrize("name", SPEC)
def test_root_and_counts(name: str, customs_files: CustomsFiles) -> None:
    root = etree.fromstring(full_bytes(name))

    judge(customs_files, name, faults.roots(root))
    seen, refused = judge(customs_files, name, faults.counts(name))

    assert 0 < refused < seen


@pytest.mark.parametrize("name", SIGNED)
def test_extension_and_signature(name: str, customs_files: CustomsFiles) -> None:
    judge(customs_files, name, faults.extensions(name))
    seen, refused = judge(customs_files, name, faults.signature_values(etree.fromstring(full_bytes(name))))

    assert 0 < refused < seen


@pytest.mark.parametrize("name", SPEC)
def test_several_faults_at_once(name: str, customs_files: CustomsFiles) -> None:
    seen, refused = judge(customs_files, name, (faults.several(name, seed) for seed in range(60)))

    assert 0 < refused < seen


def test_samples_with_one_value_changed(customs_files: CustomsFiles) -> None:
    seen = 0
    for name, data in customs_files.samples().items():
        root = mended(name, data)
        assert check(etree.tostring(root)).accepted
        seen += judge(customs_files, name, _one_line_each(root))[0]

    assert seen > 1000


def _one_line_each(root: etree._Element) -> Iterable[faults.Variant]:
    """Drop every second-document element once: late positions, other neighbours than in the full message."""
    for el in list(root.iter(etree.Element)):
        parent = el.getparent()
        if parent is None:
            continue
        at = parent.index(el)
        parent.remove(el)
        yield f"without {etree.QName(el).localname}", etree.tostring(root)
        parent.insert(at, el)


def test_every_text_formats_in_both_languages() -> None:
    data = full_bytes("CEB621")
    variants = [*faults.structure(etree.fromstring(data))][:400]
    found = {p.code: p for _, variant in variants for p in check(variant, strict=True).problems}
    assert len(found) > 8
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(problem.text and "{" not in problem.text for problem in found.values())
