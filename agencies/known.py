"""What the store knows of the documents of one message, read in a few statements and written in as few.

Answers like the store, one document after the other, what was added meanwhile included. Where a document replaces
another the store itself is asked from there on.
"""

from collections.abc import Iterable
from typing import Any

from agencies.documents import LISTS, Document
from agencies.store import Row, Store, stored_content

LIVE = {"received", "stored"}


class Known:
    """Inside one transaction of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._current: dict[tuple[str, str], Row | None] = {}
        self._of_order: dict[tuple[str, str], Row | None] = {}
        self._guids: dict[tuple[str, str], set[str]] = {}
        self._new: list[dict[str, Any]] = []
        self._examined: list[tuple[str, str, str, int]] = []

    # Reading

    def read_own(self, documents: Iterable[Document]) -> "Known":
        """Whatever E-port asks about documents of one kind."""
        told = list(documents)
        for kind in {one.kind for one in told}:
            ours = [one for one in told if one.kind == kind]
            self._read_current(kind, [one.key for one in ours])
            self._guids |= {(kind, one.guid): set() for one in ours}
            for row in self.store.rows_in(
                "kind = ? AND state <> 'refused'", kind, guid=[d.guid for d in ours]
            ):
                self._guids[kind, row["guid"]].add(row["key"])
            if kind in LISTS:
                self._read_of_order(kind, [one.order_key for one in ours])
        return self

    def read_partners(self, lists: Iterable[Document]) -> "Known":
        """Whatever customs asks about lists."""
        told = list(lists)
        for way, kind in (("", "list"), ("export-", "export-list")):
            ours = [one for one in told if one.kind == kind]
            if ours:
                self._read_of_order(f"{way}order", [one.order_key for one in ours])
                self._read_current(f"{way}waybill", [one.waybill_key for one in ours])
        imports = [one.order_key for one in told if one.kind == "list"]
        if imports:
            self._read_of_order("payment", imports)
        return self

    def _read_current(self, kind: str, keys: list[str]) -> None:
        self._current |= {(kind, key): None for key in keys}
        rows = self.store.rows_in("kind = ? AND current", kind, key=keys)
        self._current |= {(kind, row["key"]): row for row in rows}

    def _read_of_order(self, kind: str, keys: list[str]) -> None:
        self._of_order |= {(kind, key): None for key in keys}
        live = "kind = ? AND current AND state IN ('received', 'stored')"
        rows = self.store.rows_in(live, kind, order_key=keys)
        self._of_order |= {(kind, row["order_key"]): row for row in rows}

    def current(self, kind: str, key: str) -> Row | None:
        """See `Store.current`."""
        if (kind, key) in self._current:
            return self._current[kind, key]
        return self.store.current(kind, key)

    def current_of_order(self, kind: str, order_key: str) -> Row | None:
        """See `Store.current_of_order`."""
        if (kind, order_key) in self._of_order:
            return self._of_order[kind, order_key]
        return self.store.current_of_order(kind, order_key)

    def guid_taken(self, kind: str, guid: str, key: str) -> bool:
        """See `Store.guid_taken`."""
        if (kind, guid) in self._guids:
            return bool(self._guids[kind, guid] - {key})
        return self.store.guid_taken(kind, guid, key)

    def live_list_of_waybill(self, waybill_key: str) -> bool:
        """See `Store.live_list_of_waybill`."""
        return self.store.live_list_of_waybill(waybill_key)

    def left(self, waybill_key: str) -> list[str]:
        """See `Store.left`."""
        return self.store.left(waybill_key)

    # Writing

    def add(
        self, dispatch: str, document: Document, *, scenario: str, state: str, pre_no: str, last_time: str,
        examine_at: float | None = None,
    ) -> None:  # fmt: skip
        """A document that is not refused replaces the one of the same number; both have that last time."""
        kind, key = document.kind, document.key
        if self.current(kind, key) is not None:
            self._add_beside(
                dispatch, document, scenario=scenario, state=state, pre_no=pre_no, examine_at=examine_at,
            )  # fmt: skip
            self.store.set_last_time(kind, key, last_time)
            return
        row = {
            "dispatch": dispatch, "kind": kind, "key": key, "guid": document.guid,
            "order_key": document.order_key, "waybill_key": document.waybill_key, "scenario": scenario,
            "state": state, "current": state != "refused", "content": stored_content(document),
            "pre_no": pre_no, "invt_no": "", "last_time": last_time, "examine_at": examine_at,
        }  # fmt: skip
        self._new.append(row)
        if state != "refused":
            self._note(row)

    def _note(self, row: Row) -> None:
        kind = row["kind"]
        self._current[kind, row["key"]] = row
        self._guids.setdefault((kind, row["guid"]), set()).add(row["key"])
        if row["state"] in LIVE:
            self._of_order[kind, row["order_key"]] = row

    def _add_beside(self, dispatch: str, document: Document, **values: Any) -> None:
        """Numbers that were used before are rare: written at once, and nothing read ahead counts any more."""
        self.write()
        self._current, self._of_order, self._guids = {}, {}, {}
        self.store.add_document(dispatch, document, **values)

    def examined(self, identity: int, state: str, invt_no: str, last_time: str) -> None:
        """What became of a list."""
        self._examined.append((state, invt_no, last_time, identity))

    def write(self) -> None:
        """All that was added."""
        self.store.add_rows(self._new)
        self.store.examined(self._examined)
        self._new, self._examined = [], []
