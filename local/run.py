"""`make run`: everything on one machine, from nothing to an address and logins."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TextIO

from local import assets, env, fonts, services, system, translations
from local.paths import BASE, VAR
from local.processes import Manager, Program

DEFAULT_PORT = 8000


def _alone() -> TextIO:
    """One `make run` a checkout: the lock lives as long as this process."""
    VAR.mkdir(parents=True, exist_ok=True)
    lock = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit("`make run` is running in this checkout already.") from None
    return lock


def web_port() -> int:
    """PORT when given (an error when taken), else 8000 or the next free one."""
    given = os.environ.get("PORT")
    if given:
        if not env.port_is_free(int(given)):
            raise SystemExit(f"Port {given} is taken. Choose another: PORT=8080 make run")
        return int(given)
    return next(p for p in range(DEFAULT_PORT, DEFAULT_PORT + 200) if env.port_is_free(p))


def environment(port: int, agencies_port: int) -> dict[str, str]:
    """What every process is told; a variable set by the caller wins."""
    host = f"http://127.0.0.1:{port}"
    ours = {
        "SITE_URL": host,
        "DEMO": "1",
        "SWEEP_SECONDS": "10",
        "AGENCY_URL_CUSTOMS": f"http://127.0.0.1:{agencies_port}",
        "AGENCIES_PORT": str(agencies_port),
        "AGENCIES_STORE": str(VAR / "agencies" / "store.sqlite3"),
        "PORTAL_INBOX": f"{host}/api/v1/inbox/customs",
        "FONTCONFIG_FILE": str(fonts.CONF),
        "PYTHONUNBUFFERED": "1",
        "PORTAL_VAR": str(VAR),
    }
    values = env.load()
    ours["AGENCIES_SECRET"] = values["AGENCY_SECRET_CUSTOMS"]
    return values | ours | dict(os.environ)


def programs(environment: dict[str, str], port: int) -> list[Program]:
    """Web, worker, beat and the agencies."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "portal"]
    commands = {
        "web": [
            python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "--backpressure", "64",
            "portal.wsgi:application",
        ],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(VAR / "beat-schedule")],
        "agencies": [python, "-m", "agencies"],
    }  # fmt: skip
    return [
        Program(name, command, environment, VAR / "log" / f"{name}.log") for name, command in commands.items()
    ]


def prepare(environment: dict[str, str]) -> str:
    """Tables, reference data, demonstration data, static files; returns what the user must know (logins)."""
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--demo"],
        cwd=BASE,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit("The portal could not be prepared; see above.")
    return done.stdout


def wait_ready(url: str, manager: Manager, patience: float = 120) -> None:
    """Until /readyz answers 200."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not manager.stopping:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    if not manager.stopping:
        raise SystemExit(f"The portal did not become ready; see {VAR / 'log'}")


def main() -> None:
    """Set up, run until Ctrl-C, stop what was started."""
    begun = time.monotonic()
    lock = _alone()
    port = web_port()
    system.ensure("pdf")
    assets.build()
    fonts.install()
    translations.compile_all()
    services.take_over()
    environ = environment(port, env.free_port())
    manager = Manager(programs(environ, port))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, manager.ask_to_stop)
    try:
        told = prepare(environ)
        if not manager.stopping:
            manager.start()
            url = f"http://127.0.0.1:{port}"
            wait_ready(url, manager)
            print(told)
            print(f"The portal is ready after {time.monotonic() - begun:.0f} s: {url}")
            print(
                f"The agencies' page: {environ['AGENCY_URL_CUSTOMS']}   Logs: {VAR / 'log'}   Ctrl-C stops."
            )
            sys.stdout.flush()
            manager.watch()
    finally:
        print("Stopping …", flush=True)
        manager.stop()
        services.give_up()
        lock.close()


if __name__ == "__main__":
    main()
