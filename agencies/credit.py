"""Objections and repairs: the source agency's officials decide on the portal; Credit China takes in and publishes.

Without a scenario a source agency's own system says nothing, so that the case waits for its officials at the desk.
Credit China waits for the decision of the competent office and answers to that.
"""

import json

from agencies import offices
from agencies.offices import Case, Decision
from agencies.store import Store

OBJECTION, REPAIR = "credit-objection", "credit-repair"
SOURCES = ("customs", "commerce", "tax", "market", "bank", "bank2")
CREDIT_CHINA = "credit-china"
ENDED = ("Publication has ended on our site.", "本网站已停止公示。")
TURNED_DOWN = ("The competent office did not grant the repair.", "认定单位不予修复。")


def register() -> None:
    """Called once by the application."""
    for agency in SOURCES:
        for kind in (OBJECTION, REPAIR):
            offices.register(agency, kind, source)
    offices.register(CREDIT_CHINA, REPAIR, credit_china)


def source(case: Case, store: Store) -> list[Decision]:
    """Only what a scenario asks for; otherwise people decide."""
    named = offices.TOKEN.search(json.dumps(case.share, ensure_ascii=False))
    return offices.plain(case, store) if named else []


def credit_china(case: Case, store: Store) -> list[Decision]:
    """Nothing until the competent office has decided; then what came of it on this site."""
    outcome = (case.answer or {}).get("outcome")
    if outcome == "granted":
        return [Decision("accepted", *ENDED)]
    return [Decision("refused", *TURNED_DOWN)] if outcome == "refused" else []
