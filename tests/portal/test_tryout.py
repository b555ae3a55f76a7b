"""What the demonstration offers to try is what the stand-in really does, and is there in the demonstration alone."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from agencies import b2b, offices, police, scenarios, tax
from customs.ceb import check
from portal import tryout
from portal.forms import FreshSetForm
from tests.conftest import BASE

ENGLISH = {"Accept-Language": "en"}
POLICE = {*police.VERDICTS, *police.STATUSES, "local-missing", "malformed"}


@pytest.mark.parametrize(
    ("actor", "known"),
    [
        (tryout.CUSTOMS, {row.token for row in scenarios.SCENARIOS}),
        (tryout.OFFICES, {row.token for row in offices.SCENARIOS}),
        (tryout.TAX, {row.token for row in tax.SCENARIOS}),
        (tryout.B2B, {row.token for row in b2b.SCENARIOS}),
        (tryout.POLICE, POLICE),
    ],
    ids=lambda value: value.code if isinstance(value, tryout.Actor) else "",
)
def test_the_tables_are_those_of_the_stand_in_and_stand_in_the_docs(
    actor: tryout.Actor, known: set[str]
) -> None:
    assert {one.token for one in actor.scenarios} == known
    written = set(re.findall(r"`([^`]+)`", (BASE / "docs" / "agencies" / "scenarios.md").read_text()))
    assert known <= written


def test_each_file_offered_is_there_with_its_login() -> None:
    offered = [name for story in tryout.stories() for name, _login in story.files]
    assert sorted(offered) == sorted(name for name in tryout.demo_files() if "/" in name)
    assert all(tryout.file_of(name) for name in offered)
    assert tryout.file_of("README.md") is tryout.file_of("../../etc/passwd") is None


def test_a_fresh_set_is_coherent_has_new_numbers_and_its_scenario_in_both_notes() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    runs = {tryout.run_of(now + timedelta(seconds=n)) for n in range(500)}
    assert len(runs) == 500
    (run, other) = sorted(runs)[:2]
    archive = zipfile.ZipFile(io.BytesIO(tryout.fresh_set("O01", "return:1332", run)))
    content = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert len(content) == 4
    assert all(check(message, business=True).accepted for message in content.values())
    noted = [name for name, message in content.items() if b"scenario=return:1332" in message]
    assert sorted(noted) == ["a-CEB311-order.xml", "g-CEB621-list.xml"]
    assert all(run.encode() in message for message in content.values())
    assert run.encode() not in tryout.fresh_set("O01", "", other)


def test_a_slip_in_the_scenario_is_told() -> None:
    assert FreshSetForm({"order": "O01", "scenario": ""}).is_valid()
    assert FreshSetForm({"order": "O02", "scenario": "review:20"}).is_valid()
    for wrong in ("relaese", "return 1332", "x" * 99):
        assert not FreshSetForm({"order": "O01", "scenario": wrong}).is_valid(), wrong


@pytest.mark.django_db
def test_the_page_is_there_in_the_demonstration_alone(client: Client, settings) -> None:
    addresses = ("/try/", "/try/files/O01/a-CEB311-order.xml", "/try/set/?order=O01&scenario=release")
    settings.DEMO = False
    for address in addresses:
        assert client.get(address).headers["Location"] == "/"
    settings.DEMO = True
    page, file, packed = (client.get(address, headers=ENGLISH) for address in addresses)
    html = page.content.decode()
    assert "scenario=return:&lt;code&gt;" in html
    assert "/services/overseas-warehouse/" in html
    assert file.content == tryout.file_of("O01/a-CEB311-order.xml")
    assert packed.headers["Content-Type"] == "application/zip"
    assert client.get("/try/files/O01/nothing.xml").status_code == 404
    assert client.get("/try/set/?order=O99").status_code == 400
