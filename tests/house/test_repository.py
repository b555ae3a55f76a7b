"""Tests of the repository itself: what a reader relies on and no single test would notice."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.utils.module_loading import import_string

from tests.conftest import BASE, CEB_REFERENCE

ROOMS = (
    "portal",
    "customs",
    "filing",
    "forex",
    "credit",
    "submissions",
    "accounts",
    "reference",
    "trail",
    "agencies",
    "local",
    "bench",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository that is there, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for line in listed.stdout.splitlines() if (path := BASE / line).is_file())


def python_files() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and "migrations" not in p.parts]


def text_of(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_the_walk_finds_the_rooms() -> None:
    found = {path.relative_to(BASE).parts[0] for path in tracked()}
    assert found >= {*ROOMS, "templates", "static", "tests", "docs", "locale"}


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(path.relative_to(BASE)): lines
        for path in tracked()
        if path.suffix in {".py", ".html", ".js"} and (lines := len(text_of(path).splitlines())) > LONGEST_FILE
        and "migrations" not in path.parts
    }  # fmt: skip
    assert long == {}


def test_no_function_is_too_long_to_read() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(BASE)}:{node.name} {length}")
    assert long == []


def test_no_sentence_hides_in_an_f_string() -> None:
    """The collector of sentences does not look into them, so it would stay in English."""
    marked = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "gettext_noop"}
    hidden = [
        f"{path.relative_to(BASE)}:{node.lineno}"
        for path in python_files()
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marked
    ]
    assert hidden == []


def test_no_address_of_a_package_registry_stands_anywhere() -> None:
    pattern = re.compile(r'"resolved": *"http|https?://[^ "]+/(simple|packages)/|^--(extra-)?index-url', re.M)
    assert [p for p in tracked() if p != Path(__file__) and pattern.search(text_of(p))] == []


def test_no_path_of_one_machine_stands_anywhere() -> None:
    pattern = re.compile(r"(?<![\w.])/(work|root)/(?!\.)")
    assert [p for p in tracked() if p != Path(__file__) and pattern.search(text_of(p))] == []


def test_customs_own_files_are_not_copied_here() -> None:
    assert [p for p in tracked() if p.suffix == ".xsd"] == []


def test_tests_with_customs_files_run_where_the_files_are(ceb_reference: Path) -> None:
    """The fixture itself must not skip while the folder is there (the session fails, see tests/conftest.py)."""
    assert ceb_reference == CEB_REFERENCE
    assert (ceb_reference / "xsd" / "202205").is_dir()


def test_every_entry_of_the_beat_is_a_task() -> None:
    import_string("portal.celery.app").loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert names <= set(current_app.tasks)


def test_every_template_is_used() -> None:
    folder = BASE / "templates"
    text = "\n".join(text_of(p) for p in tracked() if p.suffix in {".py", ".html"})
    # Found by name by Django or allauth, not named by us.
    by_convention = re.compile(
        r"^(account|mfa|usersessions|allauth|admin|registration|rest_framework|idp|drf_spectacular)/|^(400|403|404|500|403_csrf)\.html$"
    )
    unused = [
        name
        for path in tracked()
        if path.is_relative_to(folder) and path.suffix == ".html"
        and not by_convention.search(name := str(path.relative_to(folder))) and name not in text
    ]  # fmt: skip
    assert unused == []


def test_states_are_written_by_the_lifecycle_alone() -> None:
    pattern = re.compile(r"\.update\([^)]*\bstate=|^\s*[\w.]+\.state = |\bSET\b[^\"']*\bstate = ", re.M)
    assert pattern.search("SET state = a.to_state")
    assert pattern.search("row.state = 1")
    writers = {
        str(path.relative_to(BASE))
        for room in ("submissions", "filing", "forex", "customs", "portal")
        for path in (BASE / room).rglob("*.py")
        if pattern.search(path.read_text())
        and not {"lifecycle", "lifecycle.py", "migrations"} & set(path.parts)
    }
    assert writers == set()


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((BASE / "docker-compose.yml").read_text())


def test_compose_has_the_parts_of_make_run(compose: dict) -> None:
    assert set(compose["services"]) >= {
        "web",
        "worker",
        "beat",
        "agencies",
        "postgres",
        "redis",
        "mail",
        "proxy",
    }
    source = (BASE / "local" / "run.py").read_text()
    for name in ("web", "worker", "beat", "agencies"):
        assert f'"{name}": [' in source


def test_laptop_and_servers_are_on_one_major_of_postgresql(compose: dict) -> None:
    image = compose["services"]["postgres"]["image"]
    major = image.partition(":")[2].partition(".")[0]
    assert f'"pginstall{major}"' in (BASE / "local" / "postgres_binaries.py").read_text()


def test_compose_sets_only_variables_that_the_code_reads(compose: dict) -> None:
    code = "\n".join(
        text_of(p)
        for p in python_files()
        if p.is_relative_to(BASE / "portal") or p.is_relative_to(BASE / "agencies")
    )
    names = {*compose["x-portal"]["environment"], *compose["services"]["agencies"]["environment"]}
    assert [name for name in names if f'"{name}"' not in code] == []


def test_every_variable_is_documented() -> None:
    page = (BASE / "docs" / "configuration.md").read_text()
    source = (BASE / "portal" / "settings.py").read_text() + (BASE / "agencies" / "settings.py").read_text()
    names = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source)) | set(
        re.findall(r'"(AGENCIES_[A-Z]+)"', source)
    )
    assert len(names) > 15
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_what_stands_in_the_image_is_what_the_code_needs() -> None:
    """The system libraries of the PDFs are named once in local/system.py and again in the Dockerfile."""
    from local.system import NEEDS

    text = (BASE / "Dockerfile").read_text()
    assert [need.package for need in NEEDS["pdf"] if need.package not in text] == []


def test_continuous_integration_does_what_a_user_does() -> None:
    lines = (BASE / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]


def test_translation_functions_keep_the_names_that_the_extractor_knows() -> None:
    """A sentence behind another alias is never collected, so "nothing is missing" would be said of it too."""
    aliases = re.compile(r"import .*\b\w*gettext\w* as (?!_\b)\w+")
    assert aliases.search("from django.utils.translation import gettext as _now")
    assert [p for p in python_files() if p != Path(__file__) and aliases.search(p.read_text())] == []
