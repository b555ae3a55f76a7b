"""What this room registers with the life of a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from submissions import guides, registry
from submissions.guides import Guide, Step

AGENCY = "customs"
GROUP = _("Customs clearance, import")
PROMISED = _("Checked and passed on within minutes; customs answers in its own time")
FREE = _("Free of charge")
_GACC = _("GACC announcement 2018-194: supervision of cross-border e-commerce retail")
_FORMAT = _("Customs' message specification for cross-border e-commerce, edition 202205")
_TAX = _("MoF notices 2016-18 and 2018-49: import tax and limits of cross-border e-commerce retail")

# kind, document, name, sentence
KINDS = (
    (
        "import-orders",
        "order",
        _("Import orders"),
        _("The platform or the e-commerce firm hands in the orders of buyers (CEB311)."),
    ),
    (
        "import-payments",
        "payment",
        _("Import payments"),
        _("The payment firm hands in the payments of orders (CEB411)."),
    ),
    (
        "import-waybills",
        "waybill",
        _("Import waybills"),
        _("The logistics firm hands in the waybills of parcels (CEB511)."),
    ),
    (
        "import-declaration",
        "inventory",
        _("Import declaration"),
        _("The declarant hands in inventory lists; customs releases the goods (CEB621)."),
    ),
)

_SENT_ON = Step(_("portal"), _("checks the form, gives a number at once and passes the message on"))
_ANSWERED = Step(_("E-port and customs"), _("check each document and answer; the answers stand on its page"))
GUIDES = {
    "import-orders": Guide(
        basis=(_GACC, _FORMAT),
        who=_("E-commerce platforms and e-commerce firms registered with customs, or their domestic agents"),
        papers=(_("Orders in the CEB311 format, 1 to 100 in a message"),),
        steps=(_SENT_ON, _ANSWERED),
        promised=PROMISED,
        fee=FREE,
        group=GROUP,
    ),
    "import-payments": Guide(
        basis=(_GACC, _FORMAT),
        who=_("Payment firms registered with customs"),
        papers=(_("Payments in the CEB411 format, 1 to 100 in a message"),),
        steps=(_SENT_ON, _ANSWERED),
        promised=PROMISED,
        fee=FREE,
        group=GROUP,
    ),
    "import-waybills": Guide(
        basis=(_GACC, _FORMAT),
        who=_("Logistics firms registered with customs"),
        papers=(_("Waybills in the CEB511 format, 1 to 100 in a message"),),
        steps=(_SENT_ON, _ANSWERED),
        promised=PROMISED,
        fee=FREE,
        group=GROUP,
    ),
    "import-declaration": Guide(
        basis=(_GACC, _FORMAT, _TAX),
        who=_("Declarants registered with customs, for themselves or by mandate of the e-commerce firm"),
        papers=(
            _("Inventory lists in the CEB621 format, 1 to 100 in a message, signed by the declarant"),
            _("The order, payment and waybill of each list, handed in by those who issue them"),
        ),
        steps=(
            Step(_("portal"), _("checks the form and gives a number at once")),
            Step(
                _("portal"), _("compares each list with its order, payment and waybill and works out the tax")
            ),
            Step(_("portal"), _("passes the message on whole, with its own opinion beside it")),
            _ANSWERED,
            Step(_("customs"), _("releases the goods; the certificate can be downloaded")),
        ),
        promised=PROMISED,
        fee=FREE,
        group=GROUP,
    ),
}


def register() -> None:
    """Called once by `apps.py`."""
    from customs import forward, panels, papers
    from customs.gateway.client import EportGateway
    from customs.notices import register_sentences
    from customs.replies import read_inbox
    from customs.workbench import counters

    for code, document, name, sentence in KINDS:
        registry.register_kind(
            registry.Kind(
                code=code,
                name=name,
                sentence=sentence,
                start_url="customs_upload",
                agencies=(AGENCY,),
                mandate_service=code,
                joint_state=partial(_joint, document),
            )
        )
        guides.register_guide(code, GUIDES[code])
    registry.register_gateway(AGENCY, forward.PAYLOAD, EportGateway("/ceb/messages"))
    registry.register_gateway(AGENCY, forward.OPINION, EportGateway("/opinions"))
    registry.register_inbox_reader(AGENCY, read_inbox)
    registry.register_hook("dispatch.deliver", forward.delivered)
    registry.register_hook("dispatch.refuse", forward.refused)
    for counter in counters():
        registry.register_counter(counter)
    register_sentences()
    panels.register()
    papers.register()


def _joint(document: str, message_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    from customs.joint import joint_states

    return joint_states(document, message_ids)
