"""The published samples: 29 fit customs' own schema, ten do not; we say the same, and why."""

from __future__ import annotations

import pytest

from customs.ceb import SPEC, check, read
from tests.customs.ceb.conftest import CustomsFiles
from tests.customs.ceb.samples import BAD_SAMPLES, full_bytes

pytestmark = pytest.mark.customs_files


def test_all_good_samples_are_accepted(customs_files: CustomsFiles) -> None:
    good = {name: data for name, data in customs_files.samples().items() if name not in BAD_SAMPLES}
    directions = [SPEC[name].direction for name in good]

    assert (directions.count("import"), directions.count("export")) == (16, 13)
    for name, data in good.items():
        report = check(data)
        assert report.accepted, report.problems
        assert report.message == name
        assert report.documents == len(read(data).documents) > 0


@pytest.mark.parametrize(("name", "code"), BAD_SAMPLES.items())
def test_the_ten_bad_samples_are_refused_with_the_reason(
    name: str, code: str, customs_files: CustomsFiles
) -> None:
    errors = {p.code for p in check(customs_files.samples()[name]).problems if p.level == "error"}

    assert errors == set(code.split())


def test_prefixes_do_not_matter(customs_files: CustomsFiles) -> None:
    data = customs_files.samples()["CEB411"]
    plain = data.replace(b"xmlns:ceb=", b"xmlns=").replace(b"<ceb:", b"<").replace(b"</ceb:", b"</")
    other = data.replace(b"xmlns:ceb=", b"xmlns:q=").replace(b"<ceb:", b"<q:").replace(b"</ceb:", b"</q:")

    assert check(plain).accepted
    assert check(other).accepted
    assert read(plain).documents == read(other).documents == read(data).documents


@pytest.mark.parametrize("name", SPEC)
def test_documents_are_counted(name: str) -> None:
    wanted = 1 if SPEC[name].max_documents == 1 else 3

    assert check(full_bytes(name, documents=wanted)).documents == wanted
