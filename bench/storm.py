"""Under storm: twenty times the load for half a minute, a kill -9 of every process, the heaviest pages meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from bench import load
from bench.clock import tree
from bench.figures import Figure, quantile
from bench.generator import taxes
from bench.ledger import Ledger, Verdict
from bench.people import Ask, at_rate, cookies
from bench.sender import TAKEN, TOO_MANY, TYPES, Sent
from bench.window import MOST, Bench, Seen
from local import services

SPIKE, SPIKE_FOR = 20, 30
SPIKE_CONNECTIONS = 8
BETWEEN = 6.0  # seconds between two kills
HEAVY = (
    ("g@demo.example", "/overview/"),
    ("officer@customs.example", "/admin/board/"),
    ("officer@customs.example", "/metrics"),
)


def measure(bench: Bench, first: Seen) -> Iterator[Figure]:
    """All three."""
    pace = max(1.0, len(first.released()) / first.seconds)
    yield from spike(bench, pace)
    yield from kills(bench, pace)
    yield from heavy(bench, pace)


def whole_sets(log: list[Sent]) -> list[int]:
    """Sets whose four messages were acknowledged."""
    taken = Counter(one.number for one in log if one.status == TAKEN and not one.again)
    return sorted(number for number, count in taken.items() if count == len(TYPES))


def judged(bench: Bench, ledger: Ledger, log: list[Sent]) -> tuple[Verdict, float]:
    """What became of everything that was acknowledged, and how long it took."""
    size, whole = bench.options.size, whole_sets(log)
    seconds = load.drain(ledger, len(whole) * size, patience=load.PATIENCE * 4)
    expected = {n: tax for i in whole for n, tax in taxes(bench.folder, i, size).items()}
    return ledger.check(bench.kind, expected, expected), seconds


def spike(bench: Bench, pace: float) -> Iterator[Figure]:
    """Twenty times as much as is taken: 202 or 429 with Retry-After, and nothing acknowledged is lost."""
    size = bench.options.size
    sets = bench.prepare(max(4, int(min(SPIKE * pace * SPIKE_FOR, MOST)) // size))
    plan = replace(bench.plan(sets, rate=SPIKE * pace), connections=SPIKE_CONNECTIONS)
    ledger = Ledger()
    running = load.Load(plan, ledger, bench.options.backlog)
    try:
        running.keep(SPIKE_FOR, until=lambda: running.exhausted)
        log = running.stop()
    finally:
        running.kill()
    answers = Counter(one.status for one in log)
    later = sum(one.refusals for one in log)
    verdict, seconds = judged(bench, ledger, log)
    other = sum(count for status, count in answers.items() if status not in (TAKEN, TOO_MANY))
    told = f"{SPIKE * pace:.0f} lists a second offered for {SPIKE_FOR} s; {answers[TAKEN]} messages acknowledged,"
    told += f" {later} times 429; {quantile([o.answered - o.sent for o in log], 0.99) or 0:.1f} s to the answer at p99"
    yield Figure("spike_unanswered", other, "", told)
    words = f"of {len(whole_sets(log)) * size} acknowledged; {verdict.words}"
    yield Figure("spike_lost", verdict.lost, "", words)
    yield Figure("spike_drain_s", round(seconds, 1), "s", "until the last list of it was at its end")


def kills(bench: Bench, pace: float) -> Iterator[Figure]:
    """kill -9 of one process after the other under load; what ends is started again as `make run` does."""
    stage, options = bench.stage, bench.options
    names = [*sorted(stage.roots()), "postgres backend"]
    sets = bench.prepare(bench_sets(options.size, pace, BETWEEN * (len(names) + 2)))
    ledger = Ledger()
    running = load.Load(bench.plan(sets), ledger, options.backlog)
    killed = []
    try:
        for name in names:
            running.keep(BETWEEN, until=lambda: tended(bench))
            killed += [name] * bool(_kill(bench, name))
        running.keep(BETWEEN, until=lambda: tended(bench))
        log = _stopped(bench, running)
    finally:
        running.kill()
    verdict, seconds = judged(bench, ledger, log)
    detail = f"lists lost, done twice or taxed wrongly; killed: {', '.join(killed)}; {verdict.words}"
    yield Figure("kills_wrong", verdict.lost + verdict.doubled + verdict.taxes_wrong, "", detail)
    yield Figure("kills_drain_s", round(seconds, 1), "s", f"{len(whole_sets(log)) * options.size} lists")


def bench_sets(size: int, pace: float, seconds: float) -> int:
    """Enough for a stretch without a window."""
    return max(load.LEAST + 2, int(min(2 * pace * seconds, MOST)) // size)


def tended(bench: Bench) -> bool:
    """Start again what died, as the manager of `make run` does all the time; never a reason to stop."""
    bench.stage.portal.manager.tend()
    services.revive()
    return False


def _stopped(bench: Bench, running: load.Load) -> list[Sent]:
    """The sender's log; the portal is tended until it has said it all."""
    done: list[list[Sent]] = []
    waiting = threading.Thread(target=lambda: done.append(running.stop()))
    waiting.start()
    while waiting.is_alive():
        tended(bench)
        waiting.join(0.5)
    return done[0]


def _kill(bench: Bench, name: str) -> int:
    """One process: of the database a backend or the server itself, of the rest the first or one of its children."""
    roots = bench.stage.roots()
    found = list(tree(roots["postgres" if name == "postgres backend" else name]))
    victim = found[0] if name != "postgres backend" else random.choice(found[1:] or found)
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
        return victim
    return 0


def heavy(bench: Bench, pace: float) -> Iterator[Figure]:
    """The heaviest pages, one after the other without a pause, while messages come in."""
    quiet = _waits(bench, pace, lambda: None)
    asks = [Ask(path, cookies(email)) for email, path in HEAVY]
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            at_rate(bench.stage.address, asks, 1.0, len(asks))

    reader = threading.Thread(target=read)
    loud = _waits(bench, pace, reader.start)
    stop.set()
    reader.join()
    detail = f"p95 of the acknowledgement {quiet * 1000:.0f} ms without, {loud * 1000:.0f} ms with; below 1.1"
    yield Figure("heavy_pages_ratio", round(loud / quiet, 2) if quiet else None, "", detail)


def _waits(bench: Bench, pace: float, begin: Callable[[], None]) -> float:
    """p95 of the acknowledgement, in seconds, at half of what is taken."""
    seconds, size = bench.options.growth_seconds, bench.options.size
    sets = bench.prepare(bench_sets(size, pace, seconds))
    ledger = Ledger()
    running = load.Load(bench.plan(sets, rate=pace / 2), ledger, bench.options.backlog)
    begun = time.time()
    begin()
    try:
        running.keep(seconds, until=lambda: running.exhausted)
        log = running.stop()
    finally:
        running.kill()
    load.drain(ledger, len(whole_sets(log)) * size)
    return quantile([one.answered - one.due for one in log if one.sent > begun], 0.95) or 0.0
