"""What all tests share: where customs' own files are, a closed network, a database of one's own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from local import fonts
from tests import template

BASE = Path(__file__).resolve().parent.parent
# Before anything draws: the libraries read it once.
os.environ.setdefault("FONTCONFIG_FILE", str(fonts.install()))
CEB_REFERENCE = Path(os.environ.get("CEB_REFERENCE", BASE.parent / "shared" / "domain" / "ceb"))
NO_REFERENCE = "customs' own schemas and samples are not at CEB_REFERENCE"


# Processes that share the work ("gw0", "gw1" …) have each a database and a number of the broker of their own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


# These start a whole portal each: one after the other, and first, for they take longest.
WHOLE_PORTAL = ("tests/journeys/", "tests/bench/", "tests/local/test_whole_run.py")
# A reader of the change feed waits for the oldest transaction of the whole server, so it never runs beside the
# house, which keeps one open for a module: one process has them all, portals included.
ONE_PROCESS = (
    *WHOLE_PORTAL, "tests/api/test_changes.py", "tests/submissions/test_feed.py", "tests/house/",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole portals before the rest, journeys together."""
    items.sort(key=lambda item: next((n for n, p in enumerate(ONE_PROCESS) if item.nodeid.startswith(p)), 99))


class ByFile(LoadFileScheduling):
    """Processes that share the work take it file by file; what must not run beside another is one process's."""

    def _split_scope(self, nodeid: str) -> str:
        return "one process" if nodeid.startswith(ONE_PROCESS) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Whatever `--dist` says."""
    return ByFile(config, log)


def pytest_configure() -> None:
    """The broker's number of this process, for itself and for what it starts."""
    if not WORKER:
        return
    from django.conf import settings

    server = settings.REDIS_URL.rsplit("/", 1)[0]
    os.environ["REDIS_URL"] = own = f"{server}/{WORKER.removeprefix('gw')}"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = own
    settings.CACHES = {name: cache | {"LOCATION": own} for name, cache in settings.CACHES.items()}


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Two test runs of one checkout at the same time need two databases: set TEST_DB_SUFFIX."""
    from django.conf import settings

    suffix = os.environ.get("TEST_DB_SUFFIX", "") + (f"_{WORKER}" if WORKER else "")
    copied = {"NAME": f"test_portal{suffix}", "TEMPLATE": template.ensure(os.environ["DATABASE_URL"])}
    settings.DATABASES["default"].setdefault("TEST", {}).update(copied)


@pytest.fixture(autouse=True, scope="session")
def _quick_logins() -> None:
    """Cheap password hashes, and no second factor unless a test asks for it."""
    from django.conf import settings

    settings.SECOND_FACTOR_REQUIRED = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _plain_static() -> None:
    """Pages are tested without collecting static files first; `manage.py prepare` proves that they all exist."""
    from django.conf import settings

    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}


@pytest.fixture(scope="session")
def ceb_reference() -> Path:
    """Folder with customs' schemas and samples; skips, with one reason, where it is missing."""
    if not CEB_REFERENCE.is_dir():
        pytest.skip(NO_REFERENCE)
    return CEB_REFERENCE


class NetworkClosed(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    """Only loopback is reachable."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else ""
            if not (str(host).startswith("127.") or host in ("::1", "localhost")):
                raise NetworkClosed(f"tests stay on this machine, not {host}")
        return connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """A request in another language leaves it active in the thread."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _fresh_reference() -> Iterator[None]:
    """The reference cache of the process outlives a rolled-back transaction."""
    from reference import selectors

    selectors.forget()
    yield
    selectors.forget()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests had to do without customs' files."""
    skipped = _skipped_for_lack_of_files(terminalreporter)
    if skipped:
        terminalreporter.write_line(f"{skipped} tests skipped: {NO_REFERENCE} ({CEB_REFERENCE})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip for lack of customs' files while they are there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CEB_REFERENCE.is_dir() and reporter is not None and _skipped_for_lack_of_files(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped_for_lack_of_files(reporter: pytest.TerminalReporter) -> int:
    reports = reporter.stats.get("skipped", [])
    return sum(1 for report in reports if NO_REFERENCE in str(getattr(report, "longrepr", "")))
