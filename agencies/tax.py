"""The tax authority: compares a declaration of exemption with what customs told it, line by line.

Without a scenario customs' data are as declared; `scenario=difference` raises the first line's amount by one,
`scenario=missing` leaves it out of customs' data. It never asks back.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agencies import offices
from agencies.offices import Case, Decision
from agencies.scenarios import Row
from agencies.store import Store

AGENCY, KIND = "tax", "exemption-declaration"
SCENARIOS = (
    Row("difference", "case", "Tax: customs' data have another amount for the first exempt line."),
    Row("missing", "case", "Tax: customs' data do not have the first exempt line."),
)
EQUAL = ("The declared lines agree with customs' data.", "申报明细与海关数据比对一致。")
DIFFERS = ("The declared lines differ from customs' data.", "申报明细与海关数据比对不一致。")


def register() -> None:
    """Called once by the application."""
    offices.register(AGENCY, KIND, decide)


def decide(case: Case, store: Store) -> list[Decision]:
    """What any office would say; where it would accept or ask back, the comparison instead."""
    return [compared(case, one) if one.verdict != "refused" else one for one in offices.plain(case, store)]


def compared(case: Case, plain: Decision) -> Decision:
    """The comparison as a message of its own type."""
    found = differences(case)
    en, zh = DIFFERS if found else EQUAL
    return Decision(
        "accepted", en, zh, after=plain.after, sends=plain.sends, reference=plain.reference,
        extra={"type": "comparison", "differences": found},
    )  # fmt: skip


def differences(case: Case) -> list[dict[str, Any]]:
    """Lines of which customs says something else; `amount` as customs has it."""
    lines = [line for line in case.share.get("lines", []) if line.get("kind") == "exempt"]
    if case.scenario not in ("difference", "missing") or not lines:
        return []
    return [_told(lines[0], Decimal(str(lines[0]["amount"])) + 1 if case.scenario == "difference" else None)]


def _told(line: Mapping[str, Any], amount: Decimal | None) -> dict[str, Any]:
    return {
        "list_no": line["list_no"],
        "gnum": line["gnum"],
        "amount": None if amount is None else str(amount),
    }
