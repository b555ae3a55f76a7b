"""The replies on their way to the portal's inbox: in order, until taken, never under a second id."""

import asyncio
import logging
import sqlite3
import time

import httpx

from agencies.customs import Customs
from agencies.settings import Settings
from agencies.signing import signed_headers
from agencies.store import Store

LOG = logging.getLogger(__name__)
AT_ONCE = 8
LONGEST_PAUSE = 60.0  # seconds between two attempts, at most
PATIENCE_WITH_INBOX = 10.0  # seconds the portal has to answer
# The portal read the reply and will never take it: to go on sending would be noise.
FINAL = {400, 409, 413, 415, 422}


class Sender:
    """One background task; its work stands in the store, so that a restart goes on where it was."""

    def __init__(self, store: Store, customs: Customs, settings: Settings) -> None:
        self.store = store
        self.customs = customs
        self.settings = settings
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_WITH_INBOX, trust_env=False) as client:
            while True:
                try:
                    await self._round(client)
                except Exception:  # a full disk passes; this task must not
                    LOG.exception("The round of replies failed")
                    await asyncio.sleep(1)

    async def finished(self, dispatch: str, most: float) -> None:
        """Wait until all replies of a dispatch are taken, at most so many seconds."""
        self.wake()
        until = time.monotonic() + most
        while self.store.unfinished(dispatch) and time.monotonic() < until:
            await asyncio.sleep(0.005)

    async def _round(self, client: httpx.AsyncClient) -> None:
        self._woken.clear()
        while self.customs.examine():
            await asyncio.sleep(0)
        rows = self.store.due_replies(time.time(), AT_ONCE)
        if rows:
            await asyncio.gather(*(self._send(client, row) for row in rows))
            return
        due = self.store.next_due()
        try:
            await asyncio.wait_for(self._woken.wait(), None if due is None else max(0.002, due - time.time()))
        except TimeoutError:
            return

    async def _send(self, client: httpx.AsyncClient, row: sqlite3.Row) -> None:
        body: bytes = row["body"]
        headers = {
            "Content-Type": "application/xml" if body.startswith(b"<") else "application/json",
            "Message-Id": row["message_id"],
            **signed_headers(self.settings.secret_of(row["agency"]), row["message_id"], body),
        }
        try:
            response = await client.post(self.settings.inbox_of(row["agency"]), content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._again(row, repr(error))
            return
        if response.is_success:
            self.store.reply_delivered(row["id"])
        elif response.status_code in FINAL:
            self.store.reply_failed(row["id"], f"{response.status_code} {response.text[:500]}", None)
        else:
            self._again(row, f"{response.status_code} {response.reason_phrase}")

    def _again(self, row: sqlite3.Row, error: str) -> None:
        pause = min(LONGEST_PAUSE, max(self.settings.delay, 0.01) * 2 ** min(row["attempts"], 12))
        self.store.reply_failed(row["id"], error, time.time() + pause)
