"""The measurement at a tiny size: every line has its shape, what was handed in came out right."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import BASE

TINY = (
    "--seconds 3 --warmup 1 --profile 0 --size 4 --faults 0.1 --repeats 0.2 --peer-lists 12 --lists 60 --no-people"
    " --parts growth,feed,retention --growth 0.0003 --growth-seconds 2"
)


@pytest.mark.timeout(400)
def test_a_tiny_run_tells_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *TINY.split()],
        cwd=BASE,
        env=dict(os.environ),
        capture_output=True,
        check=False,
        text=True,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert all(set(line) == {"name", "value", "unit", "detail"} for line in lines)
    told = {line["name"]: line["value"] for line in lines}
    for name in ("lists_lost", "lists_doubled", "taxes_wrong", "messages_refused"):
        assert told[name] == 0
    for name in ("lists_per_s", "cpu_us_per_list", "intake_p99_ms", "release_p99_s", "peak_memory_mb_worker"):
        assert told[name] > 0
    for name in (
        "ratio_to_copy_floor",
        "ratio_to_drf_baseline",
        "growth_ratio_at_0.0003m",
        "change_feed_p99_ms",
    ):
        assert told[name] > 0
