"""The story's integrity records, entered through the services; the same again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import Agency, Company
from credit import services
from credit.services import FactIn, LevelIn
from trail.actors import SYSTEM

TIANJIN = ZoneInfo("Asia/Shanghai")
MISSTATEMENT = FactIn(
    type="misstatement",
    severity="general",
    ruled_on=date(2026, 5, 8),
    record_no="DEMO-2026-0508",
    document_no="津关缉违字〔2026〕示例58号",
    words_zh="出口申报数量与实际不符（示例）。",
    words_en="The quantity declared for export was mis-stated (example).",
)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=TIANJIN)


def load(companies: Mapping[str, Company]) -> None:
    """F: a general fact, repaired before its time. G: a level from customs. B's comes when O10 is corrected.

    `companies` by their keys in the story.
    """
    customs = Agency.objects.get(code="customs")
    _misstatement(companies["F"], customs)
    told = LevelIn("certified", date(2026, 6, 1), "津关企管〔2026〕示例6号")
    services.record_level(told, company=companies["G"], agency=customs, by=SYSTEM, at=_at(date(2026, 6, 1)))


def _misstatement(firm: Company, customs: Agency) -> None:
    """Ruled on 2026-05-08, repair asked on 2026-11-09, publication ended on 2026-11-20."""
    fact, _new = services.record_fact(
        MISSTATEMENT, company=firm, agency=customs, by=SYSTEM, at=_at(date(2026, 5, 8))
    )
    if not fact.events.exists():
        services.add_event(fact, "ask_repair", by=SYSTEM, at=_at(date(2026, 11, 9)))
        services.repair(fact, by=SYSTEM, why="已履行义务，予以修复（示例）。", at=_at(date(2026, 11, 20)))
