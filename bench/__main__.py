"""`make bench`: one JSON object a line. Nothing is measured yet: this says what will be."""

from __future__ import annotations

import json

PLANNED = {
    "lists_per_s": (
        "1/s",
        "lists with their three documents, end to end, generator and agency on the same cores",
    ),
    "cpu_us_per_list": ("us", "user and system time of portal, PostgreSQL and broker per list"),
    "ratio_to_drf_baseline": ("", "processor time of a plain serializer implementation over ours"),
    "ratio_to_copy_floor": ("", "our processor time over bare COPY of the same rows"),
    "intake_p99_ms": ("ms", "time until a message is acknowledged"),
    "release_p99_s": ("s", "time from the last piece to the release"),
}


def main() -> None:
    """Print the plan; `value` is null until a figure has been measured."""
    for name, (unit, detail) in PLANNED.items():
        print(json.dumps({"name": name, "value": None, "unit": unit, "detail": f"planned: {detail}"}))


if __name__ == "__main__":
    main()
