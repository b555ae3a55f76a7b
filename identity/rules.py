"""Who is asked, what an answer means, and what never leaves the house: pure rules (R5.02, R9.01, R9.02, R13.12).

Two elements are checked: a name and an 18-digit identity number. A number that is not well formed is never asked
about. A number whose first digits name this place (120 for Tianjin; a parameter) says where it was first
registered, not where the person lives: it is asked for locally first, and nationally when it is not in the local base.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

from django.utils.translation import gettext_noop as _

from reference.numbers import ID_FORM, id_number_valid
from reference.problems import Problem

LOCAL, NATIONAL = "police-local", "police-national"
Verdict = Literal["match", "mismatch", "not_in_base"]
Outcome = Literal["match", "mismatch", "not_in_base", "unavailable"]
VERDICTS: tuple[Verdict, ...] = ("match", "mismatch", "not_in_base")
PayerRule = Literal["free", "same", "wait"]

NAME_MOST = 60
_SPACE = re.compile(r"\s+")


def tidy_number(text: str) -> str:
    """What a person typed, full-width digits, spaces and a small x put right."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).upper()


def tidy_name(text: str) -> str:
    """A name without spaces around it."""
    return text.strip()


def faults(
    name: str, number: str, on: date, *, name_path: str = "/name", number_path: str = "/number"
) -> list[Problem]:
    """What is wrong with the form of the two (tidied) elements; with any of these nobody is asked (R5.02, R9.02).

    The division code is not looked up: divisions are abolished while their numbers live on.
    """
    found = []
    if not name or len(name) > NAME_MOST:
        text = _("A name is needed, of {most} characters at most.")
        found.append(Problem("identity.name", name_path, text, {"most": str(NAME_MOST)}))
    if not ID_FORM.fullmatch(number):
        text = _("An identity number has 17 digits and a digit or X.")
        found.append(Problem("identity.number_form", number_path, text))
    elif not id_number_valid(number, on):
        text = _("The identity number does not exist: its birth date or its check digit is wrong.")
        found.append(Problem("identity.number_check", number_path, text))
    return found


def route(number: str, local_prefix: str) -> tuple[str, ...]:
    """The agencies to ask, in this order (R13.12)."""
    return (LOCAL, NATIONAL) if number.startswith(local_prefix) else (NATIONAL,)


def next_agency(way: Sequence[str], asked: str, verdict: Verdict) -> str:
    """Whom to ask after this answer; "" when it is final. Only "not in the base" leads on."""
    if verdict != "not_in_base" or asked not in way:
        return ""
    rest = way[way.index(asked) + 1 :]
    return rest[0] if rest else ""


def payer_rule(outcome: Outcome) -> PayerRule:
    """What the check of the buyer means for the payer (R9.01, R13.12).

    "free": may be anybody. "same": must be the buyer. "wait": nobody knows yet, and so nothing passes.
    """
    if outcome == "match":
        return "free"
    return "wait" if outcome == "unavailable" else "same"
