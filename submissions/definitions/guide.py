"""The service guide, made of the definition: basis, who, papers, both times per agency, steps."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from submissions.definitions.definition import AgencyPart, ServiceDefinition
from submissions.guides import Guide, Step
from submissions.registry import Text


def agency_name(code: str) -> str:
    """The agency's name in the reader's language; its code where it is not entered."""
    row = Agency.objects.filter(code=code).first()
    return row.display_name if row else code


def days_words(days: int) -> str:
    """So many working days, in words."""
    if days == 0:
        return gettext("at once")
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


lazy_name = lazy(agency_name, str)
lazy_days = lazy(days_words, str)


def guide_of(definition: ServiceDefinition) -> Guide:
    """What somebody wants to know before beginning."""
    statutory = [part.statutory_days for part in definition.agencies if part.statutory_days is not None]
    return Guide(
        basis=(*definition.basis, *(part.basis for part in definition.agencies if part.basis)),
        who=definition.who,
        papers=_papers(definition),
        steps=_steps(definition),
        promised=lazy_days(max((part.promised_days for part in definition.agencies), default=0)),
        statutory=lazy_days(max(statutory)) if statutory else "",
        fee=definition.fee or _("Free of charge"),
        group=definition.group,
        notes=definition.notes,
        faq=definition.faq,
    )


def _papers(definition: ServiceDefinition) -> tuple[Text, ...]:
    form: Text = _("The form, filled in on the portal; what is known already stands in it")
    papers = (
        slot.name if slot.required else format_lazy("{} {}", slot.name, _("(optional)"))
        for slot in definition.papers
    )
    return (form, *papers)


def _steps(definition: ServiceDefinition) -> tuple[Step, ...]:
    first = Step(
        _("you"), _("fill in the form once; it is saved by itself, and everything wrong is told at once")
    )
    portal = Step(_("portal"), _("gives the number at once and sends each agency its own part"))
    last = Step(_("you"), _("answer if an agency asks for more, and download the certificate at the end"))
    parts = (Step(part.name or lazy_name(part.code), _what(part)) for part in definition.agencies)
    if not definition.agencies:
        return (first, Step(_("portal"), _("gives number and paper at once")))
    return (first, portal, *parts, last)


def _what(part: AgencyPart) -> Text:
    """What it does, with both of its times."""
    promised = format_lazy(_("promised: {}"), lazy_days(part.promised_days))
    if part.statutory_days is None:
        return format_lazy("{} ({})", part.what, promised)
    statutory = format_lazy(_("by law: {}"), lazy_days(part.statutory_days))
    return format_lazy("{} ({}; {})", part.what, promised, statutory)
