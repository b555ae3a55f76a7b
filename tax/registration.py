"""What this room registers with the life of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions import decisions, guides, registry
from submissions.guides import Guide, Step
from submissions.models import Submission
from submissions.panels import Panel, register_panel
from submissions.registry import Happened, Summary, register_notice
from tax.models import ExemptionDeclaration
from tax.selectors import AGENCY, SERVICE

if TYPE_CHECKING:
    from accounts.principals import Principal

SHOWN = 200  # lines on the page of the submission; the declaration's own page has them all
_PORTAL, _TAX = _("portal"), _("tax authority")
GUIDE = Guide(
    basis=(
        _("MoF, STA, MOFCOM and GACC notice 2018-103: exemption without invoice for retail export"),
        _("STA announcement 2019-36: deemed income tax of retail exporters"),
    ),
    who=_("E-commerce exporters registered in the pilot zone, or an agent by mandate"),
    papers=(
        _("Nothing to upload: the lines come from the closed export lists and the filed goods"),
        _("A mark on every line of which a valid purchase invoice is held"),
    ),
    steps=(
        Step(_PORTAL, _("puts the month's export lines together and says of each why it is exempt or not")),
        Step(_("company"), _("marks invoices, completes its record and declares the month")),
        Step(_TAX, _("compares the lines with customs' data; differences are settled by two officials")),
        Step(_PORTAL, _("keeps the result of the comparison as a paper that anyone can verify")),
    ),
    statutory=_("To be declared by the 15th of the following month, or the next working day"),
    fee=_("Free of charge"),
    group=_("Tax"),
)


def register() -> None:
    """Called once by `apps.py`."""
    from tax import guards, overview, papers, replies, services, workbench
    from tax.payload import share

    registry.register_kind(
        registry.Kind(
            code=SERVICE,
            name=_("Exemption without invoice"),
            sentence=_(
                "Declare a month's retail exports that are exempt from VAT though no invoice was obtained."
            ),
            start_url="exemptions",
            agencies=(AGENCY,),
            mandate_service=SERVICE,
            summary=_summary,
            share=share,
        )
    )
    guides.register_guide(SERVICE, GUIDE)
    decisions.register_type(AGENCY, replies.TYPE, replies.read)
    papers.register()
    register_panel(SERVICE, _panel)
    _register_notices()
    for counter in workbench.counters():
        registry.register_counter(counter)
    for figure in overview.figures():
        registry.register_figure(figure)
    for duty in overview.duties():
        registry.register_duty(duty)
    _register_steps()
    registry.register_hook("referral.accept", guards.no_acceptance_before_the_comparison)
    registry.register_hook("referral.ask_information", guards.no_questions)
    registry.register_hook("export-list-returned", services.goods_returned)
    registry.register_hook("submission.refuse", _not_taken)
    registry.register_hook("submission.withdraw", _not_taken)


def _summary(submission: Submission) -> Summary:
    return Summary(submission.title, reverse("submission", args=[submission.reference]))


def _panel(submission: Submission, principal: Principal) -> Panel:
    from tax.threeway import three_way

    row = ExemptionDeclaration.objects.select_related("company").get(submission=submission)
    near = principal.agency is None
    rows = [one for one in three_way(row).rows if one.verdict != "not_declared"]
    return Panel("tax/_panel.html", {"row": row, "rows": rows[:SHOWN], "near": near})


def _register_steps() -> None:
    """What the history of a submission says of this room's steps."""
    for verb, sentence in {
        "declare": _("The month was declared."),
        "equal": _("Compared with customs' data: equal."),
        "differ": _("Compared with customs' data: there are differences."),
        "settle": _("The differences were settled by two officials."),
        "close": _("The month was closed: its filing day has passed."),
        "supersede": _("A later version took its place."),
        "refuse": _("The tax authority did not take it; its lines are free again."),
    }.items():
        registry.register_step(f"exemption.{verb}", sentence)
    for verb, sentence in {
        "prepare": _("An official made a proposal."),
        "approve": _("A second official approved the proposal."),
        "send_back": _("A second official sent the proposal back."),
    }.items():
        registry.register_step(f"settlement.{verb}", sentence, internal=True)


def _register_notices() -> None:
    register_notice(
        "exemption.equal", _("Exemption of {month}: compared, equal. Comparison result {number}.")
    )
    register_notice(
        "exemption.differ",
        _("Exemption of {month}: the comparison found differences; the tax authority settles them."),
    )
    register_notice("exemption.settle", _("Exemption of {month}: the differences are settled ({number})."))
    register_notice(
        "exemption.lift",
        _("Exemption of {month}: lines taken out can be declared again ({lines}): {reason}"),
    )
    register_notice(
        "exemption.returned",
        _("Goods of exempted lines came back ({lines}): the exemption is taken back with {month}."),
    )


def _not_taken(happened: Happened) -> None:
    from tax.services import withdraw_refused

    withdraw_refused(happened.submission_ids, by=happened.by, why=happened.why or happened.words)
