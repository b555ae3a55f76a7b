"""What desks tell the life of a submission about themselves, in `apps.py: ready()`.

Kinds, gateways, inbox readers, workbench counters, figures and duties of the overview (`figures.py`), searches,
hooks and the sentences of notices. `submissions` and
`portal` only read; no room below a desk ever imports it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from accounts import mandate_services
from reference.problems import Problem
from submissions.figures import Duty, DutyItem, Figure, Period, Table, register_duty, register_figure
from submissions.gateways import Gateway
from submissions.models import InboxMessage, Submission
from trail.actors import Actor

if TYPE_CHECKING:
    from accounts.principals import Principal

# What a desk imports from here, besides what is defined below.
__all__ = [
    "Counter",
    "Duty",
    "DutyItem",
    "Figure",
    "Frozen",
    "Happened",
    "Kind",
    "NotRegistered",
    "Period",
    "Summary",
    "Table",
    "Text",
    "counters",
    "gateway",
    "inbox_reader",
    "inbox_set_reader",
    "kind",
    "kinds",
    "notice_sentence",
    "plain_summary",
    "register_counter",
    "register_duty",
    "register_figure",
    "register_gateway",
    "register_hook",
    "register_inbox_reader",
    "register_kind",
    "register_notice",
    "register_search",
    "register_step",
    "run_hooks",
    "search",
    "step",
]

Text = str | Promise
JointRule = Callable[[Sequence[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a submission is called in a list, and where its own page is."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes of a draft at the moment of submission."""

    payload: bytes
    content_type: str


def _no_parties(submission: Submission) -> Iterable[int]:
    return ()


def _no_problems(draft: Mapping[str, Any]) -> list[Problem]:
    return []


def plain_summary(submission: Submission) -> Summary:
    """Title as given, page of the submission."""
    try:
        url = reverse("submission", args=[submission.reference]) if submission.reference else ""
    except NoReverseMatch:
        url = ""
    return Summary(submission.title or str(kind(submission.kind).name), url)


@dataclass(frozen=True, slots=True)
class Kind:
    """A service that can be applied for.

    `joint_state` maps submission ids to `SubmissionState` values, for many at once; left out, the referrals
    decide (`joint.by_referrals`). `check` and `freeze` serve kinds that are filled in as a form; `freeze`
    left out is the draft as canonical JSON. `share(submission, agency code)` is what ONE agency gets; left out,
    the whole payload. `start_url` names the page on which one begins, or is its address ("" = none).
    """

    code: str
    name: Text
    sentence: Text = ""
    start_url: str = ""
    agencies: tuple[str, ...] = ()
    mandate_service: str = ""
    parties_of: Callable[[Submission], Iterable[int]] = _no_parties
    joint_state: JointRule | None = None
    summary: Callable[[Submission], Summary] = plain_summary
    check: Callable[[Mapping[str, Any]], list[Problem]] = _no_problems
    freeze: Callable[[Submission], Frozen] | None = None
    share: Callable[[Submission, str], Frozen] | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A number on the workbench."""

    code: str
    label: Text
    tab: Literal["action", "progress", "done"]
    count: Callable[[Principal], int]
    url: Callable[[Principal], str]


@dataclass(frozen=True, slots=True)
class Happened:
    """What a hook gets: `event` is "<table>.<verb>", ids are those of the table's rows; same transaction."""

    event: str
    ids: tuple[UUID, ...]
    submission_ids: tuple[UUID, ...]
    by: Actor
    why: str
    words: str


@dataclass(frozen=True, slots=True)
class StepWords:
    """What the history says of a desk's own step. `internal`: for officials and operators, not for applicants."""

    sentence: Text
    internal: bool = False


Reader = Callable[[InboxMessage, bytes], None]
SetReader = Callable[[Sequence[tuple[InboxMessage, bytes]]], None]
Search = Callable[[str], Q]
Hook = Callable[[Happened], None]

_kinds: dict[str, Kind] = {}
_gateways: dict[tuple[str, str, str], Gateway] = {}
_readers: dict[str, Reader] = {}
_set_readers: dict[str, SetReader] = {}
_counters: dict[str, Counter] = {}
_hooks: defaultdict[str, list[Hook]] = defaultdict(list)
_sentences: dict[str, Text] = {}
_steps: dict[str, StepWords] = {}
_searches: list[Search] = []


class NotRegistered(LookupError):
    """No desk has told us about this kind, gateway or reader."""


def register_kind(new: Kind) -> None:
    """A service of a desk; the last registration of a code counts. Mandates can be given for it."""
    _kinds[new.code] = new
    if new.mandate_service:
        mandate_services.offer(new.mandate_service, new.name)


def kind(code: str) -> Kind:
    """The service of that code; `NotRegistered` when there is none."""
    try:
        return _kinds[code]
    except KeyError:
        raise NotRegistered(f"kind {code}") from None


def kinds() -> tuple[Kind, ...]:
    """All services, in order of registration."""
    return tuple(_kinds.values())


def register_gateway(agency_code: str, what: str, gateway: Gateway, *, kind_code: str = "") -> None:
    """The way to an agency for one kind of thing ("payload", "opinion" …).

    `kind_code`: only for submissions of that kind; left out, for all that have no way of their own.
    """
    _gateways[agency_code, what, kind_code] = gateway


def gateway(agency_code: str, what: str, kind_code: str = "") -> Gateway:
    """The way to that agency; `NotRegistered` when there is none. What follows a hyphen in `what` counts rounds."""
    sort = what.partition("-")[0]
    found = _gateways.get((agency_code, sort, kind_code)) or _gateways.get((agency_code, sort, ""))
    if found is None:
        raise NotRegistered(f"gateway {agency_code}/{sort}")
    return found


def register_inbox_reader(agency_code: str, reader: Reader, *, sets: SetReader | None = None) -> None:
    """Who reads an agency's messages; called in a transaction, at least once, in any order.

    `sets` reads several at once, with the same result as one by one in the order of what they tell.
    """
    _readers[agency_code] = reader
    _set_readers.pop(agency_code, None)
    if sets:
        _set_readers[agency_code] = sets


def inbox_reader(agency_code: str) -> Reader:
    """The reader of that agency's messages; `NotRegistered` when there is none."""
    try:
        return _readers[agency_code]
    except KeyError:
        raise NotRegistered(f"inbox reader {agency_code}") from None


def inbox_set_reader(agency_code: str) -> SetReader | None:
    """Who reads several messages of that agency at once; None: nobody can."""
    return _set_readers.get(agency_code)


def register_counter(counter: Counter) -> None:
    """A number on the workbench."""
    _counters[counter.code] = counter


def counters() -> tuple[Counter, ...]:
    """All numbers of the workbench."""
    return tuple(_counters.values())


def register_hook(event: str, hook: Hook) -> None:
    """Call `hook` in the transaction in which `event` ("referral.send", "submission.accept" …) happens."""
    if hook not in _hooks[event]:
        _hooks[event].append(hook)


def has_hooks(event: str) -> bool:
    """Whether a desk wants to be told of it."""
    return bool(_hooks.get(event))


def run_hooks(happened: Happened) -> None:
    """An error of a hook undoes the step: a desk that could not follow must not be left behind."""
    for hook in _hooks.get(happened.event, ()):
        hook(happened)


def register_notice(code: str, sentence: Text) -> None:
    """The sentence of a notice, with {named} places for its parameters."""
    _sentences[code] = sentence


def notice_sentence(code: str) -> Text:
    """The sentence of a notice; the code itself when nobody registered one."""
    return _sentences.get(code, code)


def register_step(verb: str, sentence: Text, *, internal: bool = False) -> None:
    """What the history says of a desk's own step ("<table>.<verb>")."""
    _steps[verb] = StepWords(sentence, internal)


def step(verb: str) -> StepWords:
    """The words of a desk's step; the verb itself when nobody registered one."""
    return _steps.get(verb) or StepWords(verb)


def register_search(search: Search) -> None:
    """Numbers of a desk by which submissions are found; `search` gets the text, returns a Q over submissions."""
    if search not in _searches:
        _searches.append(search)


def search(text: str) -> Q:
    """Everything the desks find under that number, whoever's it is: callers narrow to what a reader may see."""
    found = Q(pk__in=[])
    for one in _searches:
        found |= one(text)
    return found
