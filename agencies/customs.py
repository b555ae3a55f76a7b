"""E-port and customs at work: what becomes of each document, and which replies follow when."""

import logging
import re
import sqlite3
import time
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from agencies import checks
from agencies.documents import LISTS, NUMBERED, Document
from agencies.known import Known
from agencies.letters import Planned, new_guid
from agencies.replies import (
    BEIJING,
    TEXTS,
    coded,
    info_for,
    is_eport,
    return_time,
    store_replies,
)
from agencies.scenarios import Scenario, Step, customs_steps, scenario_of
from agencies.store import Store, stored_document

LOG = logging.getLogger(__name__)
CLOCK = re.compile(r"at=(\d{14})", re.ASCII)
LIST_NUMBER = re.compile(r"number=([0-9IE]{18,20})", re.ASCII)
EARLY = 0.001  # seconds a step when the replies must arrive before the answer


@dataclass(slots=True)
class Case:
    """A stored document while its replies are planned; keeps their times in order."""

    document: Document
    scenario: Scenario
    start: float  # the instant from which steps count
    delay: float  # seconds a step
    last_time: str = ""
    pre_no: str = ""
    invt_no: str = ""
    told: bool = False  # `start` is the instant that customs write down

    @property
    def clock(self) -> float:
        """The instant that customs write down: `at=YYYYMMDDhhmmss` in the note, or now."""
        found = CLOCK.search(self.document.fields.get("note", ""))
        return moment(found[1]) if found and not self.told else self.start

    def plan(self, steps: list[Step], info: str = "") -> list[Planned]:
        planned = [self._plan(step, info) for step in steps]
        if self.scenario.name != "double":
            return planned
        again = [replace(planned[-1], due=planned[-1].due + self.delay)] if steps[-1].status != "2" else []
        return [replace(one, sends=2) for one in planned] + again

    def _plan(self, step: Step, info: str) -> Planned:
        self.last_time = return_time(self.clock + step.after * self.delay, self.last_time)
        sent = step.after if step.sent is None else step.sent
        text = info or info_for(step.status)
        if is_eport(step.status):
            text = f"{text}[{self.document.guid}]"
        return Planned(
            document=self.document,
            number=self.document.number,
            guid=self.document.guid if is_eport(step.status) else new_guid(),
            status=step.status,
            info=text,
            time=self.last_time,
            due=self.start + sent * self.delay,
            pre_no=self.pre_no,
            # Customs gives the list its number when it stores it: neither E-port nor a return carries one.
            invt_no=self.invt_no,
        )

    def stranger(self) -> list[Planned]:
        """A reply for a document number that nobody knows."""
        known = self._plan(Step("120", 2), "")
        return [replace(known, number=f"NOBODY-{token_hex(4).upper()}")]


class Customs:
    def __init__(self, store: Store, delay: float, patience: int = 3) -> None:
        self.store = store
        self.delay = delay
        self.patience = patience  # delays

    def take(self, dispatch: str, documents: list[Document], *, early: bool) -> None:
        """E-port's part, in the caller's transaction: store the documents, plan what is known already."""
        now, delay = time.time(), EARLY if early else self.delay
        planned: list[Planned] = []
        known = Known(self.store).read_own(documents)
        for document in documents:
            planned += self._take(known, dispatch, document, now, delay)
        known.write()
        store_replies(self.store, dispatch, planned)

    def _take(
        self, known: Known, dispatch: str, document: Document, now: float, delay: float
    ) -> list[Planned]:
        scenario = scenario_of(document)
        existing = known.current(document.kind, document.key)
        case = Case(document, scenario, now, delay, existing["last_time"] if existing else "")
        is_list = document.kind in LISTS
        if document.kind in NUMBERED:
            case.pre_no = existing["pre_no"] if existing else self._pre_no(now)
        fault = checks.eport_fault(known, document)
        if fault is None and scenario.name == "eport-error":
            fault = scenario.argument if _is_negative(scenario.argument) else "-621017"
        returned = scenario.name == "return" and not is_list
        state = "refused" if fault else "returned" if returned else "received" if is_list else "stored"
        silent = scenario.name == "silence" and not fault
        planned = [] if silent else self._eport_replies(case, fault, is_list=is_list)
        known.add(
            dispatch, document, scenario=str(scenario), state=state, pre_no=case.pre_no,
            last_time=case.last_time,
            examine_at=now + 2 * delay if is_list and not fault and not silent else None,
        )  # fmt: skip
        if document.kind == "departure" and state == "stored" and not silent:
            planned += self._close(document, now, delay)
        return planned

    def _close(self, departure: Document, now: float, delay: float) -> list[Planned]:
        """Every released list whose parcel has left is closed (899), with the time of leaving."""
        planned: list[Planned] = []
        for line in departure.lines:
            key = f"{departure.fields['logisticsCode']}|{line.get('logisticsNo', '')}"
            for row in self.store.released_lists(key):
                case = Case(
                    stored_document(row), Scenario(), now, delay,
                    row["last_time"], row["pre_no"], row["invt_no"],
                )  # fmt: skip
                planned += self._closed(case, departure.fields["leaveTime"])
                self.store.set_last_time("export-list", row["key"], case.last_time)
        return planned

    def _eport_replies(self, case: Case, fault: str | None, *, is_list: bool) -> list[Planned]:
        if fault:
            return case.plan([Step(fault, 1)])
        if is_list:
            planned = case.plan([Step("2", 1)])
        elif case.scenario.name == "return":
            planned = case.plan([Step("2", 1)]) + case.plan([Step("100", 2)], reason(case.scenario.argument))
        elif case.scenario.name == "disorder":
            planned = case.plan([Step("2", 1, sent=3), Step("120", 2)])
        else:
            planned = case.plan([Step("2", 1), Step("120", 2)])
        return planned + (case.stranger() if case.scenario.name == "unknown" else [])

    def _closed(self, case: Case, left: str) -> list[Planned]:
        """899 by the clock of the departure, sent after everything else about the list."""
        start = case.start
        case.start, case.told = moment(left), True
        closed = case.plan([Step("899")])
        case.start, case.told = start, False
        return [replace(one, due=start + 3 * case.delay) for one in closed]

    def examine(self) -> bool:
        """Customs' part: look at the lists of one message whose time has come. False: there are none."""
        now = time.time()
        rows = self.store.to_examine(now)
        try:
            self._examine_all(rows, now)
        except Exception:  # one message that cannot be examined must not keep the others waiting
            LOG.exception("The lists of %s cannot be examined", rows[0]["dispatch"])
            for row in rows:
                self.store.postpone(row["id"], None)
        return bool(rows)

    def _examine_all(self, rows: list[sqlite3.Row], now: float) -> None:
        with self.store.transaction():
            planned: list[Planned] = []
            documents = [stored_document(row) for row in rows]
            known = Known(self.store).read_partners(documents)
            early = bool(rows) and self._is_early(rows[0]["dispatch"])
            for row, document in zip(rows, documents, strict=True):
                case = Case(
                    document, Scenario(*_split(row["scenario"])), now,
                    EARLY if early else self.delay, row["last_time"], row["pre_no"], row["invt_no"],
                )  # fmt: skip
                patience = 0 if early else self.patience
                planned += self._examine(known, row["id"], case, patience - row["tries"])
            known.write()
            if rows:
                store_replies(self.store, rows[0]["dispatch"], planned)

    def _examine(self, known: Known, identity: int, case: Case, patience: int) -> list[Planned]:
        wanted = case.scenario.name == "return"
        codes = [] if wanted else checks.findings(known, case.document)
        if checks.MISSING.intersection(codes) and patience > 0:
            self.store.postpone(identity, case.start + case.delay)
            return []
        if wanted:
            state, planned = "returned", case.plan([Step("100")], reason(case.scenario.argument))
        elif codes:
            state, planned = "returned", case.plan([Step("100")], "".join(map(coded, codes)))
        else:
            case.invt_no = case.invt_no or self._invt_no(case.document, case.start)
            state, planned = "stored", case.plan(customs_steps(_life_of(known, case), is_list=True))
            if case.document.kind == "export-list":
                for left in known.left(case.document.waybill_key)[:1]:
                    planned += self._closed(case, left)
        known.examined(identity, state, case.invt_no, case.last_time)
        return planned

    def _is_early(self, dispatch: str) -> bool:
        row = self.store.dispatch(dispatch)
        return row is not None and row["scenario"] == "early"

    def _pre_no(self, now: float) -> str:
        day = f"{datetime.fromtimestamp(now, BEIJING):%Y%m%d}"
        return f"B{day}{self.store.next_number(f'preNo {day}'):09}"

    def _invt_no(self, document: Document, now: float) -> str:
        asked = LIST_NUMBER.search(document.fields.get("note", ""))
        if asked:
            return asked[1]
        way = "E" if document.kind == "export-list" else "I"
        start = f"{document.fields['customsCode']}{datetime.fromtimestamp(now, BEIJING):%Y}{way}"
        return f"{start}{self.store.next_number(f'invtNo {start}'):09}"


def _life_of(known: Known, case: Case) -> Scenario:
    """A list whose note says nothing lives as its order's note says."""
    if case.scenario.name != "release":
        return case.scenario
    kind = "export-order" if case.document.kind == "export-list" else "order"
    order = known.current_of_order(kind, case.document.order_key)
    inherited = scenario_of(stored_document(order)) if order else Scenario()
    return inherited if inherited.name in {"review", "inspection", "detained"} else case.scenario


def moment(digits: str) -> float:
    """The instant of 14 digits of Beijing time; now when they are none."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        return time.time()


def reason(code: str) -> str:
    return TEXTS["text"] if code == "text" else coded(code)


def _is_negative(code: str) -> bool:
    return re.fullmatch(r"-[1-9]\d{0,8}", code, re.ASCII) is not None


def _split(scenario: str) -> tuple[str, str]:
    name, _, argument = scenario.partition(":")
    return name, argument
