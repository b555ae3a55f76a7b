"""The measurement: sets received over HTTP by a whole running portal, window, profile, peers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import copy_floor, full, people, profile
from bench.figures import MILLION, Figure, memory, ours_per_list, soundness, throughput, times
from bench.generator import Kind, document_set, place
from bench.load import Load
from bench.options import Options
from bench.stage import Stage, say
from bench.window import Bench, Seen
from local.paths import VAR
from tests.running import Running

OUT = VAR / "bench"  # profiles and written sets


def measure(portal: Running, folder: Path, options: Options, machine: str) -> Iterator[Figure]:
    """The figures of one portal; the processor time a list is kept for the peer."""
    stage = Stage(portal)
    bench = opened(stage, folder, options)
    seen = _sustained(bench)
    yield from throughput(seen, options, machine)
    yield from times(seen)
    yield from memory(seen)
    yield from soundness(seen)
    if options.people:
        say("Pages, papers, Excel …")
        yield from people.measure(stage, seen.ledger)
    if options.peers and (ours := ours_per_list(seen)):
        url, postgres = portal.environment["DATABASE_URL"], stage.roots()["postgres"]
        yield _ratio_to_floor(ours, copy_floor.measure(url, postgres, len(seen.rows)))
    if options.parts:
        yield from full.measure(bench, seen)


def opened(stage: Stage, folder: Path, options: Options) -> Bench:
    """A measurement about to begin on this portal."""
    kind = Kind.of(options)
    return Bench(options, stage, place(OUT / "sets", kind), folder / "sent.jsonl", kind)


def _sustained(bench: Bench) -> Seen:
    options = bench.options
    say(f"Warm-up of {options.warmup:.0f} s …")
    per_second = bench.warm_up()
    say(f"About {per_second:.0f} lists a second; writing sets, then the window of {options.seconds:.0f} s …")

    def profiled(load: Load) -> None:
        say(f"Profiles for {options.profile:.0f} s …")
        for path in profile.take(bench.stage, load, OUT, options.profile):
            say(f"  {path}")

    return bench.measure(per_second, profiled if options.profile else None)


def _ratio_to_floor(ours: float, floor: float) -> Figure:
    detail = f"our processor time over bare COPY of the same rows into five tables ({floor * MILLION:.0f} us a list)"
    return Figure("ratio_to_copy_floor", round(ours / floor, 1) if floor else None, "", detail)


def ratio_to_peer(ours: float, options: Options, main: str) -> Figure:
    """After the portal has stopped: the peer has the machine to itself, as the portal had."""
    from bench.baseline_drf import measure as baseline

    say(f"The plain implementation, {options.peer_lists} lists …")
    kind = Kind.of(options, faults=0.0)
    sets = max(1, options.peer_lists // options.size)
    documents = [document_set(index, kind) for index in range(sets)]
    peer, released = baseline.measure(main, documents)
    lists = sets * options.size
    detail = (
        "processor time of a plain ModelSerializer implementation, which does less, over ours"
        f" ({peer * MILLION:.0f} us a list, {released} of {lists} released)"
    )
    return Figure("ratio_to_drf_baseline", round(peer / ours, 2) if released == lists else None, "", detail)
