"""The life of a document as one table: verbs, from which states, to which.

The statuses are those of the CEB replies (edition 202205): 1–4 and negative ones are the E-port's, 100 and
above are customs' (rules R13.04).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from customs.models import DocumentState as S
from trail.actors import Actor

# Who speaks in replies. The labels are what the log keeps; pages translate them.
EPORT = Actor("agency", "eport", "E-port")
CUSTOMS = Actor("agency", "customs", "customs")

THREE = (
    *("order", "payment", "waybill"),
    *("export_order", "collection", "export_waybill", "arrival", "manifest", "departure"),
)
LIST = ("inventory", "export_list")
ALL = (*THREE, *LIST)
TABLES = {kind: f"customs_{kind.replace('_', '')}" for kind in ALL}

# Before any answer. A reply may come while the dispatch is still being settled, so replies leave these too.
BEFORE = (S.LOADED, S.WAITING, S.READY, S.FAULTED, S.SENT)
UNDER_WAY = (*BEFORE, S.DECLARING, S.STORED, S.REVIEW, S.INSPECTION, S.DETAINED, S.CONCLUDED)
# What is decided and can no longer be changed by this version of the document.
TERMINAL = frozenset({S.RELEASED, S.CLOSED, S.RETURNED, S.EPORT_REFUSED, S.SENT_BACK, S.SUPERSEDED})
# The declarant or sender has to act.
TO_CORRECT = frozenset({S.RETURNED, S.EPORT_REFUSED})


class Rule(NamedTuple):
    """One row: documents of these kinds go by this verb from these states to that one."""

    verb: str
    kinds: tuple[str, ...]
    froms: tuple[str, ...]
    to: str
    statuses: tuple[str, ...] = ()  # of the reply that says so; "-" stands for every negative one


TABLE: tuple[Rule, ...] = (
    # ours
    Rule("wait", LIST, (S.LOADED, S.READY, S.FAULTED), S.WAITING),
    Rule("hold_identity", LIST, (S.LOADED, S.READY, S.FAULTED), S.WAITING),
    Rule("ready", LIST, (S.LOADED, S.WAITING, S.FAULTED), S.READY),
    Rule("fault", LIST, (S.LOADED, S.WAITING, S.READY), S.FAULTED),
    Rule("supersede", LIST, (S.LOADED, S.WAITING, S.READY, S.FAULTED, *sorted(TO_CORRECT)), S.SUPERSEDED),
    # A stored payment may be replaced when the list that rests on it was returned (code 1332).
    Rule("supersede", THREE, (S.LOADED, S.SENT, S.DECLARING, S.STORED, *sorted(TO_CORRECT)), S.SUPERSEDED),
    Rule("send", LIST, (S.LOADED, S.WAITING, S.READY, S.FAULTED), S.SENT),
    Rule("send", THREE, (S.LOADED,), S.SENT),
    # Refused at the E-port's door, then sent again by a person and taken.
    Rule("send_anew", ALL, (S.EPORT_REFUSED,), S.SENT),
    # the E-port's
    Rule("eport_saved", ALL, (*BEFORE, S.DECLARING), S.DECLARING, ("1",)),
    Rule("declaring", ALL, (*BEFORE, S.DECLARING), S.DECLARING, ("2",)),
    # After "could not be sent to customs" (4) the E-port may try again.
    Rule("sent_to_customs", ALL, (*BEFORE, S.DECLARING, S.EPORT_REFUSED), S.DECLARING, ("3",)),
    Rule("eport_failed", ALL, (*BEFORE, S.DECLARING), S.EPORT_REFUSED, ("4", "-")),
    # customs'
    Rule("store", ALL, (*BEFORE, S.DECLARING, S.EPORT_REFUSED), S.STORED, ("120",)),
    Rule("return_", ALL, (*UNDER_WAY, S.EPORT_REFUSED), S.RETURNED, ("100",)),
    Rule("review", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.REVIEW, ("300",)),
    Rule("inspect", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.INSPECTION, ("500",)),
    Rule("detain", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.DETAINED, ("501", "502", "503", "599")),
    Rule("conclude", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.CONCLUDED, ("399",)),
    # A list returned here and declared again elsewhere is released all the same: customs' word is the fact.
    Rule("release", LIST, (*UNDER_WAY, *sorted(TO_CORRECT)), S.RELEASED, ("800",)),
    Rule("close", LIST, (*UNDER_WAY, *sorted(TO_CORRECT), S.RELEASED), S.CLOSED, ("899",)),
    Rule("send_back", LIST, (*UNDER_WAY, *sorted(TO_CORRECT), S.RELEASED), S.SENT_BACK, ("700",)),
)  # fmt: skip

VERBS = frozenset(rule.verb for rule in TABLE)
_BY_STATUS = {status: rule.verb for rule in TABLE for status in rule.statuses}


def verb_of(status: str) -> str | None:
    """The verb that a reply's returnStatus stands for; None for a status this table does not know."""
    text = status.strip()
    if text.startswith("-") and text[1:].isdigit():
        return _BY_STATUS["-"]
    return _BY_STATUS.get(text) if text.isdigit() else None


def said_by_eport(status: str) -> bool:
    """True for statuses of the E-port (1–4 and negative), False for customs' (R13.04)."""
    text = status.strip()
    return text.startswith("-") or text in {"1", "2", "3", "4"}


@cache
def ways(kind: str) -> Mapping[tuple[str, str], str]:
    """(verb, from state) → the state to which it leads."""
    rules = [rule for rule in TABLE if kind in rule.kinds]
    return {(rule.verb, str(state)): str(rule.to) for rule in rules for state in rule.froms}
