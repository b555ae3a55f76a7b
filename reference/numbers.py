"""Identifiers and their check digits: pure, no register is asked.

Formats only: a well-formed number says nothing about whether the firm or person exists.
"""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext_noop
from stdnum.iso7064 import mod_11_2

from reference.problems import Problem

# GB 32100-2015: no I O S V Z. Positions 1-2 may be letters (e.g. A, N, Y), 3-8 are a division code.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_FORM = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CUSTOMS_CODE = re.compile(r"[0-9]{5}[0-9A-Z]{5}")
ID_FORM = re.compile(r"[0-9]{17}[0-9X]")
USCC_LENGTH = 18
FIRST_BIRTH_YEAR = 1850


def uscc_check_character(first17: str) -> str:
    """The 18th character by GB 32100 (modulus 31, weights 3^(i-1))."""
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return USCC_ALPHABET[-total % 31]


def organisation_check_character(body8: str) -> str:
    """The 9th character of an organisation code by GB 11714 (modulus 11)."""
    total = sum(ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body8, ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def uscc_problems(number: str, path: str = "") -> list[Problem]:
    """What is wrong with a unified social credit code (R5.01): form, and both of its check characters."""
    if len(number) != USCC_LENGTH:
        message = gettext_noop("A unified social credit code has 18 characters, this has {length}.")
        return [Problem("uscc.length", path, message, {"length": str(len(number))})]
    if not USCC_FORM.fullmatch(number):
        message = gettext_noop(
            "A unified social credit code has digits in places 3 to 8 and elsewhere digits and capitals "
            "without I, O, S, V, Z."
        )
        return [Problem("uscc.form", path, message)]
    problems: list[Problem] = []
    if organisation_check_character(number[8:16]) != number[16]:
        message = gettext_noop("The check character of the organisation code (place 17) is wrong.")
        problems.append(Problem("uscc.organisation_check", path, message))
    if uscc_check_character(number[:17]) != number[17]:
        message = gettext_noop("The last check character of the unified social credit code is wrong.")
        problems.append(Problem("uscc.check", path, message))
    return problems


def uscc_valid(number: str) -> bool:
    """Whether a unified social credit code is well formed."""
    return not uscc_problems(number)


def customs_code_valid(code: str) -> bool:
    """Whether a ten-character customs code is well formed (R5.03); modern ones hold letters."""
    return bool(CUSTOMS_CODE.fullmatch(code))


def id_number_valid(number: str, on: date | None = None) -> bool:
    """Whether an 18-character identity number is well formed (R5.02): form, birth date, check digit.

    `on` is the day by which the holder must have been born; without it that is not tested. The division code
    is not looked up: divisions are abolished while their numbers live on.
    """
    if not ID_FORM.fullmatch(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    if born.year < FIRST_BIRTH_YEAR or (on is not None and born > on):
        return False
    return bool(mod_11_2.is_valid(number))
