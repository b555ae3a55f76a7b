"""Steps, outcomes and refusals in words for officials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from submissions import registry
from submissions.casework import OPEN, TakenByAnother
from submissions.lifecycle import NotThisWay, WrongState
from submissions.models import FailureKind, Referral, ReferralState

if TYPE_CHECKING:
    from submissions.registry import Text

STEPS: Mapping[str, Text] = {
    "submission.draft": _("Draft begun"),
    "submission.submit": _("Submitted"),
    "submission.withdraw": _("Withdrawn by the applicant"),
    "submission.carry_on": _("In progress again"),
    "submission.ask": _("The applicant has to act"),
    "submission.accept": _("The whole submission is accepted"),
    "submission.accept_partly": _("The submission is accepted in part"),
    "submission.refuse": _("The whole submission is refused"),
    "referral.send": _("The agency has it"),
    "referral.ask_information": _("Further information asked"),
    "referral.give_information": _("Further information given"),
    "referral.accept": _("Accepted by the agency"),
    "referral.refuse": _("Refused by the agency"),
    "referral.withdraw": _("Withdrawn"),
    "referral.again": _("To be sent again"),
    "referral.take": _("Taken"),
    "referral.put_back": _("Put back into the queue"),
    "referral.reassign": _("Reassigned"),
    "referral.lease_ran_out": _("Back in the queue: the time for which it was taken ran out"),
    "dispatch.release": _("Released for sending"),
    "dispatch.deliver": _("Delivered to the agency"),
    "dispatch.refuse": _("Refused at the agency's door"),
    "dispatch.stop": _("Sending stopped"),
    "dispatch.again": _("Queued to be sent again"),
    "dispatch.cancel": _("Sending cancelled"),
}

# What came of one attempt: the name of the gateway's answer, or what happened to the worker.
OUTCOMES: Mapping[str, Text] = {
    "accepted": _("accepted"),
    "refusedbyagency": _("refused at the door"),
    "later": _("the agency asked to come later"),
    "unknown": _("no answer in time"),
    "unreachable": _("could not be reached"),
    "misconfigured": _("our access is refused"),
    "malformed": _("the answer could not be read"),
    "not_there": _("asked: it never arrived"),
    "lost_lease": _("the worker died while sending"),
}


def step(verb: str) -> str:
    """A step of the history."""
    return str(STEPS.get(verb) or registry.step(verb).sentence)


def outcome(code: str) -> str:
    """What came of an attempt; "under way" when nothing has come yet."""
    return str(OUTCOMES.get(code, code)) if code else gettext("under way")


def failure(code: str) -> str:
    """Why a dispatch is not through."""
    return str(FailureKind(code).label) if code in FailureKind.values and code else ""


def explain(error: WrongState, referral: Referral | None = None) -> str:
    """Why a step was not possible: somebody was faster, or the page was old."""
    if isinstance(error, TakenByAnother) and error.found in OPEN:
        if error.verb == "put_back":
            return gettext("You do not have this case (any more); nothing was changed.")
        name = referral.taken_by if referral is not None else None
        if name is not None:
            return gettext("{name} has taken this case; nothing was changed.").format(name=name)
        return gettext("A colleague has taken this case; nothing was changed.")
    if error.table == "referral" and error.found in ReferralState.values:
        label = ReferralState(error.found).label
        return gettext(
            "The case is already “{state}”; this step no longer fits. Nothing was changed."
        ).format(state=label)
    if isinstance(error, NotThisWay):
        return str(error.words)
    return gettext("Somebody was faster, or the page was old: the step no longer fits. Nothing was changed.")
