"""What this desk registers with the life of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from customs.b2b.judging import CODE
from customs.models import B2BDeclaration
from submissions import decisions, registry
from submissions.definitions.registration import register_service
from submissions.http_gateway import HttpGateway
from submissions.lifecycle import advance
from submissions.registry import Happened, register_notice

if TYPE_CHECKING:
    from submissions.registry import Text

AGENCY = "customs"
STEPS: dict[str, Text] = {
    "b2b.declare": _("The B2B export was declared."),
    "b2b.accept": _("Customs accepted the declaration."),
    "b2b.send_back": _("Customs sent the declaration back, to be corrected."),
    "b2b.correct": _("The declaration was corrected and declared again."),
    "b2b.release": _("Customs released the goods."),
    "b2b.close": _("The goods have left the country; customs closed the declaration."),
    "b2b.refuse": _("Customs refused the declaration."),
    "b2b.withdraw": _("The declaration was withdrawn."),
    "b2b_override.prepare": _("An official proposed to classify it otherwise than the rules."),
    "b2b_override.approve": _("Two officials classified it otherwise than the rules."),
    "b2b_override.send_back": _("A proposed classification was not approved."),
}
INTERNAL = frozenset({"b2b_override.prepare", "b2b_override.send_back"})
NOTICES: dict[str, Text] = {
    "b2b.closed": _("Customs declaration {number}: exported on {day}, closed."),
    "b2b.decided_cbec_b2b": _("{number} counts as cross-border B2B, as two officials decided: {reason}"),
    "b2b.decided_general_trade": _("{number} counts as general trade, as two officials decided: {reason}"),
    "b2b.returned_relieved": _("{number}: {quantity} of {goods} came back on {day}, free of import taxes."),
    "b2b.returned_taxed": _("{number}: {quantity} of {goods} came back on {day}; import taxes are due."),
}


def register() -> None:
    """Called once by the room's `registration.py`."""
    from customs.b2b import desk, overview, panel, replies
    from customs.b2b.definition import DEFINITION
    from customs.b2b.selectors import search
    from customs.b2b.workbench import counters

    register_service(DEFINITION)
    # Customs' declaration system (H2018) is another door than the E-port's.
    for what, path in (("payload", "/customs/cases"), ("information", "/customs/information")):
        registry.register_gateway(AGENCY, what, HttpGateway(AGENCY, path), kind_code=CODE)
    decisions.register_type(AGENCY, replies.TYPE, replies.read)
    for event, verb in (("submission.refuse", "refuse"), ("submission.withdraw", "withdraw")):
        registry.register_hook(event, HOOKS[verb])
    registry.register_search(search)
    for counter in counters():
        registry.register_counter(counter)
    for figure in overview.figures():
        registry.register_figure(figure)
    for code, sentence in NOTICES.items():
        register_notice(code, sentence)
    for verb, sentence in STEPS.items():
        registry.register_step(verb, sentence, internal=verb in INTERNAL)
    panel.register()
    desk.register()


def _follow(happened: Happened, verb: str) -> None:
    """Our declaration ends with its submission."""
    from customs.b2b.lifecycle import DECLARATION

    rows = B2BDeclaration.objects.filter(submission__in=happened.submission_ids)
    ids = list(rows.values_list("pk", flat=True))
    advance(DECLARATION, ids, verb, by=happened.by, why=happened.why, words=happened.words)


def refused(happened: Happened) -> None:
    """Refused at the door, or by customs."""
    _follow(happened, "refuse")


def withdrawn(happened: Happened) -> None:
    """Taken back before customs had it."""
    _follow(happened, "withdraw")


HOOKS = {"refuse": refused, "withdraw": withdrawn}
