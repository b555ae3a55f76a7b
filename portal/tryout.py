"""What there is to try in the demonstration: files of the story, fresh sets, and how the agencies' stand-in is steered.

Nothing of it is data of the portal: the stand-in chooses by the content it gets, and this says by which. A test holds
these tables to the stand-in's own.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customs.demo.story import story_message
from customs.demo.wire import TYPES
from portal.management.commands.demo_files import demo_files, file_name
from submissions.registry import Text

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_RUN = 6
FRESH = ("O01", "O02")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A token and what the stand-in then does."""

    token: str
    text: Text

    @property
    def name(self) -> str:
        """The token without its argument."""
        return self.token.partition(":")[0].partition("[")[0]


@dataclass(frozen=True, slots=True)
class Actor:
    """An agency of the stand-in: where the token is written, and which there are."""

    code: str
    name: Text
    where: Text
    scenarios: tuple[Scenario, ...]


CUSTOMS = Actor(
    "customs",
    _("E-port and customs"),
    _(
        "Write scenario=<name> into the note of an order or an inventory list; a fresh set below has it already."
    ),
    (
        Scenario("release", _("The default: stored (120), released (800).")),
        Scenario("review[:n]", _("Manual review (300), released after some steps.")),
        Scenario("inspection", _("Inspection (500), then released.")),
        Scenario("detained[:status]", _("Detained (501, or 502, 503, 599), and nothing more.")),
        Scenario(
            "return:<code>",
            _("Returned (100) with that code, for example return:1332: correct and declare again."),
        ),
        Scenario(
            "eport-error:<code>", _("E-port refuses with that status, for example eport-error:-621029.")
        ),
        Scenario("silence", _("Accepted, and never a reply.")),
        Scenario("double", _("Every reply comes twice.")),
        Scenario("disorder", _("The last reply overtakes the one before it.")),
        Scenario("unknown", _("Also a reply for a document that nobody knows.")),
        Scenario("early", _("Replies arrive before the message is answered.")),
        Scenario("later[:n]", _("Asks to come later (503), then takes it.")),
        Scenario("error:<5xx>[x<n>]", _("Fails some times, then takes it.")),
        Scenario(
            "timeout[:seconds]", _("Takes it, but answers too late: the portal asks before it sends again.")
        ),
        Scenario("malformed", _("Takes it, but the answer cannot be read.")),
        Scenario("refuse", _("Refused at the door with two problems.")),
        Scenario(
            "misconfigured[:n]", _("Our access is refused: the agency's queue stops, officials are told.")
        ),
    ),
)
OFFICES = Actor(
    "offices",
    _("Commerce, tax, market regulation, banks, Credit China, customs' registration office"),
    _("Write scenario=<name> into any text of the form; every agency reads its own part of it."),
    (
        Scenario("accept", _("The default: accepted.")),
        Scenario("refuse", _("Refused, with the agency's words.")),
        Scenario("ask", _("Asks for more; accepts when you have answered.")),
        Scenario("silence", _("Taken, never decided: its promised time runs out.")),
        Scenario("twice", _("The decision comes three times; it counts once.")),
        Scenario("later", _("Asks to come later (503), then takes it.")),
        Scenario("unknown", _("Also a decision about a number that nobody knows.")),
        Scenario("problems", _("Refused at the door with two problems.")),
    ),
)
TAX = Actor(
    "tax",
    _("Tax: comparison of an exemption declaration"),
    _("Write it into the remark of the declaration."),
    (
        Scenario("difference", _("The first line differs from customs' data: settle it or correct it.")),
        Scenario("missing", _("Customs' data lack the first line: settle it or correct it.")),
    ),
)
B2B = Actor(
    "b2b",
    _("Customs: a B2B customs declaration (9710, 9810)"),
    _("Write it into the note of the form."),
    (
        Scenario("send-back", _("Sent back once with one problem; goes on when you have corrected it.")),
        Scenario("hold", _("Accepted and not released.")),
        Scenario("stay", _("Released and never closed: the goods have not left.")),
        Scenario("overtake", _("The closing comes before the release.")),
    ),
)
POLICE = Actor(
    "police",
    _("Police: name and identity number of a buyer"),
    _("Write it into the name; without it, an invented number (…0199…) with 示例 in the name is confirmed."),
    (
        Scenario("match", _("Confirmed.")),
        Scenario("mismatch", _("Name and number do not belong together.")),
        Scenario("not-in-base", _("Neither base knows the number.")),
        Scenario("local-missing", _("Only the national base knows the number.")),
        Scenario("unavailable", _("The base cannot be asked now; it is asked again.")),
        Scenario("error", _("The base fails; it is asked again.")),
        Scenario("malformed", _("The answer cannot be read; it is asked again.")),
        Scenario("misconfigured", _("Our access is refused; officials are told.")),
    ),
)
ACTORS = (CUSTOMS, OFFICES, B2B, TAX, POLICE)

# The folders of the demonstration's files, and what comes of each.
STORIES: Mapping[str, Text] = {
    "O01": _("Bonded goods, released; import tax 142.51"),
    "O02": _("Direct purchase, released; import tax 166.02"),
    "O10": _("The payment says 129.00 instead of 140.74: returned with code 1332"),
    "O10-corrected": _("Payment and list of O10 declared again: released; import tax 11.74"),
    "E21": _("Retail export (9610): released, and closed (899) when the departure is told"),
    "E22": _("The list declares three pieces, the order says two: returned with code 1322"),
    "E22-corrected": _("The list of E22 declared again, and its three notices: closed"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """A folder of files with its outcome; each file with the login that hands it in."""

    folder: str
    outcome: Text
    files: list[tuple[str, str]]


def stories() -> list[Story]:
    """The files of the demonstration, folder by folder."""
    names = [name for name in demo_files() if "/" in name]
    return [
        Story(
            folder,
            outcome,
            [
                (name, f"{name.split('/')[1][0]}@demo.example")
                for name in names
                if name.startswith(f"{folder}/")
            ],
        )
        for folder, outcome in STORIES.items()
    ]


def file_of(name: str) -> bytes | None:
    """The content of one of these files."""
    return demo_files().get(name) if "/" in name else None


def run_of(now: datetime) -> str:
    """An ending for numbers that nobody used before: the seconds of some decades in six digits of base 36."""
    left, found = int(now.timestamp()), ""
    while left:
        left, digit = divmod(left, len(DIGITS))
        found = DIGITS[digit] + found
    return found[-LONGEST_RUN:]


def fresh_set(order: str, scenario: str, run: str) -> bytes:
    """A ZIP of the four messages of an order under new numbers, the scenario in the note of order and list."""
    note = f"scenario={scenario}" if scenario else None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for type_ in TYPES:
            head: dict[str, Any] = {"note": note} if note and type_ in ("CEB311", "CEB621") else {}
            archive.writestr(
                f"{order}-{run}/{file_name(type_)}", story_message(order, type_, run=run, **head)
            )
    return packed.getvalue()
