"""The form of customs' replies: what stands in each, written by hand so that no code of the portal repeats an error."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from agencies.documents import Document

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
# Reply → its entity and its own elements, in order: `number`, `pre_no`, `invt_no` of the reply, all others of the
# document. After "=" the value of an element that the document lacks; "?" leaves an empty element out.
FORMS = {
    "CEB312": ("OrderReturn", "ebpCode ebcCode orderNo:number"),
    "CEB412": ("PaymentReturn", "payCode payTransactionId:number"),
    "CEB512": ("LogisticsReturn", "logisticsCode logisticsNo:number"),
    "CEB622": (
        "InventoryReturn",
        "customsCode ebpCode ebcCode agentCode copNo:number preNo:pre_no invtNo:invt_no?",
    ),
    "CEB304": ("OrderReturn", "ebpCode ebcCode orderNo:number"),
    "CEB404": ("ReceiptsReturn", "ebcCode orderNo:number payNo"),
    "CEB506": ("LogisticsReturn", "logisticsCode logisticsNo:number"),
    "CEB508": (
        "ArrivalReturn",
        "operatorCode logisticsCode preNo:pre_no copNo:number billNo msgSeqNo=1",
    ),
    "CEB510": ("DepartureReturn", "logisticsCode copNo:number preNo:pre_no msgSeqNo=1"),
    "CEB604": (
        "InventoryReturn",
        "agentCode copNo:number preNo:pre_no invtNo:invt_no ebcCode ebpCode orderNo statisticsFlag",
    ),
    "CEB608": ("WayBillReturn", "agentCode logisticsCode copNo:number preNo:pre_no billNo msgSeqNo=1"),
}
_OWN = ("number", "pre_no", "invt_no")


@dataclass(frozen=True, slots=True)
class Planned:
    """One document's share of a reply that will be sent."""

    document: Document
    number: str
    guid: str
    status: str
    info: str
    time: str
    due: float
    pre_no: str = ""
    invt_no: str = ""
    sends: int = 1

    @property
    def summary(self) -> dict[str, str]:
        return {"number": self.number, "guid": self.guid, "status": self.status, "time": self.time}


def _element(word: str) -> tuple[str, str, str, bool]:
    """Name, where its value is, what stands for a missing one, whether an empty one stays out."""
    text, _, default = word.rstrip("?").partition("=")
    name, _, source = text.partition(":")
    return name, source or name, default, word.endswith("?")


_ELEMENTS = {
    reply: (entity, [_element(word) for word in words.split()]) for reply, (entity, words) in FORMS.items()
}


def new_guid() -> str:
    return str(uuid.uuid4()).upper()


def render(reply: str, said: Iterable[Planned]) -> bytes:
    """The message, unsigned."""
    root = f'<{reply}Message xmlns="{NAMESPACE}" guid="{new_guid()}" version="1.0">'
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', root, *(_one(reply, one) for one in said)]
    return "\n".join([*parts, f"</{reply}Message>", ""]).encode()


def _one(reply: str, said: Planned) -> str:
    entity, elements = _ELEMENTS[reply]
    own, fields = {name: getattr(said, name) for name in _OWN}, said.document.fields
    inner = []
    for name, source, default, optional in elements:
        value = own[source] if source in own else fields.get(source) or default
        if value or not optional:
            inner.append(f"    <{name}>{escape(value)}</{name}>")
    return "\n".join(
        [
            f"  <{entity}>\n    <guid>{escape(said.guid)}</guid>",
            *inner,
            f"    <returnStatus>{escape(said.status)}</returnStatus>",
            f"    <returnTime>{said.time}</returnTime>",
            f"    <returnInfo>{escape(said.info)}</returnInfo>\n  </{entity}>",
        ]
    )
