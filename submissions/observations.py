"""What happens at a desk and concerns a company, told to whoever keeps records: the desk says what, not what it means.

A desk calls `observe` in the transaction of what happened; the room of integrity records listens. Neither knows the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Observation:
    """One occurrence. `event` is "<object>.<what>"; `key` names the occurrence: the same again is the same.

    `number` is what people call it by, `code` the agency's own code where it gave one, `after` how long after the
    moment from which it is reckoned it came. `params` fill the listener's sentences; never personal data.
    """

    event: str
    company_id: int
    key: str
    number: str
    on: date
    by: Actor
    code: str = ""
    after: timedelta = timedelta(0)
    params: Mapping[str, str] = field(default_factory=dict)


Listener = Callable[[Observation], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """Called in `apps.py: ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def observe(one: Observation) -> None:
    """Tell every listener, in the caller's transaction."""
    for listener in _listeners:
        listener(one)
