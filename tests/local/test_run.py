from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import env, run


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        yield s.getsockname()[1]


def _port() -> int:
    with run.web_port() as port:
        return port


def test_a_wanted_port_that_is_taken_is_an_error(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(SystemExit, match=f"Port {taken} is taken"):
        _port()


@pytest.mark.parametrize("given", ["eighty", "0", "65536", "-1", "80 80"])
def test_a_wanted_port_that_is_none(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(SystemExit, match="is not a port"):
        _port()


def test_a_low_port_is_not_called_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "80")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="belong to root"):
        _port()


@pytest.mark.parametrize("given", ["", None])
def test_without_a_wish_the_next_free_one(
    taken: int, given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    if given is not None:
        monkeypatch.setenv("PORT", given)
    monkeypatch.setattr(run, "DEFAULT_PORT", taken)
    assert _port() > taken


def test_two_checkouts_that_start_together_get_two_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    free = env.free_port()
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(run, "DEFAULT_PORT", free)
    with run.web_port() as first:  # nobody listens there yet
        assert first == free
        assert _port() > first
        monkeypatch.setenv("PORT", str(first))
        with pytest.raises(SystemExit, match="is taken"):
            _port()
    assert _port() == free


def test_a_second_run_in_one_checkout_is_refused(var: Path) -> None:
    with run.alone(), pytest.raises(SystemExit, match="running in this checkout already"), run.alone():
        pass
    with run.alone():
        pass


def test_the_callers_variables_win(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env.ensure()
    monkeypatch.setattr(run, "VAR", var)
    monkeypatch.setenv("SITE_URL", "https://portal.example")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("PORTAL_VAR", "relative")
    monkeypatch.setenv("no_proxy", "intranet")
    monkeypatch.delenv("NO_PROXY", raising=False)
    told = run.environment(8001, 8002)
    assert told["SITE_URL"] == "https://portal.example"
    assert told["DATABASE_URL"] == "postgres://elsewhere/db"
    assert told["PORTAL_VAR"] == told[run.MARK] == str(var)
    assert told["PORTAL_INBOX"].startswith("http://127.0.0.1:8001/")
    assert told["NO_PROXY"] == told["no_proxy"] == "intranet,127.0.0.1,localhost"
    assert set(env.load()) <= set(told)
    assert set(os.environ) <= set(told)
