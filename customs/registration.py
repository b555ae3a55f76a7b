"""What this room registers with the life of a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions import guides, registry
from submissions.guides import Guide, Step
from submissions.models import Submission, SubmissionState

AGENCY = "customs"
GROUP = _("Customs clearance, import")
PROMISED = _("Checked and passed on within minutes; customs answers in its own time")
FREE = _("Free of charge")
_GACC = _("GACC announcement 2018-194: supervision of cross-border e-commerce retail")
_GACC_2024 = _("GACC announcement 2024-167: order and waybill before the export list, from 2024-12-15")
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
    (
        "export-orders",
        "export_order",
        _("Export orders"),
        _("The platform or the e-commerce firm hands in the orders of buyers abroad (CEB303)."),
    ),
    (
        "export-collections",
        "collection",
        _("Collection records"),
        _(
            "The payment firm hands in the money received for orders abroad (CEB403); needed until 2024-12-14."
        ),
    ),
    (
        "export-waybills",
        "export_waybill",
        _("Export waybills"),
        _("The logistics firm hands in the waybills of parcels going abroad (CEB505)."),
    ),
    (
        "export-declaration",
        "export_list",
        _("Export declaration"),
        _("The declarant hands in export lists; customs releases and closes them (CEB603)."),
    ),
    (
        "export-arrivals",
        "arrival",
        _("Arrival notices"),
        _("The logistics firm tells which parcels stand in the supervised site (CEB507)."),
    ),
    (
        "export-manifests",
        "manifest",
        _("Master waybill manifests"),
        _("The declarant binds export lists to the master bill (CEB607)."),
    ),
    (
        "export-departures",
        "departure",
        _("Departure notices"),
        _("The logistics firm tells which parcels have left the country (CEB509)."),
    ),
)

# Lists can be typed one by one; whatever comes from a machine is handed in as a file or over REST.
ONE_LIST = {"import-declaration": "one_list_import", "export-declaration": "one_list_export"}
_TYPED = _("Typed here, one list at a time, or as a file; machines send the same message over REST")
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
            _TYPED,
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
EXPORT_GROUP = _("Customs clearance, export")
_EXPORT_WHO = {
    "export-orders": _("E-commerce platforms and e-commerce firms registered with customs"),
    "export-collections": _("Payment firms and e-commerce firms registered with customs"),
    "export-waybills": _("Logistics firms registered with customs"),
    "export-declaration": _(
        "Declarants registered with customs, for themselves or by mandate of the e-commerce firm"
    ),
    "export-arrivals": _("Logistics firms registered with customs"),
    "export-manifests": _("Declarants registered with customs"),
    "export-departures": _("Logistics firms registered with customs"),
}
_EXPORT_PAPERS = {
    "export-orders": _("Orders in the CEB303 format, 1 to 100 in a message"),
    "export-collections": _("Collection records in the CEB403 format, 1 to 100 in a message"),
    "export-waybills": _("Waybills in the CEB505 format, 1 to 100 in a message"),
    "export-declaration": _(
        "Export lists in the CEB603 format, 1 to 100 in a message, signed by the declarant"
    ),
    "export-arrivals": _("Arrival notices in the CEB507 format"),
    "export-manifests": _("Master waybill manifests in the CEB607 format, signed by the declarant"),
    "export-departures": _("Departure notices in the CEB509 format"),
}
GUIDES |= {
    code: Guide(
        basis=(_GACC, _GACC_2024, _FORMAT),
        who=who,
        papers=(_EXPORT_PAPERS[code], *((_TYPED,) if code in ONE_LIST else ())),
        steps=(_SENT_ON, _ANSWERED),
        promised=PROMISED,
        fee=FREE,
        group=EXPORT_GROUP,
    )
    for code, who in _EXPORT_WHO.items()
}


def register() -> None:
    """Called once by `apps.py`."""
    from customs import buyers, forward, overview, panels, papers, uses
    from customs.b2b import registration as b2b
    from customs.export import overview as export
    from customs.gateway.client import EportGateway
    from customs.notices import register_sentences
    from customs.replies import read_inbox, read_set
    from customs.workbench import counters

    for code, document, name, sentence in KINDS:
        registry.register_kind(
            registry.Kind(
                code=code,
                name=name,
                sentence=sentence,
                start_url=ONE_LIST.get(code, "customs_upload"),
                summary=_summary if code in ONE_LIST else registry.plain_summary,
                agencies=(AGENCY,),
                mandate_service=code,
                joint_state=partial(_joint, document),
            )
        )
        guides.register_guide(code, GUIDES[code])
    registry.register_gateway(AGENCY, forward.PAYLOAD, EportGateway("/ceb/messages"))
    registry.register_gateway(AGENCY, forward.OPINION, EportGateway("/opinions"))
    registry.register_inbox_reader(AGENCY, read_inbox, sets=read_set)
    registry.register_hook("dispatch.deliver", forward.delivered)
    registry.register_hook("dispatch.refuse", forward.refused)
    registry.register_hook("identity.settled", buyers.settled)
    for counter in counters():
        registry.register_counter(counter)
    for figure in (*overview.figures(), *export.figures()):
        registry.register_figure(figure)
    for duty in (*overview.duties(), *export.duties()):
        registry.register_duty(duty)
    register_sentences()
    b2b.register()
    uses.register()
    panels.register()
    papers.register()


def _summary(submission: Submission) -> registry.Summary:
    """A draft is gone on with where it is typed."""
    if submission.state == SubmissionState.DRAFT:
        title = submission.title or str(registry.kind(submission.kind).name)
        return registry.Summary(title, reverse("one_list", args=[submission.pk]))
    return registry.plain_summary(submission)


def _joint(document: str, message_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    from customs.joint import joint_states

    return joint_states(document, message_ids)
