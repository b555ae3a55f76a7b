"""Objection and repair: services filled in as a form, each about one record of the company, decided by its agency.

An accepted objection withdraws the record. A repair enters through Credit China and is decided by the source agency;
granted, publication ends here at once and Credit China is told (R6.05). All of it follows from what happens to the
referral, in the same transaction. What is pending stands on the pages ("under objection").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Agency, Company
from credit import credit_china, selectors, services
from credit.clocks import clock
from credit.models import Fact, FactEvent
from reference.problems import Problem, Refused
from submissions.definitions.definition import AgencyPart, PaperSlot, Section, ServiceDefinition
from submissions.definitions.fields import Field, Shape, Values
from submissions.models import Referral, Submission
from submissions.registry import Happened
from trail.actors import Actor

OBJECTION, REPAIR = "credit-objection", "credit-repair"
SOURCE = "source-agency"  # the place of the agency that a record comes from, until a company is known
GROUP = _("Integrity records")
V = FactEvent.Verb


@dataclass(frozen=True, slots=True)
class Follow:
    """What a kind of request notes on its record: when it is made, refused, and taken back."""

    made: str
    refused: str
    dropped: str


FOLLOWS: Mapping[str, Follow] = {
    OBJECTION: Follow(V.OBJECT, V.REJECT_OBJECTION, V.DROP_OBJECTION),
    REPAIR: Follow(V.ASK_REPAIR, V.REFUSE_REPAIR, V.DROP_REPAIR),
}


# --- what one company may ask today -----------------------------------------------------------------------


def problems_of(kind: str, row: selectors.Row) -> list[Problem]:
    """What is in the way of a request about that record today."""
    if kind == OBJECTION and not row.may_object:
        text = gettext_noop("The record is withdrawn, or an objection to it is pending already.")
        return [Problem("request.objection", "/record", text)]
    if kind == REPAIR and not row.repair_open:
        text = gettext_noop("Its repair may be asked from {day} on, once, while it stands.")
        day = row.window.repair_from.isoformat() if row.window else "–"
        return [Problem("request.too_early", "/record", text, {"day": day})]
    return []


def key_of(fact: Fact) -> str:
    """How a form names a record: its agency and that agency's own number, which the agency knows too."""
    return f"{fact.agency.code}/{fact.record_no}"


def bind(definition: ServiceDefinition, company: Company) -> ServiceDefinition:
    """For one company: its records to choose from, their agencies, and what is in the way of each."""
    rows = {key_of(row.fact): row for row in selectors.rows_of(company, timezone.localdate())}
    choices = tuple((key, _called(row.fact)) for key, row in rows.items())
    return replace(
        definition,
        sections=tuple(_with_records(section, choices) for section in definition.sections),
        agencies=_parts(definition, {row.fact.agency.code: row.fact.agency for row in rows.values()}),
        check=partial(_check, definition.code, rows),
        title=lambda values: rows[values["record"]].fact.document_no if values.get("record") in rows else "",
        addressees=partial(_addressees, definition, rows),
    )


def _called(fact: Fact) -> str:
    return f"{fact.document_no} · {fact.type_name} · {fact.ruled_on.isoformat()} · {fact.agency.display_name}"


def _with_records(section: Section, choices: tuple[tuple[str, str], ...]) -> Section:
    fields = (
        replace(field, choices=choices) if field.code == "record" else field for field in section.fields
    )
    return replace(section, fields=tuple(fields))


def _parts(definition: ServiceDefinition, agencies: Mapping[str, Agency]) -> tuple[AgencyPart, ...]:
    """Every source agency in the place of "the source agency"."""
    found: list[AgencyPart] = []
    for part in definition.agencies:
        own = (
            [replace(part, code=code, name="") for code in sorted(agencies)]
            if part.code == SOURCE
            else [part]
        )
        found.extend(own)
    return tuple(found)


def _check(kind: str, rows: Mapping[str, selectors.Row], values: Values) -> list[Problem]:
    row = rows.get(str(values.get("record")))
    return problems_of(kind, row) if row else []


def _addressees(
    definition: ServiceDefinition, rows: Mapping[str, selectors.Row], values: Values
) -> tuple[str, ...]:
    agency = rows[values["record"]].fact.agency.code
    return tuple(agency if part.code == SOURCE else part.code for part in definition.agencies)


def follow(submission: Submission, values: Values, by: Actor) -> None:
    """Note the request on its record, in the transaction of handing in.

    The record's row is locked: of two requests at the same moment the second finds the first, and is refused.
    """
    agency, _slash, number = str(values["record"]).partition("/")
    rows = Fact.objects.select_for_update(no_key=True, of=("self",)).filter(company=submission.company)
    fact = rows.get(agency__code=agency, record_no=number)
    row = selectors.fact_of(submission.company, fact.pk, timezone.localdate())
    if row is None:
        raise Fact.DoesNotExist
    if problems := problems_of(submission.kind, row):
        raise Refused(problems)
    why = str(values.get("words", ""))
    services.add_event(fact, FOLLOWS[submission.kind].made, by=by, submission=submission, why=why)


# --- what its agency decides ------------------------------------------------------------------------------


def request_of(submission: Submission) -> FactEvent | None:
    """The event with which a submission began."""
    rows = FactEvent.objects.filter(submission=submission, verb__in=[one.made for one in FOLLOWS.values()])
    return rows.select_related("fact__agency", "fact__company").first()


def accepted(happened: Happened) -> None:
    """Hook of `referral.accept`: the objection is upheld, or the repair granted."""
    for request in _requests(happened):
        if request.verb == V.OBJECT:
            services.withdraw(request.fact, by=happened.by, why=happened.words, submission=request.submission)
        else:
            services.repair(request.fact, by=happened.by, why=happened.words, submission=request.submission)
            credit_china.tell_outcome(request, granted=True, happened=happened)


def refused(happened: Happened) -> None:
    """Hook of `referral.refuse`."""
    for request in _requests(happened):
        verb = FOLLOWS[OBJECTION if request.verb == V.OBJECT else REPAIR].refused
        services.add_event(
            request.fact, verb, by=happened.by, why=happened.words, submission=request.submission
        )
        if request.verb == V.ASK_REPAIR:
            credit_china.tell_outcome(request, granted=False, happened=happened)


def dropped(happened: Happened) -> None:
    """Hook of `submission.withdraw`."""
    for request in _made(happened.submission_ids):
        verb = FOLLOWS[OBJECTION if request.verb == V.OBJECT else REPAIR].dropped
        services.add_event(request.fact, verb, by=happened.by, submission=request.submission)


def _requests(happened: Happened) -> list[FactEvent]:
    """Those that the source agency itself has decided: Credit China's answer moves no record."""
    # Most steps are other desks': they cost one question.
    if not (found := _made(happened.submission_ids)):
        return []
    decided = set(Referral.objects.filter(pk__in=happened.ids).values_list("submission_id", "agency_id"))
    return [one for one in found if (one.submission_id, one.fact.agency_id) in decided]


def _made(submission_ids: tuple[UUID, ...]) -> list[FactEvent]:
    verbs = [one.made for one in FOLLOWS.values()]
    rows = FactEvent.objects.filter(submission__in=submission_ids, verb__in=verbs)
    return list(rows.select_related("fact__company", "fact__agency", "submission"))


# --- the two services -------------------------------------------------------------------------------------

_RECORD = Field(
    "record",
    _("Record"),
    Shape.CHOICE,
    help=_("One of the records about your company; its source agency gets the form."),
)
_ZONE = _("MOFCOM notice 2018-486 and the zone's own rules of integrity records")
_REPAIR_RULES = _("NDRC measures on credit repair, in force from 2026-04-01")
_PLAN = _("State Council plan on credit repair of 2025-06-22")
_WHO = _("The company that the record is about")


def objection() -> ServiceDefinition:
    """The objection; its clock is the zone's own promise."""
    return ServiceDefinition(
        code=OBJECTION,
        name=_("Objection to an integrity record"),
        sentence=_("A record about your company is wrong: its source agency checks it and decides."),
        group=GROUP,
        basis=(_ZONE,),
        who=_WHO,
        notes=(
            _("Until it is decided the public page says “under objection”."),
            _("Upheld, the record is withdrawn; it is never deleted."),
        ),
        sections=(
            Section(
                "objection",
                _("The objection"),
                (
                    _RECORD,
                    Field("words", _("What is wrong, and why"), Shape.LONG_TEXT, most=4000,
                          help=_("The source agency reads exactly this.")),
                ),
            ),
        ),
        papers=(PaperSlot("evidence", _("Evidence"), required=False, most_files=5),),
        agencies=(
            AgencyPart(
                SOURCE, _("checks the record and decides"), clock("objection").working_days,
                name=_("The source agency"),
            ),
        ),
        bind=bind,
        follow=follow,
    )  # fmt: skip


def repair() -> ServiceDefinition:
    """The request for repair, with both statutory clocks."""
    feedback, decision = clock("feedback").working_days, clock("decision").working_days
    return ServiceDefinition(
        code=REPAIR,
        name=_("Credit repair"),
        sentence=_("The duties are done and the shortest period is over: publication ends before its time."),
        group=GROUP,
        basis=(_REPAIR_RULES, _PLAN),
        who=format_lazy("{}, {}", _WHO, _("after the shortest period of its class")),
        notes=(
            _("Granted, publication ends at once, here and at Credit China; the score counts the record less."),
            _("Credit China itself is the entry for records that were not entered here."),
        ),
        sections=(
            Section(
                "repair",
                _("The repair"),
                (
                    _RECORD,
                    Field("done_on", _("Duties done on"), Shape.DATE, not_after_today=True,
                          help=_("The day on which the last duty of the ruling was done.")),
                    Field("words", _("How the duties were done and the harm was mended"), Shape.LONG_TEXT,
                          most=4000, help=_("The source agency reads exactly this.")),
                ),
            ),
        ),
        papers=(PaperSlot("proof", _("Proof that the duties are done"), most_files=5),),
        agencies=(
            AgencyPart(
                credit_china.AGENCY, _("takes the request in, gives feedback, ends publication on its site"),
                feedback, feedback,
            ),
            AgencyPart(
                SOURCE, _("decides on the repair"), decision, decision, name=_("The source agency"),
            ),
        ),
        bind=bind,
        follow=follow,
    )  # fmt: skip
