"""`manage.py ceb check` for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customs.ceb import SPEC, write
from customs.management.commands import ceb
from tests.customs.ceb.samples import full_bytes, full_message


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    contents = {
        "good": full_bytes("CEB411", documents=2),
        "bad": full_bytes("CEB311").replace(b">142<", b">840<"),
        "warned": full_bytes("CEB303").replace(b"<ceb:ebpName>A<", b"<ceb:ebpName><"),
        "hostile": b"<!DOCTYPE a><a/>",
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {name: str(tmp_path / name) for name in contents}


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceb, "load_codes", lambda: None)


def run(*args: str) -> int:
    try:
        call_command("ceb", "check", *args)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_one_json_object_a_line(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "--lang", "en", files["good"], files["bad"], files["hostile"]) == 1
    good, bad, hostile = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    assert good == {
        "file": files["good"],
        "message": "CEB411",
        "documents": 2,
        "accepted": True,
        "problems": [],
    }
    assert bad["accepted"] is False
    assert {"level", "code", "path", "text"} == bad["problems"][0].keys()
    assert bad["problems"][0]["code"] == "ceb.value.fixed"
    assert (hostile["message"], hostile["documents"]) == (None, 0)


def test_status_tells_refusal(files: dict[str, str]) -> None:
    assert run(files["good"], files["warned"]) == 0
    assert run("--strict", files["warned"]) == 1
    assert run(files["good"], files["bad"]) == 1
    assert run("--business", files["good"]) == 1  # the made-up identity number


def test_people_read_lines(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    run("--lang", "en", files["bad"])
    out, err = capsys.readouterr()

    assert "CEB311, 1 document, REFUSED" in out
    assert "error ceb.value.fixed /CEB311Message/Order[1]/OrderHead/currency: currency must be 142." in out
    assert "codes were not checked" in err


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_languages(language: str, files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    run("--json", "--lang", language, files["bad"])

    assert json.loads(capsys.readouterr().out)["problems"][0]["text"]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("ceb", "check", str(tmp_path / "nowhere"))


def test_code_tables_are_used_when_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ceb, "load_codes", lambda: {"currency": frozenset({"156"})})
    path = tmp_path / "payment.xml"
    path.write_bytes(write(full_message(SPEC["CEB411"])))

    run("--json", str(path))
    codes = [problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]]

    assert "ceb.table.unknown" in codes


def test_without_a_database_there_are_no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    import reference.selectors

    def down() -> None:
        raise OperationalError("down")

    monkeypatch.undo()
    monkeypatch.setattr(reference.selectors, "code_sets", down)
    assert ceb.load_codes() is None


@pytest.mark.django_db
def test_the_tables_come_from_the_reference_data(monkeypatch: pytest.MonkeyPatch) -> None:
    from reference.selectors import forget
    from reference.services import load_reference

    monkeypatch.undo()
    forget()
    assert ceb.load_codes() is None  # nothing loaded: nothing is said about any code
    load_reference()
    forget()
    found = ceb.load_codes()
    forget()  # the rows go with this test, what the process remembers would not

    assert found is not None
    assert "142" in found["currency"]
    tables = {f.table for s in SPEC.values() for b in (s.head, s.lines) if b for f in b.fields} - {""}
    assert tables <= found.keys()
