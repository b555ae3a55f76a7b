"""What a run is told on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

# Of the long run, in this order.
PARTS = ("growth", "feed", "retention", "two", "storm", "starts")


@dataclass(frozen=True, slots=True)
class Options:
    """One run. Times in seconds; shares between 0 and 1."""

    seconds: float = 60.0  # the measured window
    warmup: float = 20.0
    profile: float = 15.0  # after the window, under the same load; 0: none
    rate: float = 0.0  # lists offered a second; 0: as many as are taken, see `backlog`
    backlog: float = 6.0  # seconds of work that may be under way when no rate is given
    size: int = 100  # documents in a message
    lists: int = 0  # lists written ahead; 0: as many as the warm-up says
    connections: int = 1  # of each of the four senders
    faults: float = 0.01  # of the lists: the payment differs from the order
    late: float = 0.02  # of the sets: a payment that comes after everything else
    repeats: float = 0.01  # of the messages: sent again, byte for byte
    others_pay: float = 1.0  # of the lists: somebody else pays, so the library is asked for the buyer
    people: bool = True
    peers: bool = True
    peer_lists: int = 1000
    parts: str = ""  # of the long run, see PARTS
    growth: str = "1,5"  # millions of lists
    growth_seconds: float = 30.0


def read(words: Sequence[str] | None = None) -> Options:
    """From the command line; without `words` this process's own."""
    plain = Options()
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    for name, text in _TEXTS.items():
        kind = type(getattr(plain, name))
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=getattr(plain, name), help=text)
    parser.add_argument("--no-people", dest="people", action="store_false", help="leave out pages and papers")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave out DRF and COPY")
    parser.add_argument(
        "--full", dest="parts", action="store_const", const=",".join(PARTS), help="all --parts"
    )
    told = Options(**vars(parser.parse_args(words)))
    if unknown := set(filter(None, told.parts.split(","))) - set(PARTS):
        parser.error(f"no such parts: {', '.join(sorted(unknown))}")
    return told


_TEXTS = {
    "seconds": "the measured window",
    "warmup": "before it, under the same load",
    "profile": "after it, with the profilers on; 0: none",
    "rate": "lists offered a second; 0: as many as are taken",
    "backlog": "without a rate: seconds of work under way",
    "size": "documents in a message, 1 to 100",
    "lists": "written ahead for window and profile; 0: what the warm-up suggests",
    "connections": "of each of the four senders",
    "faults": "share of lists whose payment differs",
    "late": "share of sets whose payment comes last",
    "repeats": "share of messages sent twice",
    "others_pay": "share of lists that ask the identity library",
    "parts": f"of the long run besides, separated by commas: {', '.join(PARTS)}",
    "growth": "millions of lists in the tables, one size after the other",
    "growth_seconds": "each window of the long run",
    "peer_lists": "that the plain implementation takes",
}
