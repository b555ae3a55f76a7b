"""Database and broker of this checkout: `python -m local.services start|stop|status`.

Started from the command line (`make test`) they stay until told to stop; `make run` stops them when it ends,
unless a command line start asked for them too.
"""

from __future__ import annotations

import argparse
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from local import env, paths
from local.postgres import Postgres
from local.valkey import Valkey


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two starts at once (a test run beside `make run`) must not both start a server."""
    paths.VAR.mkdir(parents=True, exist_ok=True)
    with (paths.VAR / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start() -> list[str]:
    started = []
    values = env.ensure()
    if not os.environ.get("DATABASE_URL"):
        if (postgres := Postgres()).start(values):
            started.append("postgres")
        values["DATABASE_URL"] = postgres.url(values)
    if not os.environ.get("REDIS_URL"):
        if (valkey := Valkey()).start(values):
            started.append("valkey")
        values["REDIS_URL"] = valkey.url(values)
    env.save(values)
    return started


def start() -> list[str]:
    """Start what is not named by DATABASE_URL / REDIS_URL and not running, to stay; the names started."""
    with _one_at_a_time():
        started = _start()
        if started:
            (paths.VAR / "services.detached").touch()
        return started


def take_over() -> None:
    """Start what is not running, for as long as the caller runs (see `give_up`)."""
    with _one_at_a_time():
        if set(_start()) and (paths.VAR / "services.detached").exists():
            # Both had died or were stopped behind our back: the old wish to let them stay is void.
            (paths.VAR / "services.detached").unlink()


def give_up() -> None:
    """Stop the servers unless somebody asked on the command line that they stay."""
    with _one_at_a_time():
        if not (paths.VAR / "services.detached").exists():
            Valkey().stop()
            Postgres().stop()


def stop() -> None:
    """Stop the servers of this checkout."""
    with _one_at_a_time():
        Valkey().stop()
        Postgres().stop()
        (paths.VAR / "services.detached").unlink(missing_ok=True)


def status() -> dict[str, int | None]:
    """Process numbers of the servers, None where one does not run."""
    return {"postgres": Postgres().pid(), "valkey": Valkey().pid()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["start", "stop", "status"])
    verb = parser.parse_args().verb
    if verb == "start":
        print("started:", ", ".join(start()) or "nothing, all was running")
    elif verb == "stop":
        stop()
    else:
        print(status())


if __name__ == "__main__":
    main()
