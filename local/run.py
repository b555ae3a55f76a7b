"""`make run`: everything on one machine, from nothing to an address and logins."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from local import assets, env, fonts, proc, services, system, translations
from local.paths import VAR, make_var
from local.processes import Manager, Program, interruptible, output, say

DEFAULT_PORT = 8000
# Every process of a run carries it, so that the next run finds what a killed one left behind.
MARK = "PORTAL_RUN"


@contextmanager
def alone() -> Iterator[None]:
    """One `make run` a checkout: the lock lives as long as this process."""
    make_var()
    with (VAR / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("`make run` is running in this checkout already.") from None
        yield


def _reserve(port: int) -> socket.socket | None:
    """A mark on this port among the portals of this machine, or None; it goes with the process.

    The web server shares its port with whoever asks (SO_REUSEPORT), so two checkouts started together would both
    get it. A name in Linux's abstract namespace is given out once.
    """
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind(f"\0single-window-{port}")
    except OSError:
        mark.close()
        return None
    if env.port_is_free(port):
        return mark
    mark.close()
    return None


def _wanted_port() -> int | None:
    given = os.environ.get("PORT", "").strip()
    if not given:
        return None
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise SystemExit(f"PORT={given} is not a port. Choose one: PORT=8080 make run")
    if os.geteuid() and int(given) < 1024:
        raise SystemExit(f"Ports below 1024 belong to root ({given}). Choose another: PORT=8080 make run")
    return int(given)


@contextmanager
def web_port() -> Iterator[int]:
    """PORT when given (an error when taken), else 8000 or the next free one; reserved while we run."""
    given = _wanted_port()
    for port in [given] if given else range(DEFAULT_PORT, DEFAULT_PORT + 200):
        if mark := _reserve(port):
            with mark:
                yield port
            return
    if given:
        raise SystemExit(f"Port {given} is taken. Choose another: PORT=8080 make run")
    raise SystemExit("No port from 8000 on is free. Choose one: PORT=9000 make run")


def environment(port: int, agencies_port: int) -> dict[str, str]:
    """What every process is told; a variable set by the caller wins."""
    host = f"http://127.0.0.1:{port}"
    ours = {
        "SITE_URL": host,
        "DEMO": "1",
        "SWEEP_SECONDS": "10",
        "AGENCY_URL_CUSTOMS": f"http://127.0.0.1:{agencies_port}",
        "AGENCY_URL_OFFICES": f"http://127.0.0.1:{agencies_port}",
        "AGENCIES_PORT": str(agencies_port),
        "AGENCIES_STORE": str(VAR / "agencies" / "store.sqlite3"),
        "PORTAL_INBOX": f"{host}/api/v1/inbox/customs",
        "FONTCONFIG_FILE": str(fonts.CONF),
        "PYTHONUNBUFFERED": "1",
    }
    values = env.load()
    ours["AGENCIES_SECRET"] = values["AGENCY_SECRET_CUSTOMS"]
    ours["AGENCIES_OFFICES_SECRET"] = values["AGENCY_SECRET_OFFICES"]
    always = {"PORTAL_VAR": str(VAR), MARK: str(VAR)}
    # A proxy for the world outside must not be asked for our own processes.
    given = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    direct = ",".join(filter(None, [given, "127.0.0.1", "localhost"]))
    return values | ours | dict(os.environ) | always | {"NO_PROXY": direct, "no_proxy": direct}


def programs(environment: dict[str, str], port: int) -> list[Program]:
    """Web, worker, beat and the agencies."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "portal"]
    # Workers need not know of each other: what is to be done stands in the database.
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    commands = {
        "web": [
            python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "--backpressure", "64",
            "portal.wsgi:application",
        ],
        "worker": [*worker, "--concurrency", "2", "--hostname", "worker@%h", "--loglevel", "INFO"],
        # What hangs at the police holds up nothing but itself.
        "identity": [
            *worker, "--queues", "identity", "--pool", "threads", "--concurrency", "4",
            "--hostname", "identity@%h", "--loglevel", "INFO",
        ],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(VAR / "beat-schedule")],
        "agencies": [python, "-m", "agencies"],
    }  # fmt: skip
    return [
        Program(name, command, environment, VAR / "log" / f"{name}.log") for name, command in commands.items()
    ]


def prepare(environment: dict[str, str]) -> str:
    """Tables, reference data, demonstration data, static files; returns what the user must know (logins)."""
    status, told = output([sys.executable, "manage.py", "prepare", "--demo", "--story"], environment)
    if status:
        raise SystemExit("The portal could not be prepared; see above.")
    return told


def wait_ready(url: str, manager: Manager, patience: float = 120) -> None:
    """Until /readyz answers 200."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        manager.tend()
        try:
            with direct.open(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"The portal did not become ready; see {VAR / 'log'}")


def serve(port: int, begun: float) -> None:
    """Prepare, run all programs until interrupted, stop them."""
    environ = environment(port, env.free_port())
    manager = Manager(programs(environ, port))
    try:
        told = prepare(environ)
        manager.start()
        url = f"http://127.0.0.1:{port}"
        wait_ready(url, manager)
        say(told)
        say(f"The portal is ready after {time.monotonic() - begun:.0f} s: {url}")
        say(f"The agencies' page: {environ['AGENCY_URL_CUSTOMS']}   Logs: {VAR / 'log'}   Ctrl-C stops.")
        manager.watch(also=services.revive)
    finally:
        say("Stopping …")
        manager.stop()


def main() -> None:
    """Set up, run until Ctrl-C, stop what was started."""
    begun = time.monotonic()
    try:
        with interruptible(), alone():
            # A killed run's processes are on their way out; a port must not be held by them.
            proc.end(proc.with_variable(MARK, str(VAR)))
            with web_port() as port:
                system.ensure("pdf")
                assets.build()
                fonts.install()
                translations.compile_all()
                with services.used():
                    serve(port, begun)
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    main()
