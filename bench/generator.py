"""Coherent sets for the measurement: two-line lists with their documents, signed, written to disk before it.

A set is one message of each of the four types. Everything follows from the number of a list, so that sets written
by an earlier run are used again as long as nothing that makes them has changed.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from bench.options import Options
from customs.ceb import Document
from customs.demo.cast import Buyer
from customs.demo.coherent import FEN, PLAIN, START, _tax, invented_buyer
from customs.demo.sales import Line, Sale
from customs.demo.wire import TYPES, WRITERS, envelope
from local.paths import BASE

# A buyer buys so often, which stays below the yearly limit (26,000 yuan; a list is worth 743 on average).
EACH, CROWD = 20, 1000
YUAN = Decimal(1)
_SOURCES = ("bench/generator.py", "customs/demo/*.py", "customs/demo/*.toml", "customs/ceb/**/*.py")


@dataclass(frozen=True, slots=True)
class Kind:
    """What of the options a set depends on."""

    size: int
    faults: float
    others_pay: float

    @classmethod
    def of(cls, options: Options, *, faults: float | None = None) -> Kind:
        """The kind of sets of a run."""
        return cls(options.size, options.faults if faults is None else faults, options.others_pay)


def buyer_number(number: int) -> int:
    """Who buys the list of that number: a thousand people take turns, twenty rounds, then a thousand others."""
    return number // (EACH * CROWD) * CROWD + number % CROWD


@lru_cache(maxsize=4 * CROWD)
def person(number: int) -> Buyer:
    """A person who cannot exist."""
    return invented_buyer(random.Random(f"bench/person/{number}"), number)


def is_faulty(number: int, kind: Kind) -> bool:
    """Whether the payment of that list differs from its order."""
    return random.Random(f"bench/fault/{number}").random() < kind.faults


def two_line_sale(number: int, kind: Kind) -> Sale:
    """A sale of two kinds of goods; somebody else may pay."""
    dice = random.Random(f"bench/{number}")
    lines = tuple(
        Line(goods, Decimal(dice.randint(1, 4)), Decimal(price) + dice.randint(0, 99) * FEN)
        for goods, price in dice.sample(PLAIN, 2)
    )
    who, other = buyer_number(number), dice.random() < kind.others_pay
    sale = Sale(
        number=f"B{number:09d}",
        mode="1210",
        ordered=START + timedelta(seconds=number % 86_400),
        buyer=person(who),
        payer=person(who ^ 1) if other else None,
        lines=lines,
        tax=_tax(lines),
        address_number=str(number),
        paid=None,
    )
    return _paid_wrong(sale) if is_faulty(number, kind) else sale


def _paid_wrong(sale: Sale) -> Sale:
    values = {name: getattr(sale, name) for name in Sale.__slots__}
    return Sale(**values | {"paid": sale.actural_paid + YUAN})


def numbers(index: int, size: int) -> range:
    """The lists of the index-th set."""
    return range(index * size, (index + 1) * size)


def document_set(index: int, kind: Kind) -> dict[str, list[Document]]:
    """The documents of the index-th set, by type of message."""
    told = [two_line_sale(number, kind) for number in numbers(index, kind.size)]
    return {type_: [WRITERS[type_](sale, "1") for sale in told] for type_ in TYPES}


def message_set(documents: Mapping[str, Sequence[Document]]) -> dict[str, bytes]:
    """The four signed messages that hold them, by type."""
    return {type_: envelope(type_, ones) for type_, ones in documents.items()}


# --- on disk -----------------------------------------------------------------------------------------------


def place(root: Path, kind: Kind) -> Path:
    """Where sets of this kind stay; those of earlier kinds are thrown away."""
    digest = hashlib.sha256(repr(kind).encode())
    for pattern in _SOURCES:
        for path in sorted(BASE.glob(pattern)):
            digest.update(path.read_bytes())
    folder = root / digest.hexdigest()[:16]
    if root.exists():
        for old in root.iterdir():
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def set_folder(folder: Path, index: int) -> Path:
    """A set's four messages."""
    return folder / f"{index // 1000:03d}" / f"{index:06d}"


def _write(folder: Path, index: int, kind: Kind) -> float:
    """One set, whole or not at all; the processor time it took."""
    begun, final = time.process_time(), set_folder(folder, index)
    half = final.with_suffix(f".{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    for type_, data in message_set(document_set(index, kind)).items():
        (half / f"{type_}.xml").write_bytes(data)
    taxes = [str(two_line_sale(number, kind).tax) for number in numbers(index, kind.size)]
    (half / "taxes.json").write_text(json.dumps(taxes))
    half.rename(final)
    return time.process_time() - begun


def write_sets(folder: Path, sets: range, kind: Kind) -> tuple[int, float]:
    """Write those that are missing; how many, and the processor seconds they took."""
    missing = [index for index in sets if not set_folder(folder, index).exists()]
    if not missing:
        return 0, 0.0
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fork) as pool:
        wanted = ([folder] * len(missing), missing, [kind] * len(missing))
        return len(missing), sum(pool.map(_write, *wanted, chunksize=4))


def taxes(folder: Path, index: int, size: int) -> dict[int, Decimal]:
    """What the generator reckoned, by the number of the list."""
    told = json.loads((set_folder(folder, index) / "taxes.json").read_text())
    return dict(zip(numbers(index, size), map(Decimal, told), strict=True))
