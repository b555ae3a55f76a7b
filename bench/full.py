"""`make bench-full`: the same figures with millions of lists in the tables, with two of everything, and in a storm."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

from bench import storm
from bench.figures import MILLION, Figure, ours_per_list
from bench.growth import Growing, drop_oldest, size
from bench.ledger import rows
from bench.options import Options
from bench.people import Ask, at_rate, cookies, told
from bench.stage import say
from bench.window import Bench, Seen
from local.paths import VAR
from local.processes import Program

PAGES = {
    "workbench": ("g@demo.example", "/workbench/"),
    "lists": ("g@demo.example", "/customs/lists/"),
    "lists_filtered": ("b@demo.example", "/customs/lists/?state=released"),
    "queue": ("officer@customs.example", "/admin/queue/"),
}
PAGE_RATE, PAGE_FOR = 10, 6
READERS, READ_RATE = 1000, 50
ROOM = 12 << 30  # bytes of the disk that stay free


def measure(bench: Bench, first: Seen) -> Iterator[Figure]:
    """Everything that only the long run tells; `first` is the window on small tables."""
    parts: dict[str, Callable[[], Iterator[Figure]]] = {
        "growth": lambda: growth(bench, first),
        "feed": lambda: feed(bench),
        "retention": retention,
        "two": lambda: two_of_each(bench, first),
        "storm": lambda: storm.measure(bench, first),
    }
    for name, part in parts.items():
        if name in bench.options.parts.split(","):
            say(f"{name} …")
            yield from part()


def short(options: Options) -> Options:
    """A window of one of the many of the long run."""
    return replace(options, seconds=options.growth_seconds, profile=0.0, lists=0)


def pace(seen: Seen) -> float:
    """Lists a second of a window."""
    return len(seen.released()) / seen.seconds


def growth(bench: Bench, first: Seen) -> Iterator[Figure]:
    """At each size: throughput, cost, and the pages that could suffer."""
    options, base = bench.options, ours_per_list(first)
    yield from _pages(bench, "at_0")
    growing = Growing(first.ledger)
    for millions in map(float, options.growth.split(",")):
        label = f"at_{millions:g}m"
        if (why := _no_room(growing, millions)) is not None:
            yield Figure(f"cpu_us_per_list_{label}", None, "us", why)
            continue
        for share in growing.grow(int(millions * MILLION)):
            if int(share * 100) % 10 == 0:
                say(f"  {growing.lists} lists in the tables, {size() >> 20} MiB")
        bench.options = short(options)
        seen = bench.measure(pace(first))
        bench.options = options
        yield from _at_size(seen, label, growing, base)
        yield from _pages(bench, label)


def _no_room(growing: Growing, millions: float) -> str | None:
    """Why so many lists cannot be loaded here, if they cannot."""
    rows_each = growing.bytes_each
    needed, free = int(millions * MILLION) * rows_each, shutil.disk_usage(VAR).free
    if free - needed > ROOM:
        return None
    return f"{needed >> 30} GiB are needed for {millions:g} million lists and {free >> 30} GiB are free"


def _at_size(seen: Seen, label: str, growing: Growing, base: float | None) -> Iterator[Figure]:
    detail = (
        f"{growing.lists} lists in the tables besides, {size() >> 20} MiB; lost {seen.verdict.lost}, doubled"
    )
    detail += f" {seen.verdict.doubled}; not grown: {', '.join(growing.left_out) or 'nothing'}"
    yield Figure(f"lists_per_s_{label}", round(pace(seen), 1), "1/s", detail)
    ours = ours_per_list(seen)
    yield Figure(f"cpu_us_per_list_{label}", ours and round(ours * MILLION), "us", detail)
    ratio = round(ours / base, 2) if ours and base else None
    yield Figure(
        f"growth_ratio_{label}", ratio, "", "processor time a list over that on small tables; below 1.25"
    )


def _pages(bench: Bench, label: str) -> Iterator[Figure]:
    for name, (email, path) in PAGES.items():
        ask = [Ask(path, cookies(email))]
        at_rate(bench.stage.address, ask, PAGE_RATE, 1)
        answers = at_rate(bench.stage.address, ask, PAGE_RATE, PAGE_FOR)
        yield told(f"page_{name}_p95_ms_{label}", answers, 0.95, PAGE_RATE)


def feed(bench: Bench) -> Iterator[Figure]:
    """A thousand readers, each somewhere else in the change feed, each with its own cursor."""
    from submissions.feed import _seal

    places = rows(
        "SELECT tx::text::bigint, id FROM (SELECT tx, id, row_number() OVER (ORDER BY id) AS n,"
        " count(*) OVER () AS all_rows FROM submissions_change) c WHERE n %% greatest(1, all_rows / %s) = 0 LIMIT %s",
        READERS,
        READERS,
    )
    bearer = {"Authorization": f"Bearer {bench.stage.token('demo-g')}"}
    asks = [Ask(f"/api/v1/changes?after={_seal(tx, number)}", bearer) for tx, number in places]
    answers = at_rate(bench.stage.address, asks, READ_RATE, READERS / READ_RATE)
    yield told("change_feed_p99_ms", answers, 0.99, READ_RATE)


def retention() -> Iterator[Figure]:
    """Whole months leave."""
    seconds, gone, month = drop_oldest()
    detail = f"{gone} lists of {month} and their documents, by dropping partitions"
    yield Figure("retention_drop_s", round(seconds, 2), "s", detail)


def two_of_each(bench: Bench, first: Seen) -> Iterator[Figure]:
    """Two web servers and two workers on one database."""
    manager, options = bench.stage.portal.manager, bench.options
    for one in [p for p in manager.programs if p.name in ("web", "worker")]:
        words = [word.replace(f"{one.name}@", f"{one.name}2@") for word in one.command]
        twin = Program(f"{one.name}2", words, one.environment, one.log.with_name(f"{one.name}2.log"))
        twin.start()
        manager.programs.append(twin)
    bench.options = short(options)
    seen = bench.measure(pace(first))
    bench.options = options
    detail = f"{pace(seen):.1f} lists a second, {pace(first):.1f} with one of each"
    yield Figure("two_of_each_ratio", round(pace(seen) / pace(first), 2) if pace(first) else None, "", detail)
    wrong = seen.verdict.lost + seen.verdict.doubled + seen.verdict.taxes_wrong
    yield Figure(
        "two_of_each_wrong", wrong, "", f"lists lost, done twice or taxed wrongly; {seen.verdict.words}"
    )
