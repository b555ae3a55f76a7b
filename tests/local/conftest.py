"""Checkouts' folders of their own, away from the servers that the other tests use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import env, paths

BASE = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Checkout:
    """What a second clone would have: its own `var/`, nothing from our environment."""

    var: Path

    def environment(self, **more: str) -> dict[str, str]:
        ours = set(env.load()) | {"PORTAL_VAR", "DATABASE_URL", "REDIS_URL", "PORT", "SITE_URL"}
        clean = {key: value for key, value in os.environ.items() if key not in ours}
        return clean | {"PORTAL_VAR": str(self.var)} | more

    def services(self, verb: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local.services", verb], cwd=BASE, env=self.environment(**more),
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip

    def numbers(self) -> dict[str, int | None]:
        return eval(self.services("status").stdout)

    def values(self) -> dict[str, str]:
        return env.load(self.var / "local.env")

    def kill(self, name: str) -> None:
        number = self.numbers()[name]
        assert number is not None
        os.kill(number, signal.SIGKILL)


def _checkout() -> Iterator[Checkout]:
    folder = Path(tempfile.mkdtemp(prefix="portal-checkout-"))  # closed to others, as a home folder is
    checkout = Checkout(folder / "a var")  # a space in the path, as on many a laptop
    yield checkout
    checkout.services("remove")
    shutil.rmtree(folder)


checkout = pytest.fixture(scope="package")(_checkout)
another_checkout = pytest.fixture()(_checkout)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process's own `VAR`, emptied."""
    folder = tmp_path / "var"
    monkeypatch.setattr(paths, "VAR", folder)
    monkeypatch.setattr(env, "FILE", folder / "local.env")
    monkeypatch.setattr(paths, "OUTSIDE", tmp_path / "outside")
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    paths.make_var()
    return folder
