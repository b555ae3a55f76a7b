"""From what was seen to figures: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.options import Options
from bench.sender import TAKEN, Sent
from bench.stage import AGENCY
from bench.window import Seen

MILLION = 1e6


class Figure(NamedTuple):
    """`value` None: not measured, and `detail` says why."""

    name: str
    value: float | None
    unit: str
    detail: str

    def line(self) -> str:
        """As it is printed."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def _round(value: float | None, digits: int = 0, scale: float = 1.0) -> float | None:
    return None if value is None else round(value * scale, digits)


def ours_per_list(seen: Seen) -> float | None:
    """Processor seconds a list of the portal's own processes, database and broker."""
    lists = len(seen.ended_lists())
    return sum(v for n, v in seen.spent.items() if n != AGENCY) / lists if lists else None


def throughput(seen: Seen, options: Options, machine: str) -> Iterator[Figure]:
    """Lists a second, and what each has cost."""
    released, ended = len(seen.released()), len(seen.ended_lists())
    offered = f"{options.rate:.0f} a second offered" if options.rate else "as many as are taken"
    yield Figure(
        "lists_per_s",
        round(released / seen.seconds, 1),
        "1/s",
        f"{released} lists of two lines released in {seen.seconds:.1f} s, {offered}; generator and stub on the"
        f" same cores; {ended - released} more were returned; {machine}"
        + ("; the sets ran out before the time" if seen.short else ""),
    )
    per = {name: seconds / ended * MILLION for name, seconds in sorted(seen.spent.items())} if ended else {}
    told = ", ".join(f"{name} {value:.0f}" for name, value in per.items() if name != AGENCY)
    ours = ours_per_list(seen)
    yield Figure("cpu_us_per_list", _round(ours, 0, MILLION), "us", f"user and system time: {told}")
    writing = seen.writing / seen.written / options.size * MILLION if seen.written else 0
    yield Figure(
        "cpu_us_per_list_generator",
        _round(seen.sender / ended if ended and seen.sender is not None else None, 0, MILLION),
        "us",
        ("it ended before the window did; " if seen.sender is None else "the sending process; ")
        + "writing and signing beforehand: "
        + (f"{writing:.0f} us a list" if seen.written else "sets of an earlier run"),
    )
    detail = "the stub that plays customs, not ours"
    yield Figure("cpu_us_per_list_stub", _round(per.get(AGENCY)), "us", detail)


def times(seen: Seen) -> Iterator[Figure]:
    """How long senders and lists waited."""
    within = [one for one in seen.log if seen.begun <= one.answered < seen.ended and one.status == TAKEN]
    waits = [one.answered - max(one.sent, one.due if one.refusals else 0) for one in within]
    detail = f"{len(within)} messages acknowledged, from the sending of the request to its answer"
    for name, share in (("intake_p50_ms", 0.5), ("intake_p95_ms", 0.95), ("intake_p99_ms", 0.99)):
        yield Figure(name, _round(quantile(waits, share), 1, 1000), "ms", detail)
    last = last_pieces(seen.log)
    size = seen.size
    spans = [row.since - last[row.number // size] for row in seen.released() if row.number // size in last]
    detail = (
        f"{len(spans)} lists, from sending the set's last message to the release, customs' delays included"
    )
    for name, share in (("release_p50_s", 0.5), ("release_p99_s", 0.99)):
        yield Figure(name, _round(quantile(spans, share), 2), "s", detail)


def last_pieces(log: Sequence[Sent]) -> Mapping[int, float]:
    """When the last message of each set was sent for the first time."""
    found: dict[int, float] = {}
    for one in log:
        if not one.again:
            found[one.number] = max(found.get(one.number, 0.0), one.sent)
    return found


def soundness(seen: Seen) -> Iterator[Figure]:
    """Whether the portal did what it is for."""
    verdict = seen.verdict
    refused = sum(one.status != TAKEN for one in seen.log)
    states = ", ".join(f"{state} {count}" for state, count in sorted(verdict.states.items()))
    told = f"of all that were handed in; {states}; {verdict.words}".strip("; ")
    repeats = sum(one.again for one in seen.log)
    yield Figure("lists_lost", verdict.lost, "", told)
    detail = "documents, limits, replies or messages that count twice"
    yield Figure("lists_doubled", verdict.doubled, "", detail)
    detail = "against the generator's own reckoning, list by list"
    yield Figure("taxes_wrong", verdict.taxes_wrong, "", detail)
    detail = "customs had to wait for a document; warm-up included"
    yield Figure("lists_before_documents", seen.kept_waiting, "", detail)
    yield Figure("messages_refused", refused, "", f"of {len(seen.log)}; {repeats} were repeats")
    detail = "from the last message until the last list was at its end"
    yield Figure("drain_s", round(seen.drained, 1), "s", detail)


def memory(seen: Seen) -> Iterator[Figure]:
    """The largest process of each program."""
    for name, peaks in sorted(seen.peaks.items()):
        each = ", ".join(f"{peak / 1024:.0f}" for peak in peaks[:8])
        detail = f"largest of {len(peaks)} processes, each: {each}; shared pages count in each"
        yield Figure(f"peak_memory_mb_{name}", round(peaks[0] / 1024) if peaks else None, "MiB", detail)
