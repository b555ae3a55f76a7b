"""Database and broker of this checkout: `python -m local.services start|stop|status`."""

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


def start() -> list[str]:
    """Start what is not named by DATABASE_URL / REDIS_URL and not running; the names of what was started."""
    started = []
    with _one_at_a_time():
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


def stop(names: list[str] | None = None) -> None:
    """Stop the named servers of this checkout (all when none is named)."""
    with _one_at_a_time():
        if names is None or "valkey" in names:
            Valkey().stop()
        if names is None or "postgres" in names:
            Postgres().stop()


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
