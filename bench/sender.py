"""The sending side, a process of its own: messages from disk over connections that stay open, each answer noted.

`python -m bench.sender` reads its plan as one JSON line from standard input, then lines of how many lists are done,
how many may be under way, and "stop"; sets begun are then handed in to their end.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import queue
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

TYPES = ("CEB311", "CEB411", "CEB511", "CEB621")
LATE = "CEB411"  # the type that may come last
LATE_BY = 3.0  # seconds after the list
TAKEN, TOO_MANY, BROKEN = 202, 429, 500
WAITING = 4  # messages before a lane at most while nothing is said about the rate
TRIES = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, where to, how fast."""

    host: str
    port: int
    tokens: dict[str, str]
    folder: str
    log: str
    first: int
    last: int  # not included
    size: int
    rate: float
    under_way: int
    late: float
    repeats: float
    connections: int


class Piece(NamedTuple):
    """One message."""

    number: int  # of the set
    type: str
    due: float
    again: bool = False


class Sent(NamedTuple):
    """What became of it. Times in seconds since 1970; status 0: no answer."""

    number: int  # of the set
    type: str
    due: float
    sent: float
    answered: float
    status: int
    again: bool
    refusals: int  # answers 429 before


@dataclass(slots=True)
class Flow:
    """What the measuring process tells meanwhile."""

    done: int = 0
    under_way: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Until standard input ends, which is a stop."""
        for line in sys.stdin:
            told = json.loads(line)
            self.done, self.under_way = told.get("done", self.done), told.get("under_way", self.under_way)
            if told.get("stop"):
                break
        self.stop.set()


class Lane(threading.Thread):
    """One connection of one sender."""

    def __init__(self, plan: Plan, pieces: queue.Queue[Piece | None], log: list[Sent]) -> None:
        super().__init__(daemon=True)
        self.plan, self.pieces, self.log = plan, pieces, log
        self.connection = http.client.HTTPConnection(plan.host, plan.port, timeout=60)

    def run(self) -> None:
        """One message after the other."""
        while (piece := self.pieces.get()) is not None:
            self.log.append(self._send(piece))
            if not piece.again and _chance(self.plan.repeats, "repeat", piece.number, piece.type):
                self.log.append(self._send(piece._replace(due=time.time(), again=True)))

    def _send(self, piece: Piece) -> Sent:
        body = message(Path(self.plan.folder), piece.number, piece.type)
        sent, status, refusals = time.time(), 0, 0
        for _try in range(TRIES):
            status, pause = self._post(piece.type, body)
            if 0 < status < TOO_MANY or status == BROKEN:
                break
            refusals += status == TOO_MANY
            time.sleep(pause)
        return Sent(piece.number, piece.type, piece.due, sent, time.time(), status, piece.again, refusals)

    def _post(self, type_: str, body: bytes) -> tuple[int, float]:
        headers = {
            "Authorization": f"Bearer {self.plan.tokens[type_]}",
            "Content-Type": "application/xml",
        }
        try:
            self.connection.request("POST", "/api/v1/ceb/messages", body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0, 0.5
        return answer.status, float(answer.headers.get("Retry-After") or 0.5)


def message(folder: Path, index: int, type_: str) -> bytes:
    """The bytes, as the generator wrote them."""
    return (folder / f"{index // 1000:03d}" / f"{index:06d}" / f"{type_}.xml").read_bytes()


def _chance(share: float, *what: object) -> bool:
    return share > 0 and random.Random("/".join(map(str, what))).random() < share


class Sender:
    """Begins sets as fast as the plan and the flow allow."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.flow = Flow(under_way=plan.under_way)
        self.log: list[Sent] = []
        self.lanes: dict[str, queue.Queue[Piece | None]] = {type_: queue.Queue() for type_ in TYPES}
        self.threads = [
            Lane(plan, self.lanes[type_], self.log) for type_ in TYPES for _ in range(plan.connections)
        ]
        self.later: list[tuple[float, Piece]] = []

    def run(self) -> None:
        """Send, then write the log."""
        threading.Thread(target=self.flow.listen, daemon=True).start()
        for thread in self.threads:
            thread.start()
        begun = time.time()
        for count in itertools.count():
            index = self.plan.first + count
            if index >= self.plan.last or not self._wait(count, begun):
                break
            self._begin(index, begun + count * self.plan.size / self.plan.rate if self.plan.rate else 0)
        self._finish()
        with Path(self.plan.log).open("w") as log:
            log.writelines(json.dumps(one) + "\n" for one in self.log)

    def _wait(self, count: int, begun: float) -> bool:
        """Until the next set may begin; False: no more."""
        while not self.flow.stop.is_set():
            self._send_late()
            if self._may(count, begun):
                return True
            time.sleep(0.005)
        return False

    def _may(self, count: int, begun: float) -> bool:
        if self.plan.rate:
            return time.time() >= begun + count * self.plan.size / self.plan.rate
        room = count * self.plan.size - self.flow.done < self.flow.under_way
        return room and all(lane.qsize() < WAITING for lane in self.lanes.values())

    def _begin(self, index: int, due: float) -> None:
        due = due or time.time()
        late = _chance(self.plan.late, "late", index)
        for type_ in TYPES:
            piece = Piece(index, type_, due)
            if late and type_ == LATE:
                heapq.heappush(self.later, (due + LATE_BY, piece._replace(due=due + LATE_BY)))
            else:
                self.lanes[type_].put(piece)

    def _send_late(self, until: float | None = None) -> None:
        while self.later and self.later[0][0] <= (until or time.time()):
            _due, piece = heapq.heappop(self.later)
            self.lanes[piece.type].put(piece)

    def _finish(self) -> None:
        """Whatever has been begun goes to its end."""
        while self.later:
            self._send_late()
            time.sleep(0.01)
        for type_ in TYPES:
            for _ in range(self.plan.connections):
                self.lanes[type_].put(None)
        for thread in self.threads:
            thread.join()


if __name__ == "__main__":
    Sender(Plan(**json.loads(sys.stdin.readline()))).run()
