"""What this room registers with the life of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from submissions.registry import (
    register_counter,
    register_duty,
    register_figure,
    register_gateway,
    register_hook,
    register_notice,
)

if TYPE_CHECKING:
    pass

NOTICES = {
    "credit.recorded": gettext_noop("An integrity record was entered: document {document} of {ruled_on}."),
    "credit.withdrawn": gettext_noop("An integrity record was withdrawn: document {document} of {ruled_on}."),
    "credit.repaired": gettext_noop("Repair accepted, publication ended: document {document} of {ruled_on}."),
    "credit.repair_open": gettext_noop(
        "From today on its repair may be asked: document {document} of {ruled_on}."
    ),
    "credit.window_ended": gettext_noop(
        "Its period is over, it is published no more: document {document} of {ruled_on}."
    ),
    "credit.level": gettext_noop("Customs' credit level was received; it holds from {valid_from}."),
}


def register() -> None:
    """Called once by `apps.py`."""
    from credit import observing, overview, report, requests, workbench
    from submissions.definitions.registration import register_service
    from submissions.observations import register_listener

    for code, sentence in NOTICES.items():
        register_notice(code, sentence)
    register_service(requests.objection())
    register_service(requests.repair())
    report.register()
    _gateways()
    register_hook("referral.accept", requests.accepted)
    register_hook("referral.refuse", requests.refused)
    register_hook("submission.withdraw", requests.dropped)
    register_listener(observing.listen)
    for figure in overview.figures():
        register_figure(figure)
    for duty in overview.duties():
        register_duty(duty)
    for counter in workbench.counters():
        register_counter(counter)


def _gateways() -> None:
    """Customs' offices are another door than the E-port's; Credit China hears of decisions besides its cases."""
    from credit import credit_china, requests
    from submissions.http_gateway import HttpGateway

    for kind in (requests.OBJECTION, requests.REPAIR):
        for what, path in (("payload", "/customs/cases"), ("information", "/customs/information")):
            register_gateway("customs", what, HttpGateway("customs", path), kind_code=kind)
    outcome = HttpGateway(credit_china.AGENCY, "/information")
    register_gateway(credit_china.AGENCY, credit_china.OUTCOME, outcome)
