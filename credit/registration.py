"""What this room registers with the life of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from credit.requests import OBJECTION, REPAIR, accepted, dropped, refused
from submissions.guides import Guide, Step, register_guide
from submissions.observations import register_listener
from submissions.registry import (
    Counter,
    Kind,
    register_counter,
    register_hook,
    register_kind,
    register_notice,
)

if TYPE_CHECKING:
    from accounts.principals import Principal

GROUP = _("Integrity records")
_REPAIR_RULES = _("NDRC measures on credit repair, in force from 2026-04-01")
_PLAN = _("State Council plan on credit repair of 2025-06-22")
_ZONE = _("MOFCOM notice 2018-486 and the zone's own rules of integrity records")

NOTICES = {
    "credit.recorded": gettext_noop("An integrity record was entered: document {document} of {ruled_on}."),
    "credit.withdrawn": gettext_noop("An integrity record was withdrawn: document {document} of {ruled_on}."),
    "credit.repaired": gettext_noop("Repair accepted, publication ended: document {document} of {ruled_on}."),
    "credit.level": gettext_noop("Customs' credit level was received; it holds from {valid_from}."),
}


def register() -> None:
    """Called once by `apps.py`."""
    from credit import observing

    for code, sentence in NOTICES.items():
        register_notice(code, sentence)
    register_kind(
        Kind(
            code=OBJECTION,
            name=_("Objection to an integrity record"),
            sentence=_("A record about your company is wrong: its source agency checks it and decides."),
            start_url="credit_own",
        )
    )
    register_kind(
        Kind(
            code=REPAIR,
            name=_("Credit repair"),
            sentence=_(
                "The duties are done and the shortest period is over: publication ends before its time."
            ),
            start_url="credit_own",
        )
    )
    register_guide(OBJECTION, _objection_guide())
    register_guide(REPAIR, _repair_guide())
    register_hook("referral.accept", accepted)
    register_hook("referral.refuse", refused)
    register_hook("submission.withdraw", dropped)
    register_listener(observing.listen)
    register_counter(
        Counter(
            code="credit-repairable",
            label=_("integrity records whose repair may be asked"),
            tab="action",
            count=_repairable,
            url=lambda principal: reverse("credit_own"),
        )
    )


def _repairable(principal: Principal) -> int:
    """Published records of the company whose shortest period is over."""
    from credit import selectors

    if principal.company is None:
        return 0
    rows = selectors.rows_of(principal.company, timezone.localdate())
    return sum(row.repair_open and row.is_public for row in rows)


def _objection_guide() -> Guide:
    return Guide(
        basis=(_ZONE,),
        who=_("The company that the record is about"),
        papers=(_("What is wrong with the record, in your words"),),
        steps=(
            Step(_("The company"), _("opens the record under Integrity and objects")),
            Step(_("The source agency"), _("checks it; meanwhile the public page says “under objection”")),
            Step(_("portal"), _("withdraws the record when the objection is upheld; it is never deleted")),
        ),
        promised=_("As the source agency promises; it is told at once"),
        fee=_("Free of charge"),
        group=GROUP,
    )


def _repair_guide() -> Guide:
    return Guide(
        basis=(_REPAIR_RULES, _PLAN),
        who=_("The company that the record is about, after the shortest period of its class"),
        papers=(_("How the duties were done and the harm was mended, in your words"),),
        steps=(
            Step(_("The company"), _("asks under Integrity from the day named there on")),
            Step(_("The source agency"), _("decides; when it accepts, publication ends at once")),
            Step(_("Credit China"), _("is the entry for records that were not entered here")),
        ),
        statutory=_("Feedback within 10 working days; decision within 3 working days of receipt"),
        promised=_("As the source agency promises; it is told at once"),
        fee=_("Free of charge"),
        group=GROUP,
    )
