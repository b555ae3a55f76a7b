"""What customs remembers: dispatches with their answers, documents, replies still to be sent. SQLite."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from agencies.documents import Document

SCHEMA = """
CREATE TABLE IF NOT EXISTS dispatches (
  key TEXT PRIMARY KEY, path TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL,
  answer TEXT NOT NULL, scenario TEXT NOT NULL, received REAL NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  id INTEGER PRIMARY KEY, dispatch TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  guid TEXT NOT NULL, order_key TEXT NOT NULL, waybill_key TEXT NOT NULL,
  scenario TEXT NOT NULL, state TEXT NOT NULL,
  current INTEGER NOT NULL, content TEXT NOT NULL, pre_no TEXT NOT NULL,
  invt_no TEXT NOT NULL DEFAULT '',
  last_time TEXT NOT NULL DEFAULT '', examine_at REAL, tries INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS documents_key ON documents (kind, key) WHERE current;
CREATE INDEX IF NOT EXISTS documents_order ON documents (kind, order_key) WHERE current;
CREATE INDEX IF NOT EXISTS documents_waybill ON documents (waybill_key) WHERE current AND kind LIKE '%list';
CREATE INDEX IF NOT EXISTS documents_guid ON documents (kind, guid);
CREATE INDEX IF NOT EXISTS documents_examine ON documents (examine_at) WHERE examine_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_waiting ON documents (dispatch) WHERE examine_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS replies (
  id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, dispatch TEXT NOT NULL, message TEXT NOT NULL,
  body BLOB NOT NULL, documents TEXT NOT NULL, due REAL NOT NULL, next_at REAL NOT NULL,
  sends INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'pending',
  sent REAL, error TEXT NOT NULL DEFAULT '', agency TEXT NOT NULL DEFAULT 'customs');
CREATE TABLE IF NOT EXISTS cases (
  agency TEXT NOT NULL, reference TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, share TEXT NOT NULL,
  PRIMARY KEY (agency, reference));
CREATE INDEX IF NOT EXISTS replies_pending ON replies (next_at) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS replies_dispatch ON replies (dispatch, due, id) WHERE state = 'pending';
"""
# Replies of one message go out in the order of their due times; those of other messages do not wait for them.
DUE = """
SELECT * FROM replies AS reply WHERE state = 'pending' AND next_at <= ? AND NOT EXISTS (
  SELECT 1 FROM replies AS earlier WHERE earlier.dispatch = reply.dispatch AND earlier.state = 'pending'
  AND (earlier.due, earlier.id) < (reply.due, reply.id)) ORDER BY due, id LIMIT ?
"""
NEXT = """
SELECT min(at) FROM (SELECT min(next_at) AS at FROM replies WHERE state = 'pending'
  UNION ALL SELECT min(examine_at) FROM documents WHERE examine_at IS NOT NULL)
"""

Row = sqlite3.Row | dict[str, Any]


class Store:
    """One connection, used by one event loop: every method is short and whole."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # it holds personal data
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)
        self._counters: dict[str, int] | None = None  # what was counted in the transaction that is open
        self._widen()

    def _widen(self) -> None:
        """A store of an earlier version lacks the column that says which agency replies."""
        columns = {row["name"] for row in self.db.execute("PRAGMA table_info(replies)")}
        if "agency" not in columns:
            self.db.execute("ALTER TABLE replies ADD COLUMN agency TEXT NOT NULL DEFAULT 'customs'")

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        self._counters = {}
        try:
            yield
            self.db.executemany("INSERT OR REPLACE INTO counters VALUES (?, ?)", self._counters.items())
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        finally:
            self._counters = None
        self.db.execute("COMMIT")

    def _one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return row

    def next_number(self, counter: str) -> int:
        if self._counters is not None:
            if counter not in self._counters:
                row = self._one("SELECT value FROM counters WHERE name = ?", counter)
                self._counters[counter] = row["value"] if row else 0
            self._counters[counter] += 1
            return self._counters[counter]
        sql = """INSERT INTO counters VALUES (?, 1)
                 ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"""
        return int(self.db.execute(sql, (counter,)).fetchone()[0])

    # Dispatches

    def dispatch(self, key: str) -> sqlite3.Row | None:
        """All but its body."""
        sql = "SELECT key, path, digest, status, answer, scenario, received FROM dispatches WHERE key = ?"
        return self._one(sql, key)

    def count_attempt(self, key: str) -> int:
        sql = """INSERT INTO attempts VALUES (?, 1)
                 ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count"""
        return int(self.db.execute(sql, (key,)).fetchone()[0])

    def add_dispatch(
        self, *, key: str, path: str, digest: str, status: int, answer: dict[str, Any], scenario: str,
        body: bytes,
    ) -> None:  # fmt: skip
        row = (key, path, digest, status, json.dumps(answer, ensure_ascii=False), scenario, time.time(), body)
        self.db.execute("INSERT INTO dispatches VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    # Documents

    def current(self, kind: str, key: str) -> sqlite3.Row | None:
        sql = "SELECT * FROM documents WHERE kind = ? AND key = ? AND current ORDER BY id DESC LIMIT 1"
        return self._one(sql, kind, key)

    def rows_in(self, where: str, kind: str, **values: list[str]) -> list[sqlite3.Row]:
        """Documents of a kind with one of these values in that column, the oldest first."""
        ((column, wanted),) = values.items()
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT * FROM documents WHERE {where} AND {column} IN ({marks}) ORDER BY id"  # noqa: S608
        return self.db.execute(sql, (kind, *wanted)).fetchall()

    def current_of_order(self, kind: str, order_key: str) -> sqlite3.Row | None:
        """The latest document of that kind for an order that customs has not sent back."""
        sql = """SELECT * FROM documents WHERE kind = ? AND order_key = ? AND current
                 AND state IN ('received', 'stored') ORDER BY id DESC LIMIT 1"""
        return self._one(sql, kind, order_key)

    def guid_taken(self, kind: str, guid: str, key: str) -> bool:
        """Is the guid another document's?"""
        sql = "SELECT 1 FROM documents WHERE kind = ? AND guid = ? AND key <> ? AND state <> 'refused'"
        return self._one(sql, kind, guid, key) is not None

    def add_document(
        self, dispatch: str, document: Document, *, scenario: str, state: str, pre_no: str,
        examine_at: float | None = None,
    ) -> None:  # fmt: skip
        """A document that is not refused replaces the one of the same number."""
        current = state != "refused"
        if current:
            replaced = (
                "UPDATE documents SET current = 0, examine_at = NULL WHERE kind = ? AND key = ? AND current"
            )
            self.db.execute(replaced, (document.kind, document.key))
        sql = """INSERT INTO documents (dispatch, kind, key, guid, order_key, waybill_key, scenario, state,
                 current, content, pre_no, examine_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        values = (
            dispatch, document.kind, document.key, document.guid, document.order_key, document.waybill_key,
            scenario, state, current, stored_content(document), pre_no, examine_at,
        )  # fmt: skip
        self.db.execute(sql, values)

    def add_rows(self, rows: list[dict[str, Any]]) -> None:
        """Documents whose numbers nobody has."""
        if rows:
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            sql = f"INSERT INTO documents ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
            self.db.executemany(sql, rows)

    def live_list_of_waybill(self, waybill_key: str) -> bool:
        sql = """SELECT 1 FROM documents WHERE kind IN ('list', 'export-list') AND current
                 AND state IN ('received', 'stored') AND waybill_key = ?"""
        return self._one(sql, waybill_key) is not None

    def released_lists(self, waybill_key: str) -> list[sqlite3.Row]:
        """Export lists of a parcel that customs has stored."""
        sql = """SELECT * FROM documents WHERE kind = 'export-list' AND current AND state = 'stored'
                 AND waybill_key = ?"""
        return self.db.execute(sql, (waybill_key,)).fetchall()

    def left(self, waybill_key: str) -> list[str]:
        """When the parcel left, as far as departures that customs took name it: 14 digits each."""
        firm, _, number = waybill_key.partition("|")
        rows = self.db.execute(
            "SELECT content FROM documents WHERE kind = 'departure' AND current AND state = 'stored'"
        ).fetchall()
        contents = [json.loads(row["content"]) for row in rows]
        return [
            content["fields"]["leaveTime"]
            for content in contents
            if content["fields"].get("logisticsCode") == firm
            and any(line.get("logisticsNo") == number for line in content["lines"])
        ]

    def set_last_time(self, kind: str, key: str, last_time: str) -> None:
        """The last returnTime given to a document, whichever version of it."""
        sql = "UPDATE documents SET last_time = ? WHERE kind = ? AND key = ? AND current"
        self.db.execute(sql, (last_time, kind, key))

    def examined(self, rows: list[tuple[str, str, str, int]]) -> None:
        """State, list number, last time and row of each."""
        sql = "UPDATE documents SET state = ?, invt_no = ?, last_time = ?, examine_at = NULL WHERE id = ?"
        self.db.executemany(sql, rows)

    def postpone(self, identity: int, until: float | None) -> None:
        sql = "UPDATE documents SET examine_at = ?, tries = tries + 1 WHERE id = ?"
        self.db.execute(sql, (until, identity))

    def to_examine(self, now: float) -> list[sqlite3.Row]:
        """The documents of the message that has waited longest for customs to look at it."""
        first = self._one(
            "SELECT dispatch FROM documents WHERE examine_at <= ? ORDER BY examine_at LIMIT 1", now
        )
        if first is None:
            return []
        # Left to itself SQLite walks through all documents for the order of the rows.
        sql = """SELECT * FROM documents INDEXED BY documents_waiting
                 WHERE dispatch = ? AND examine_at <= ? ORDER BY id"""
        return self.db.execute(sql, (first["dispatch"], now)).fetchall()

    # Replies

    def add_reply(
        self, *, message_id: str, dispatch: str, message: str, body: bytes, documents: list[dict[str, str]],
        due: float, sends: int, agency: str = "customs",
    ) -> None:  # fmt: skip
        sql = """INSERT INTO replies (message_id, dispatch, message, body, documents, due, next_at, sends, agency)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        listed = json.dumps(documents, ensure_ascii=False)
        self.db.execute(sql, (message_id, dispatch, message, body, listed, due, due, sends, agency))

    def due_replies(self, now: float, most: int) -> list[sqlite3.Row]:
        return self.db.execute(DUE, (now, most)).fetchall()

    def unfinished(self, dispatch: str) -> bool:
        """Is there a list to examine or a reply to send for this dispatch?"""
        sql = """SELECT 1 FROM replies WHERE dispatch = ? AND state = 'pending'
                 UNION ALL SELECT 1 FROM documents WHERE dispatch = ? AND examine_at IS NOT NULL LIMIT 1"""
        return self._one(sql, dispatch, dispatch) is not None

    def next_due(self) -> float | None:
        row = self._one(NEXT)
        return row[0] if row else None

    def reply_delivered(self, identity: int) -> None:
        sql = """UPDATE replies SET sends = sends - 1, attempts = attempts + 1, sent = ?, error = '',
                 state = CASE WHEN sends > 1 THEN 'pending' ELSE 'sent' END WHERE id = ?"""
        self.db.execute(sql, (time.time(), identity))

    def reply_failed(self, identity: int, error: str, next_at: float | None) -> None:
        """`next_at` None: the portal will never take it; it is set aside with the reason."""
        state = "pending" if next_at is not None else "parked"
        sql = """UPDATE replies SET attempts = attempts + 1, error = ?, state = ?,
                 next_at = ifnull(?, next_at) WHERE id = ?"""
        self.db.execute(sql, (error, state, next_at, identity))

    # Cases of offices

    def add_case(self, agency: str, reference: str, kind: str, number: str, share: dict[str, Any]) -> None:
        sql = "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?)"
        self.db.execute(sql, (agency, reference, kind, number, json.dumps(share, ensure_ascii=False)))

    def case(self, agency: str, reference: str) -> sqlite3.Row | None:
        return self._one("SELECT * FROM cases WHERE agency = ? AND reference = ?", agency, reference)

    # What people and tests look at

    def log(self, most: int) -> dict[str, list[dict[str, Any]]]:
        received = self.db.execute(
            "SELECT * FROM dispatches ORDER BY received DESC LIMIT ?", (most,)
        ).fetchall()
        replies = self.db.execute("SELECT * FROM replies ORDER BY id DESC LIMIT ?", (most,)).fetchall()
        return {
            "received": [self._received(row) for row in received],
            "replies": [
                dict(row) | {"documents": json.loads(row["documents"]), "body": row["body"].decode()}
                for row in replies
            ],
        }

    def _received(self, row: sqlite3.Row) -> dict[str, Any]:
        sql = """SELECT kind, key, guid, scenario, state, pre_no, invt_no FROM documents
                 WHERE dispatch = ? ORDER BY id"""
        documents = [dict(found) for found in self.db.execute(sql, (row["key"],))]
        shown = {name: row[name] for name in ("key", "path", "digest", "status", "scenario", "received")}
        return shown | {"answer": json.loads(row["answer"]), "documents": documents}


def stored_content(document: Document) -> str:
    return msgspec.json.encode({"fields": document.fields, "lines": document.lines}).decode()


def stored_document(row: Row) -> Document:
    content = msgspec.json.decode(row["content"])
    return Document(row["kind"], content["fields"], content["lines"])
