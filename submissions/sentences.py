"""The history of a submission in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from submissions import registry
from submissions.models import Transition
from submissions.registry import Text

SENTENCES: Mapping[str, Text] = {
    "submission.draft": _("The draft was begun."),
    "submission.submit": _("It was received; the reference number was given at once."),
    "submission.withdraw": _("The applicant withdrew it."),
    "submission.carry_on": _("It goes on."),
    "submission.ask": _("The applicant has to act."),
    "submission.accept": _("Everything is accepted."),
    "submission.accept_partly": _("It is accepted in part."),
    "submission.refuse": _("It is refused."),
    "referral.send": _("{agency} has received it."),
    "referral.ask_information": _("{agency} asks for further information."),
    "referral.give_information": _("The applicant gave the information asked by {agency}."),
    "referral.accept": _("{agency} accepts it."),
    "referral.refuse": _("{agency} refuses it."),
    "referral.withdraw": _("It was withdrawn from {agency}."),
    "referral.again": _("It is sent to {agency} again."),
    "referral.take": _("An officer of {agency} took it."),
    "referral.put_back": _("It went back into the queue of {agency}."),
    "referral.reassign": _("{agency} gave it to another officer."),
    "referral.lease_ran_out": _(
        "It went back into the queue of {agency}: the time for which it was taken ran out."
    ),
    "dispatch.release": _("It is complete and goes to {agency}."),
    "dispatch.deliver": _("It was delivered to {agency}."),
    "dispatch.refuse": _("{agency} did not take it."),
    "dispatch.stop": _("Sending to {agency} stopped; an operator has been told."),
    "dispatch.again": _("Somebody had it sent to {agency} again."),
    "dispatch.cancel": _("Sending to {agency} was cancelled."),
}
# Steps between our own machines: for operators, not for applicants.
INTERNAL = frozenset({"dispatch.deliver", "referral.refer"})
# Who among the officers has it is the agency's own business.
HOLDING = frozenset({"referral.take", "referral.put_back", "referral.reassign", "referral.lease_ran_out"})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history."""

    at: datetime
    actor: str
    sentence: str
    state: str
    why: str = ""
    words: str = ""


def actor_of(row: Transition, agencies: Mapping[str, str]) -> str:
    """Who did it, in the reader's language, and for whom. `agencies`: names by code."""
    name = gettext("the portal") if row.actor_kind == "system" else row.actor_label
    if row.actor_kind == "agency":
        name = agencies.get(row.actor_id, name)
    return f"{name} ({row.on_behalf_of})" if row.on_behalf_of else name


def lines(transitions: Iterable[Transition], *, near: bool, operates: bool, agency: str = "") -> list[Line]:
    """The history, oldest first; `near`: with reasons, names and agencies' words.

    `operates`: with the steps between our own machines and among officers, and with the officers' names;
    others are told the agency.
    `agency`: for readers of that agency; what others did and said, and what the joint state repeats of it, is
    not its business.
    """
    rows = [row for row in transitions if operates or not _internal(row.verb)]
    others = bool(agency) and {row.referral.agency.code for row in rows if row.referral} > {agency}
    if others:
        rows = [row for row in rows if row.referral is None or row.referral.agency.code == agency]
    # A step of the whole submission names no referral; who took it is one of its agencies all the same.
    agencies = {row.referral.agency.code: row.referral.agency.display_name for row in rows if row.referral}
    offices = (
        {}
        if operates
        else {r.referral.agency.name_zh: r.referral.agency.display_name for r in rows if r.referral}
    )
    return [
        _line(row, agencies, offices, near=near and not (others and row.referral is None)) for row in rows
    ]


def _internal(verb: str) -> bool:
    return verb in INTERNAL | HOLDING or registry.step(verb).internal


def _line(row: Transition, agencies: Mapping[str, str], offices: Mapping[str, str], *, near: bool) -> Line:
    agency = row.referral.agency.display_name if row.referral else ""
    sentence = str(SENTENCES.get(row.verb) or registry.step(row.verb).sentence).format(agency=agency)
    if not near:
        return Line(row.at, "", sentence, row.to_state)
    return Line(
        row.at,
        offices.get(row.on_behalf_of) or actor_of(row, agencies),
        sentence,
        row.to_state,
        gettext(row.why) if row.why else "",
        row.words,
    )
