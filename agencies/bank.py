"""The handling bank: checks a balance-of-payments declaration and passes it to SAFE, or returns it with its reason.

A code for goods outside customs statistics is returned when the declaration's orders are in them.
"""

from dataclasses import replace

from agencies import offices
from agencies.offices import Case, Decision
from agencies.store import Store

KIND = "bop-declaration"
OUTSIDE_STATISTICS = "122030"
WRONG_CODE = (
    "Code 122030 is for goods outside customs statistics; these were declared to customs. Please correct the code.",
    "交易编码122030适用于未纳入海关统计的货物，所附订单已向海关申报并纳入统计，请更正交易编码。",
)


def register() -> None:
    """Called once by the application; both banks of the demonstration check alike."""
    for bank in ("bank", "bank2"):
        offices.register(bank, KIND, decide)


def decide(case: Case, store: Store) -> list[Decision]:
    """Returned for a wrong code; where any office would accept, passed on to SAFE under its number."""
    if case.share.get("code") == OUTSIDE_STATISTICS and case.share.get("orders_in_customs_statistics"):
        return [Decision("refused", *WRONG_CODE)]
    return [_forwarded(case, one) if one.verdict == "accepted" else one for one in offices.plain(case, store)]


def _forwarded(case: Case, plain: Decision) -> Decision:
    number = f"SAFE-{case.number.removeprefix('BAN')}"
    en, zh = f"Passed on to SAFE under {number}.", f"已报送外汇局，编号 {number}。"
    return replace(plain, words_en=en, words_zh=zh)
