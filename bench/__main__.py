"""`make bench`: one JSON object a line. What is not measured yet has the value null and says so."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from local import assets, services, translations

PLANNED = {
    "intake_p99_ms": ("ms", "time until a message is acknowledged"),
    "release_p99_s": ("s", "time from the last piece to the release"),
}


def line(name: str, value: float | None, unit: str, detail: str) -> str:
    """One figure."""
    return json.dumps({"name": name, "value": value, "unit": unit, "detail": detail}, ensure_ascii=False)


def main() -> None:
    """Start a portal of its own, measure, print."""
    sets, size = int(os.environ.get("BENCH_SETS", "5")), int(os.environ.get("BENCH_SIZE", "100"))
    assets.build()
    translations.compile_all()
    with services.used(), tempfile.TemporaryDirectory() as folder:
        from bench.run import measure

        for name, value, unit, detail in measure(Path(folder), sets, size):
            print(line(name, value, unit, detail), flush=True)
    for name, (unit, detail) in PLANNED.items():
        print(line(name, None, unit, f"not measured yet: {detail}"))


if __name__ == "__main__":
    main()
