"""Database and broker of this checkout: `python -m local.services start|stop|status|remove`.

`make run`, `make test` and `make check` share them while they work, and the last to leave stops them. Started from
the command line they stay until told to stop. What DATABASE_URL or REDIS_URL name is neither started nor stopped.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from local import env, paths
from local.postgres import Postgres
from local.valkey import Valkey

LOCK = "services"


def _start() -> list[str]:
    values = env.ensure()
    before = dict(values)
    started = []
    if not os.environ.get("DATABASE_URL"):
        if (postgres := Postgres()).start(values):
            started.append("postgres")
        values["DATABASE_URL"] = postgres.url(values)
    if not os.environ.get("REDIS_URL"):
        if (valkey := Valkey()).start(values):
            started.append("valkey")
        values["REDIS_URL"] = valkey.url(values)
    if values != before:
        env.save(values)
    return started


def _stop() -> None:
    """Each server that is ours to stop; trouble with one does not spare the other."""
    try:
        if not os.environ.get("REDIS_URL"):
            Valkey().stop()
    finally:
        if not os.environ.get("DATABASE_URL"):
            Postgres().stop()


def _users() -> TextIO:
    """Everyone who works with the servers holds this file's shared lock; a killed process holds none."""
    paths.make_var()
    return (paths.VAR / "services.users").open("a")


def _nobody_else(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _to_stay() -> bool:
    return (paths.VAR / "services.detached").exists()


def _wish(stay: bool) -> None:
    """Remember that somebody asked on the command line that the servers stay, or forget it."""
    file = paths.VAR / "services.detached"
    if stay:
        file.touch()
    else:
        file.unlink(missing_ok=True)


@contextmanager
def used() -> Iterator[None]:
    """The servers run for as long as the caller works, and stop then unless others still need them."""
    with _users() as users:
        try:
            with paths.exclusive(LOCK):
                fcntl.flock(users, fcntl.LOCK_SH)
                if not any(status().values()):
                    _wish(stay=False)  # the machine was restarted since: an old wish is void
                _start()
            yield
        finally:
            with paths.exclusive(LOCK):
                if _nobody_else(users) and not _to_stay():
                    _stop()


def revive() -> None:
    """Start again a server that died while it is used; its address must stay the same."""
    postgres, valkey = Postgres().pid(), Valkey().pid()
    if (postgres or os.environ.get("DATABASE_URL")) and (valkey or os.environ.get("REDIS_URL")):
        return
    with paths.exclusive(LOCK):
        before = env.load()
        _start()
        after = env.load()
    if any(before.get(name) != after.get(name) for name in ("DATABASE_URL", "REDIS_URL")):
        raise SystemExit("A server died and another program took its port: start again.")


def start() -> list[str]:
    """Start what is not named by DATABASE_URL / REDIS_URL and not running, to stay; the names started."""
    with paths.exclusive(LOCK):
        started = _start()
        _wish(stay=True)
        return started


def stop(then_remove: bool = False) -> None:
    """Stop the servers of this checkout, unless somebody works with them; also remove what lies outside `var/`."""
    with paths.exclusive(LOCK), _users() as users:
        if not _nobody_else(users):
            raise SystemExit("`make run`, `make test` or `make check` is using the servers; end it first.")
        Valkey().stop()
        Postgres().stop()
        _wish(stay=False)
        if then_remove and paths.is_root() and paths.outside().exists():
            shutil.rmtree(paths.outside())


def status() -> dict[str, int | None]:
    """Process numbers of the servers, None where one does not run."""
    return {"postgres": Postgres().pid(), "valkey": Valkey().pid()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["start", "stop", "status", "remove"])
    verb = parser.parse_args().verb
    if verb == "start":
        print("started:", ", ".join(start()) or "nothing, all was running")
    elif verb == "status":
        print(status())
    else:
        stop(then_remove=verb == "remove")


if __name__ == "__main__":
    main()
