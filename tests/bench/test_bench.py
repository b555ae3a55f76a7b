"""The measurement at a tiny size: every line has its shape, and what was not measured says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench.clock import cpu_seconds
from tests.conftest import BASE


def test_processor_time_of_a_tree_only_grows() -> None:
    before = cpu_seconds(os.getpid())
    sum(n * n for n in range(3_000_000))
    assert cpu_seconds(os.getpid()) > before


@pytest.mark.timeout(300)
def test_a_tiny_run_tells_every_figure() -> None:
    environment = dict(os.environ) | {"BENCH_SETS": "1", "BENCH_SIZE": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=BASE,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert all(set(line) == {"name", "value", "unit", "detail"} for line in lines)
    told = {line["name"]: line["value"] for line in lines}
    assert "lists_released" not in told, told
    for name in ("lists_per_s", "cpu_us_per_list", "ratio_to_copy_floor", "ratio_to_drf_baseline"):
        assert told[name] > 0
    unmeasured = {line["name"] for line in lines if line["value"] is None}
    assert unmeasured == {"intake_p99_ms", "release_p99_s"}
