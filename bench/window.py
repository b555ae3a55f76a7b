"""Warm-up, the measured window, and what was seen in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import buyers, load
from bench.generator import Kind, taxes, write_sets
from bench.ledger import Ledger, Row, Verdict
from bench.options import Options
from bench.sender import LATE_BY, Plan, Sent
from bench.stage import Stage

LEAD = 4.0  # seconds beyond `backlog` before the window opens: what is under way must have levelled out
MARGIN = 1.4  # more sets than the warm-up suggests
GUESS = 200.0  # lists a second that the warm-up may take
LEAST = 200.0  # lists a second for which there are always enough
MOST = 400_000  # lists written ahead at most


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything about one window; moments in seconds since 1970, processor time in seconds."""

    begun: float
    ended: float
    spent: dict[str, float]
    sender: float | None  # None: it had ended before the window did
    log: list[Sent]
    rows: list[Row]
    verdict: Verdict
    drained: float
    written: int  # sets
    writing: float  # processor seconds
    short: bool  # the sets ran out before the time
    peaks: dict[str, list[int]]
    ledger: Ledger
    kept_waiting: int  # lists, warm-up included
    size: int  # lists in a set

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.ended - self.begun

    def released(self) -> list[Row]:
        """What was released within it."""
        return [row for row in self.rows if row.state == "released" and self.begun <= row.since < self.ended]

    def ended_lists(self) -> list[Row]:
        """What came to any end within it."""
        return [row for row in self.rows if self.begun <= row.since < self.ended]


@dataclass(slots=True)
class Bench:
    """One portal under measurement: sets are used once, buyers are verified before they buy."""

    options: Options
    stage: Stage
    folder: Path  # of the sets
    log: Path
    kind: Kind
    used: int = 0  # sets
    verified: int = 0  # buyers
    written: int = 0
    writing: float = 0.0

    def prepare(self, sets: int) -> range:
        """Write the next sets and verify their buyers; nothing of it is measured."""
        wanted = range(self.used, self.used + sets)
        count, seconds = write_sets(self.folder, wanted, self.kind)
        self.written, self.writing = self.written + count, self.writing + seconds
        self.verified = buyers.verify(wanted.stop * self.kind.size, self.verified)
        self.used = wanted.stop
        return wanted

    def plan(self, sets: range, *, rate: float | None = None) -> Plan:
        """These sets, as the options say."""
        options, (host, port) = self.options, self.stage.address
        return Plan(
            host=host,
            port=port,
            tokens=self.stage.tokens(),
            folder=str(self.folder),
            log=str(self.log),
            first=sets.start,
            last=sets.stop,
            size=options.size,
            rate=options.rate if rate is None else rate,
            under_way=load.LEAST * options.size,
            late=options.late,
            repeats=options.repeats,
            connections=options.connections,
        )

    def warm_up(self) -> float:
        """Under the same load until things have levelled out; lists a second at its end."""
        options = self.options
        rate = options.rate or GUESS * load.cores()
        sets = self.prepare(max(4, int(options.warmup * rate / options.size)))
        ledger = Ledger()
        running = load.Load(self.plan(sets), ledger, options.backlog)
        try:
            running.keep(options.warmup, until=lambda: running.exhausted)
            enough = load.LEAST * options.size  # one set alone tells nothing of the pace
            running.keep(load.PATIENCE, until=lambda: running.done >= min(enough, len(sets) * options.size))
            best = running.per_second
            log = running.stop()
        finally:
            running.kill()
        load.drain(ledger, len({one.number for one in log}) * options.size)
        return best

    def measure(self, per_second: float, profiled: Callable[[load.Load], None] | None = None) -> Seen:
        """The window, the profile after it, and all that was begun to its end."""
        options = self.options
        lead = min(options.warmup, options.backlog + LEAD)
        sets = self.prepare(self._needed(per_second, lead))
        ledger = Ledger()
        running = load.Load(self.plan(sets), ledger, options.backlog)
        try:
            running.keep(lead)
            # Whatever was under way at first has gone through: from here on as much is begun as is ended.
            running.keep(load.PATIENCE, until=lambda: running.done >= load.LEAST * options.size)
            before, sending, begun = self.stage.spent(), running.cpu_seconds(), time.time()
            running.keep(options.seconds, until=lambda: running.exhausted)
            after, sent, ended = self.stage.spent(), running.cpu_seconds(), time.time()
            short = running.exhausted
            if profiled and not short:
                profiled(running)
            log = running.stop()
        finally:
            running.kill()
        begun_sets = sorted({one.number for one in log})
        drained = load.drain(ledger, len(begun_sets) * options.size)
        expected = {n: tax for i in begun_sets for n, tax in taxes(self.folder, i, options.size).items()}
        return Seen(
            begun=begun,
            ended=ended,
            spent={name: after[name] - before.get(name, 0.0) for name in after},
            sender=None if short else sent - sending,
            log=log,
            rows=ledger.lists(),
            verdict=ledger.check(self.kind, expected, expected),
            drained=drained,
            written=self.written,
            writing=self.writing,
            short=short,
            peaks=self.stage.peaks(),
            ledger=ledger,
            kept_waiting=self.stage.kept_waiting(),
            size=options.size,
        )

    def _needed(self, per_second: float, lead: float) -> int:
        options = self.options
        lists = options.lists or int(
            (options.rate or max(LEAST, per_second * MARGIN))
            * (lead + options.seconds + options.profile + LATE_BY)
            + per_second * options.backlog
        )
        return max(3 * load.LEAST, min(lists, MOST) // options.size)
