"""Reference numbers: issued at once, never twice, and a slip of the pen is found.

`TJ26-0000-0001-8`: place, year of issue, a number that only rises (gaps are allowed: a sequence is not taken
back by a rollback), and a check digit after Damm (2004), which finds every changed digit and every swap of
neighbours.
"""

from __future__ import annotations

import re

from django.utils import timezone
from stdnum import damm

from trail import prepared

PLACE = "TJ"
GROUP = 4
SHAPE = re.compile(rf"{PLACE}(?P<year>[0-9]{{2}})(?P<groups>(-[0-9]{{4}}){{2,3}})-(?P<check>[0-9])")


def next_reference() -> str:
    """A number nobody else gets, in any transaction."""
    ((number,),) = prepared.rows("SELECT nextval('submissions_reference')", [])
    return write_reference(timezone.localdate().year, number)


def write_reference(year: int, number: int) -> str:
    """The text for the n-th number of the sequence, issued in that year."""
    digits = f"{number:08d}"
    digits = digits.zfill(-(-len(digits) // GROUP) * GROUP)
    short_year = f"{year % 100:02d}"
    groups = "-".join(digits[i : i + GROUP] for i in range(0, len(digits), GROUP))
    return f"{PLACE}{short_year}-{groups}-{damm.calc_check_digit(short_year + digits)}"


def valid_reference(text: str) -> bool:
    """True when the text has the exact shape and its check digit fits."""
    match = SHAPE.fullmatch(text)
    if match is None:
        return False
    return bool(damm.is_valid(match["year"] + match["groups"].replace("-", "") + match["check"]))


def tidy_reference(text: str) -> str:
    """What a person typed, with case, spaces and dashes put right.

    "" when it cannot be a reference number.
    """
    bare = re.sub(r"[\s\-–—]", "", text).upper()
    if not re.fullmatch(rf"{PLACE}[0-9]{{11,15}}", bare):
        return ""
    head, digits, check = bare[:4], bare[4:-1], bare[-1]
    groups = [digits[i : i + GROUP] for i in range(0, len(digits), GROUP)]
    tidy = "-".join([head, *groups, check])
    return tidy if valid_reference(tidy) else ""
