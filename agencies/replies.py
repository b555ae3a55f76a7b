"""Building: the replies to import and export, one message for up to 100 documents."""

import csv
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from agencies.documents import KIND_OF, MOST
from agencies.letters import Planned, render
from agencies.store import Store

HERE = Path(__file__).parent
BEIJING = timezone(timedelta(hours=8))
EPORT = range(1, 5)  # statuses 1–4 are E-port's, 100 and above customs'
TEXT_CODES = {"120": "1800", "800": "2600"}

TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def _texts() -> dict[str, str]:
    with (HERE / "data" / "codes.csv").open(encoding="utf-8") as rows:
        return {row["code"]: row["desc"] for row in csv.DictReader(rows)}


TEXTS = _texts()


def coded(code: str) -> str:
    """Customs' own form of a reason."""
    return f"[Code:{code};Desc:{TEXTS.get(code, '其它原因')}]"


def info_for(status: str) -> str:
    """What customs says with a status that needs no reason; E-port's errors have words only."""
    if status in TEXT_CODES:
        return coded(TEXT_CODES[status])
    return TEXTS.get(status, "处理异常")


def is_eport(status: str) -> bool:
    return int(status) < 0 or int(status) in EPORT


def return_time(instant: float, last: str) -> str:
    """17 digits of Beijing time, always later than the document's last one."""
    told = _told(instant)
    if told > last:
        return told
    before = datetime.strptime(last, "%Y%m%d%H%M%S%f").replace(tzinfo=BEIJING)
    return digits(before + timedelta(milliseconds=1))


@lru_cache(maxsize=64)
def _told(instant: float) -> str:
    return digits(datetime.fromtimestamp(instant, BEIJING))


def digits(at: datetime) -> str:
    """17 of them."""
    day, time = f"{at.year:04}{at.month:02}{at.day:02}", f"{at.hour:02}{at.minute:02}{at.second:02}"
    return f"{day}{time}{at.microsecond // 1000:03}"


def store_replies(store: Store, dispatch: str, planned: Iterable[Planned]) -> None:
    """Group by step, number of sends and kind of reply; each message gets the Message-Id it will always have."""

    def group(one: Planned) -> tuple[float, int, str]:
        return one.due, one.sends, KIND_OF[one.document.kind].reply

    for (due, sends, _reply), members in groupby(sorted(planned, key=group), key=group):
        for part in _in_hundreds(members):
            kind = KIND_OF[part[0].document.kind]
            store.add_reply(
                message_id=str(uuid.uuid4()), dispatch=dispatch, message=kind.reply,
                body=render(kind.reply, part), documents=[one.summary for one in part], due=due, sends=sends,
            )  # fmt: skip


def _in_hundreds(members: Iterable[Planned]) -> Iterable[list[Planned]]:
    everyone = list(members)
    return (everyone[start : start + MOST] for start in range(0, len(everyone), MOST))
