"""A verified fake of an agency: keeps what it got by key and answers the same key with the same answer."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable

from django.db import connection

from submissions.gateways import Accepted, Answer, RefusedByAgency


class Killed(BaseException):
    """Stands for kill -9: no handler of ours catches it."""


class FakeAgency:
    """Counts what really arrived. `script` says, call by call, what goes wrong; empty, it accepts.

    A step of the script is an answer to give *without* having kept anything (the agency is down, busy,
    refuses our access), or a function called with the key before or after the body is kept.
    """

    request_line = "POST /messages"

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.delivered: list[str] = []
        self.asked: list[str] = []
        self.arrivals: defaultdict[bytes, set[str]] = defaultdict(set)
        self.script: list[Answer | Callable[[str], Answer | None]] = []
        self.ask_script: list[Answer] = []
        self.after_keeping: list[Callable[[str], Answer | None]] = []
        self.verdict: Callable[[str, bytes], Answer] = self._accept
        self.in_transaction: list[bool] = []

    def _accept(self, key: str, body: bytes) -> Answer:
        return Accepted(f"EP{hashlib.sha256(key.encode()).hexdigest()[:10]}", 202, '{"accepted": true}')

    def deliver(self, dispatch_key: str, body: bytes, content_type: str) -> Answer:
        """Go through the script, then keep and answer."""
        self.delivered.append(dispatch_key)
        self.in_transaction.append(connection.in_atomic_block)
        if self.script:
            step = self.script.pop(0)
            answer = step(dispatch_key) if callable(step) else step
            if answer is not None:
                return answer
        return self._keep(dispatch_key, body)

    def _keep(self, key: str, body: bytes) -> Answer:
        if key in self.bodies and self.bodies[key] != body:
            return RefusedByAgency((), 409)
        if key not in self.bodies:
            self.bodies[key] = body
            self.answers[key] = self.verdict(key, body)
            self.arrivals[body].add(key)
        if self.after_keeping:
            answer = self.after_keeping.pop(0)(key)
            if answer is not None:
                return answer
        return self.answers[key]

    def ask(self, dispatch_key: str) -> Answer | None:
        """What was answered for that key, if it ever arrived."""
        self.asked.append(dispatch_key)
        if self.ask_script:
            return self.ask_script.pop(0)
        return self.answers.get(dispatch_key)

    @property
    def doubled(self) -> list[bytes]:
        """Bodies that arrived under two keys, i.e. as two submissions."""
        return [body for body, keys in self.arrivals.items() if len(keys) > 1]
