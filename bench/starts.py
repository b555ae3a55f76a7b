"""How long `make run` takes the second time, when everything is installed and made."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

from bench.figures import Figure
from local import env
from local.paths import BASE
from local.processes import die_with_parent

READY = re.compile(r"The portal is ready after (\d+) s")
PATIENCE = 300
# What the measurement has set for itself and `make run` must choose anew.
_OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "PORTAL_VAR",
    "SITE_URL",
    "AGENC",
    "PORTAL_INBOX",
    "SWEEP",
    "STATIC_ROOT",
)


def start() -> float | None:
    """Seconds until it says that it is ready; it is stopped then."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    process = subprocess.Popen(
        [sys.executable, "-m", "local.run"],
        cwd=BASE,
        env=given | {"PORT": str(env.free_port())},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_parent(),
    )
    assert process.stdout is not None
    try:
        told = (READY.search(line) for line in process.stdout)
        found = next(filter(None, told), None)
        return float(found[1]) if found else None
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def measure() -> Iterator[Figure]:
    """The first start makes what is missing, the second is counted."""
    first, second = start(), start()
    detail = f"`make run` until its address answers; the start before it took {first} s"
    yield Figure("second_start_s", second, "s", detail if second else "it did not become ready")
