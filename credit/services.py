"""Verbs of integrity records: record, withdraw by two people, object, repair, give a level, look.

Nothing recorded is ever edited. `at` is the moment from which something was known here: now, except for histories
that are carried over (the row keeps besides when it was written).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

import msgspec
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Agency, Company, User
from credit import lifecycle
from credit.models import CustomsLevel, Fact, FactEvent, Look, Withdrawal, WithdrawalState
from credit.rules import DOCUMENT, NUMBER, SUBJECT, fact_problems, level_problems
from credit.types import types_on
from reference.models import Code
from reference.problems import Problem, Refused
from reference.selectors import code_sets
from submissions.models import Submission
from submissions.notices import notify
from trail.actors import Actor
from trail.services import record


@dataclass(frozen=True, slots=True)
class FactIn:
    """A fact as its agency tells it. `record_no` is the agency's own number: the same twice is the same record."""

    type: str
    severity: str
    ruled_on: date
    record_no: str
    document_no: str
    words_zh: str
    words_en: str = ""
    subject_kind: str = ""
    subject_code: str = ""
    evidence_sha256: str = ""
    made_public: bool = False


class Conflict(Exception):
    """The agency's record number stands for another record here."""


def record_fact(
    told: FactIn,
    *,
    company: Company,
    agency: Agency,
    by: Actor,
    observed: bool = False,
    at: datetime | None = None,
) -> tuple[Fact, bool]:
    """The fact, and whether it is new. Refused with every problem; `Conflict` for a known number with other content."""
    digest = hashlib.sha256(msgspec.json.encode([company.pk, asdict(told)])).hexdigest()
    if found := Fact.objects.filter(agency=agency, record_no=told.record_no).first():
        return _same(found, digest), False
    _check_fact(told, observed=observed)
    kind = types_on(told.ruled_on)[told.type]
    try:
        with transaction.atomic():
            fact = Fact.objects.create(
                **asdict(told),
                company=company,
                agency=agency,
                basis_zh=kind.basis_zh,
                basis_en=kind.basis_en,
                observed=observed,
                body_sha256=digest,
                known_at=at or timezone.now(),
                recorded_by=by.sentence[:200],
            )
            detail = {"agency": agency.code, "type": told.type, "severity": told.severity}
            record(
                "credit.fact_recorded",
                by=by,
                object_type="fact",
                object_id=fact.pk,
                detail=detail,
                digest=digest,
            )
            _tell(fact, "credit.recorded")
    except IntegrityError:
        # Its twin was faster by a moment.
        return _same(Fact.objects.get(agency=agency, record_no=told.record_no), digest), False
    return fact, True


def _same(found: Fact, digest: str) -> Fact:
    if found.body_sha256 != digest:
        raise Conflict(found.record_no)
    return found


def _check_fact(told: FactIn, *, observed: bool) -> None:
    values = asdict(told)
    values["type_"] = values.pop("type")
    for name in ("words_en", "made_public"):
        values.pop(name)
    if problems := fact_problems(**values, today=timezone.localdate(), observed=observed):
        raise Refused(problems)


def observe(
    type_: str,
    *,
    company: Company,
    key: str,
    number: str,
    on: date,
    words: tuple[str, str],
    by: Actor,
    subject: tuple[str, str] = ("", ""),
) -> Fact | None:
    """A fact that the portal notes itself from what happened at a desk: class, basis and agency stand in the data.

    `key` names the occurrence: the same again is the fact that is there, whatever was said this time. `number` is
    what people call it by, `words` Chinese and English. None where that kind of fact is not noted on that day, or
    its agency is not here.
    """
    kind = types_on(on).get(type_)
    agency = Agency.objects.filter(code=kind.agency).first() if kind and kind.observed else None
    if kind is None or agency is None:
        return None
    record_no = f"{type_}:{key}"
    if len(record_no) > NUMBER:
        record_no = f"{type_}:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    told = FactIn(type_, kind.classes[0], on, record_no, number[:DOCUMENT], *words, *_short(subject))
    try:
        return record_fact(told, company=company, agency=agency, by=by, observed=True)[0]
    except Conflict:
        return Fact.objects.get(agency=agency, record_no=record_no)


def _short(subject: tuple[str, str]) -> tuple[str, str]:
    return subject[0], subject[1][:SUBJECT]


# --- withdrawal by two people -----------------------------------------------------------------------------


def propose_withdrawal(fact: Fact, *, user: User, why: str, by: Actor) -> Withdrawal:
    """The record was wrong, says one official of its agency; Refused where that is pending or done already."""
    if not why.strip():
        raise Refused([Problem("withdrawal.why", "/why", _("Say why the record is wrong."))])
    if fact.events.filter(verb=FactEvent.Verb.WITHDRAW).exists():
        raise Refused([Problem("withdrawal.done", "/", _("The record has been withdrawn already."))])
    try:
        with transaction.atomic():
            row = lifecycle.propose(Withdrawal(fact=fact, proposed_by=user, why=why.strip()))
            record("credit.withdrawal_proposed", by=by, object_type="fact", object_id=fact.pk)
    except IntegrityError:
        text = _("A withdrawal has been proposed already and waits for a second official.")
        raise Refused([Problem("withdrawal.pending", "/", text)]) from None
    return row


def decide_withdrawal(
    withdrawal: Withdrawal, verb: Literal["approve", "decline"], *, user: User, by: Actor
) -> None:
    """A second official decides; Refused for the one who proposed, and where a colleague was faster."""
    with transaction.atomic():
        if not lifecycle.advance(withdrawal.pk, verb, decided_by=user):
            raise Refused([_not_decided(withdrawal, user)])
        record(f"credit.withdrawal_{verb}", by=by, object_type="fact", object_id=withdrawal.fact_id)
        if verb == "approve":
            withdraw(withdrawal.fact, by=by, why=withdrawal.why)


def _not_decided(withdrawal: Withdrawal, user: User) -> Problem:
    open_ = Withdrawal.objects.filter(pk=withdrawal.pk, state=WithdrawalState.PROPOSED).exists()
    if open_ and withdrawal.proposed_by_id == user.pk:
        text = _("Somebody else than the one who proposed it has to decide.")
        return Problem("withdrawal.second_person", "/", text)
    return Problem("withdrawal.decided", "/", _("This has been decided already."))


# --- what happens to a fact -------------------------------------------------------------------------------


def add_event(
    fact: Fact, verb: str, *, by: Actor, submission: Submission | None = None, why: str = "",
    on: date | None = None, at: datetime | None = None,
) -> bool:  # fmt: skip
    """Note what happened to a fact, once; whether it is new. `on`: the day from which it counts."""
    moment = at or timezone.now()
    try:
        with transaction.atomic():
            FactEvent.objects.create(
                fact=fact,
                verb=verb,
                on=on or timezone.localdate(moment),
                known_at=moment,
                submission=submission,
                why=why,
                actor_label=by.sentence[:200],
            )
            record(f"credit.{verb}", by=by, object_type="fact", object_id=fact.pk)
    except IntegrityError:
        return False
    return True


def withdraw(
    fact: Fact, *, by: Actor, why: str, submission: Submission | None = None, at: datetime | None = None
) -> None:
    """It was wrong: from now on it counts nowhere; what was known before stays on record."""
    if add_event(fact, FactEvent.Verb.WITHDRAW, by=by, why=why, submission=submission, at=at):
        _tell(fact, "credit.withdrawn")


def repair(
    fact: Fact, *, by: Actor, submission: Submission | None = None, why: str = "", on: date | None = None,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """The agency has accepted the repair: publication stops at once, the formula lets it count less."""
    if add_event(fact, FactEvent.Verb.REPAIR, by=by, submission=submission, why=why, on=on, at=at):
        _tell(fact, "credit.repaired")


def _tell(fact: Fact, code: str) -> None:
    numbers = {"document": fact.document_no, "ruled_on": fact.ruled_on.isoformat()}
    notify(fact.company_id, code, numbers, url=reverse("credit_own"))


# --- customs' level ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelIn:
    """A level as customs gave it."""

    level: str
    valid_from: date
    document_no: str


def record_level(
    told: LevelIn, *, company: Company, agency: Agency, by: Actor, at: datetime | None = None
) -> tuple[CustomsLevel, bool]:
    """The level and whether it is new; Refused with every problem, `Conflict` for a document that says otherwise."""
    known = told.level in code_sets(told.valid_from).get("customs_level", frozenset())
    problems = level_problems(agency=agency.code, level=told.level, known=known, document_no=told.document_no)
    if problems:
        raise Refused(problems)
    values = {"level": told.level, "valid_from": told.valid_from}
    rule = Code.objects.filter(table="customs_level", code=told.level).in_force(told.valid_from, "code").get()
    with transaction.atomic():
        row, created = CustomsLevel.objects.get_or_create(
            company=company,
            document_no=told.document_no,
            defaults={
                **values,
                "rule": rule.source,
                "known_at": at or timezone.now(),
                "recorded_by": by.sentence[:200],
            },
        )
        if created:
            detail = {"level": told.level, "valid_from": told.valid_from.isoformat()}
            record("credit.level_recorded", by=by, object_type="company", object_id=company.pk, detail=detail)
            notify(
                company,
                "credit.level",
                {"valid_from": told.valid_from.isoformat()},
                url=reverse("credit_own"),
            )
    if (row.level, row.valid_from) != (told.level, told.valid_from):
        raise Conflict(told.document_no)
    return row, created


# --- looks ------------------------------------------------------------------------------------------------


def look(company: Company, *, agency: Agency, by: Actor, reason: str) -> Look:
    """An agency looks at the whole record, by duty; who, when and why is kept and shown to the company."""
    if not reason.strip():
        raise Refused([Problem("look.reason", "/reason", _("Give the reason for which you look."))])
    with transaction.atomic():
        row = Look.objects.create(
            company=company,
            agency=agency,
            actor_kind=by.kind,
            actor_id=by.id[:64],
            actor_label=by.label[:200],
            reason=reason.strip()[:300],
        )
        record(
            "credit.look", by=by, object_type="company", object_id=company.pk, detail={"agency": agency.code}
        )
    return row
