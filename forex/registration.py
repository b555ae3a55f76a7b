"""What this room tells the others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions import guides, registry
from submissions.guides import Guide, Step

BANK = "bank"
GROUP = _("FX")
NOTICES = {
    "forex.inward_payment": _(
        "{amount} has come in (declaration number {number}): attach the payout statement and declare it by {due}."
    ),
    "forex.bop_returned": _(
        "The bank returned the declaration of {number}: {words} Correct it and declare it again."
    ),
    "forex.bop_accepted": _(
        "The bank accepted the declaration of {number} and passed it on to SAFE (reference {safe})."
    ),
    "forex.due": _("{amount} (declaration number {number}) is not declared yet; the last day is {due}."),
    "forex.handed_to_company": _("{bank} hands payment {number} over to you to be cleared up: {why}"),
    "forex.handed_to_bank": _("{bank} has taken over the clearing up of payment {number}: {why}"),
    "forex.document_released": _("{kind} {number} no longer backs a financing of {bank}."),
    "forex.document_used": _("{kind} {number} backs a financing of {bank} from now on."),
}


def register() -> None:
    """Called once by `apps.py`."""
    from forex import answers, directory, links, orders, overview, panels, papers
    from forex.declarations import KIND, share
    from forex.workbench import counters

    registry.register_kind(
        registry.Kind(
            code=KIND,
            name=_("Balance-of-payments declaration"),
            sentence=_("Declare an inward payment, with what it stood for before fees were kept."),
            start_url="forex_payments",
            agencies=(BANK,),
            mandate_service=KIND,
            joint_state=answers.joint_states,
            share=share,
        )
    )
    guides.register_guide(KIND, _guide())
    registry.register_hook("referral.accept", answers.accepted)
    registry.register_hook("referral.refuse", answers.refused)
    registry.register_search(panels.by_number)
    orders.use(links.orders)
    orders.use_lists(links.export_list)
    directory.use(links.in_directory)
    orders.use_exports(links.exports)
    for counter in counters():
        registry.register_counter(counter)
    for figure in overview.figures():
        registry.register_figure(figure)
    for duty in overview.duties():
        registry.register_duty(duty)
    panels.register()
    papers.register()
    for code, sentence in NOTICES.items():
        registry.register_notice(code, sentence)


def _guide() -> Guide:
    return Guide(
        basis=(
            _("SAFE notice 2020-11: FX of new forms of trade, netting with gross-up"),
            _("SAFE notice 2015-27: declarations through the handling bank"),
        ),
        who=_("Companies that received money from abroad"),
        papers=(_("The payout statement of the marketplace or payment institution, as XLSX or CSV"),),
        steps=(
            Step(_("bank"), _("pushes the inward payment with its declaration number")),
            Step(_("company"), _("attaches the payout statement and declares within 5 working days")),
            Step(_("portal"), _("works out gross in and gross out, checks codes, sums and dates")),
            Step(_("bank"), _("checks, returns it to be corrected or forwards it to SAFE")),
        ),
        promised=_("Passed on to the bank within minutes"),
        fee=_("Free of charge"),
        group=GROUP,
    )
