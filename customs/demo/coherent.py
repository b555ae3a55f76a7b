"""Any number of coherent sales for tests and benchmarks; the same seed always tells the same ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from stdnum.iso7064 import mod_11_2

from customs.demo.cast import GOODS, Buyer, Goods
from customs.demo.sales import Line, Sale
from customs.demo.wire import TYPES, WRITERS, envelope

FEN = Decimal("0.01")
FACTOR = Decimal("0.7")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
PROVINCES = tuple(range(11, 16)) + tuple(range(31, 38)) + tuple(range(41, 47)) + tuple(range(50, 55))
UNISSUED = "0199"  # a division that was never issued: nobody holds such a number
# Goods without consumption tax: their tax can be told without the tariff.
PLAIN: tuple[tuple[Goods, int], ...] = ((GOODS["IM01"], 218), (GOODS["IM08"], 129), (GOODS["IM09"], 98))
START = datetime(2026, 11, 2, 8, 0)  # noqa: DTZ001 - Beijing time as the messages have it


def invented_buyer(dice: random.Random, number: int) -> Buyer:
    """A person who cannot exist, with a well-formed identity number."""
    born = date(1960, 1, 1) + timedelta(days=dice.randrange(16_000))
    body = f"{dice.choice(PROVINCES)}{UNISSUED}{born:%Y%m%d}{dice.randrange(1000):03d}"
    return Buyer(
        key=f"X{number}",
        name=f"{dice.choice(SURNAMES)}示例",
        id_number=body + mod_11_2.calc_check_digit(body),
        telephone=f"120{number % 100_000_000:08d}",
    )


def _tax(lines: Sequence[Line]) -> Decimal:
    """VAT at 70 %, rounded half up line by line (R1.05, R1.12)."""
    taxes = ((line.total * line.goods.vat * FACTOR).quantize(FEN, ROUND_HALF_UP) for line in lines)
    return sum(taxes, Decimal(0))


def _sale(dice: random.Random, number: int, *, seed: int, mode: str, buyer: Buyer | None) -> Sale:
    chosen = dice.sample(PLAIN, dice.randint(1, len(PLAIN)))
    lines = tuple(
        Line(goods, Decimal(dice.randint(1, 4)), Decimal(price) + dice.randint(0, 99) * FEN)
        for goods, price in chosen
    )
    return Sale(
        number=f"X{seed:05d}{number:07d}",
        mode=mode,
        ordered=START + timedelta(seconds=number % 86_400),
        buyer=buyer or invented_buyer(dice, number),
        lines=lines,
        tax=_tax(lines),
        address_number=str(number),
    )


def coherent_sales(
    count: int, *, seed: int = 1, mode: str = "1210", buyer: Buyer | None = None, start: int = 0
) -> list[Sale]:
    """`count` sales without a fault, all of one buyer or each of another; numbers run on from `start`."""
    return [
        _sale(random.Random(f"{seed}/{number}"), number, seed=seed, mode=mode, buyer=buyer)  # noqa: S311
        for number in range(start + 1, start + count + 1)
    ]


def coherent_set(
    count: int, *, seed: int = 1, mode: str = "1210", buyer: Buyer | None = None, start: int = 0
) -> dict[str, bytes]:
    """The four signed messages of `count` (1 to 100) sales, by type."""
    told = coherent_sales(count, seed=seed, mode=mode, buyer=buyer, start=start)
    return {type_: envelope(type_, [WRITERS[type_](sale, "1") for sale in told]) for type_ in TYPES}
