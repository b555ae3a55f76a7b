from __future__ import annotations

import socket
from pathlib import Path

from local import env


def test_secrets_are_made_once_and_kept(var: Path) -> None:
    first = env.ensure()
    assert env.ensure() == first == env.load()
    assert len({first[name] for name in first}) == len(first) >= 6


def test_what_is_missing_is_added_and_the_rest_stays(var: Path) -> None:
    env.save({"SECRET_KEY": "kept", "ADDED_BY_HAND": "a=b"})
    values = env.ensure()
    assert values["SECRET_KEY"] == "kept"
    assert values["ADDED_BY_HAND"] == "a=b"
    assert values["PERSONAL_HASH_KEY"]


def test_only_its_owner_reads_the_file(var: Path) -> None:
    env.ensure()
    assert env.FILE.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in var.iterdir()] == ["local.env"]


def test_comments_are_no_variables(var: Path) -> None:
    env.FILE.write_text("# OLD=1\nNEW=2\n\nnonsense\n")
    assert env.load() == {"NEW": "2"}


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        assert not env.port_is_free(s.getsockname()[1])
    assert env.port_is_free(env.free_port())
