"""The integrity report: what stands on record about a company, for itself, as of a day, as a paper anyone can verify.

It is a service filled in as a form that nobody decides: a paper is issued for a submission, and so the request has a
number, a place in the list and REST like every other; a way of its own beside it would be a second kind of paper.
What it says is what was known when it was asked for: a later fact, or one withdrawn later, changes no report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Company
from credit import selectors
from credit.formula import Part, Score, formula_on, formulas
from credit.models import Fact
from credit.requests import GROUP
from reference.problems import Problem
from submissions import papers
from submissions.definitions import filling
from submissions.definitions.definition import Certificate, Section, ServiceDefinition
from submissions.definitions.fields import Field, Shape, Values
from submissions.models import Paper, Submission, SubmissionState

REPORT = "integrity-report"
TITLE_ZH, TITLE_EN = "诚信报告", "Integrity report"
NO_LEVEL = ("未收到海关信用等级", "No level received from customs")
STATES = {
    "withdrawn": ("已撤销", "withdrawn"),
    "disputed": ("异议处理中", "under objection"),
    "repaired": ("已修复", "repaired"),
    "public": ("公示中", "published"),
    "not_public": ("不公示", "not public"),
}
SEVERITIES = {"minor": ("轻微", "minor"), "general": ("一般", "general"), "serious": ("严重", "serious")}


def _day_problems(value: Any, values: Values) -> list[Problem]:
    first = formulas()[0].valid_from
    if date.fromisoformat(value) >= first:
        return []
    text = gettext_noop("The first day that is scored is {day}.")
    return [Problem("report.too_early", "/as_of", text, {"day": first.isoformat()})]


def _today(company: Company) -> str:
    return timezone.localdate().isoformat()


DEFINITION = ServiceDefinition(
    code=REPORT,
    name=_("Integrity report"),
    sentence=_("Everything on record about your company as of a day, as a paper that anyone can verify."),
    group=GROUP,
    basis=(_("The zone's own rules of integrity records"),),
    who=_("Every company, about itself"),
    notes=(
        _("Customs' credit level and the zone's integrity score are two separate things; the report shows both."),
        _("It holds what is not public too: give it only to whom you want to know it."),
    ),
    sections=(
        Section(
            "report",
            _("The report"),
            (
                Field(
                    "as_of", _("As of"), Shape.DATE, not_after_today=True, check=_day_problems, prefill=_today
                ),
                Field(
                    "purpose", _("What it is for"), required=False, most=200,
                    help=_("Stands on the report; may be left out."),
                ),
            ),
        ),
    ),
    agencies=(),
    certificate=Certificate(TITLE_ZH, TITLE_EN, lambda submission, values: []),
    title=lambda values: str(values.get("as_of", "")),
)  # fmt: skip


def register() -> None:
    """Called once by `registration.py`."""
    from submissions.definitions.registration import register_service

    register_service(DEFINITION)
    papers.register(
        Paper.Kind.CERTIFICATE,
        "",
        papers.Definition(
            "papers/integrity_report.html",
            content,
            facts,
            _not_issued,
            names={
                "as_of": _("As of"),
                "customs_level": _("Customs credit level"),
                "integrity_score": _("Integrity score of the pilot zone"),
            },
        ),
        service=REPORT,
    )


def _not_issued(submission: Submission, object_id: str) -> list[Problem]:
    if submission.state == SubmissionState.ACCEPTED:
        return []
    return [Problem("paper.not_accepted", "/", gettext_noop("The report has not been asked for yet."))]


def _asked(submission: Submission) -> tuple[date, datetime]:
    """As of which day, and what was known when."""
    values = filling.handed_in(submission)["form"]
    return date.fromisoformat(values["as_of"]), submission.submitted_at or timezone.now()


def facts(submission: Submission, object_id: str) -> dict[str, str]:
    """What the public page of verification shows: nothing that the public query would not."""
    day, known = _asked(submission)
    level = selectors.level_on(submission.company, day, known)
    score = selectors.score_of(submission.company, day, known)
    with translation.override("zh-hans"):
        named = level.name if level else NO_LEVEL[0]
    return {
        "reference": submission.reference or "",
        "applicant": submission.company.name,
        "certificate": TITLE_ZH,
        "as_of": day.isoformat(),
        "customs_level": named,
        "integrity_score": f"{score.value} / {score.formula.base} ({score.formula.version})",
        "accepted": known.isoformat(timespec="seconds"),
    }


def content(submission: Submission, object_id: str) -> Mapping[str, Any]:
    """The report: level and score as two things, then fact by fact."""
    day, known = _asked(submission)
    company = submission.company
    score = selectors.score_of(company, day, known)
    parts = {part.known.fact.id: part for part in score.parts}
    rows = [row for row in selectors.rows_of(company, day, known) if row.fact.ruled_on <= day]
    values = filling.handed_in(submission)["form"]
    return {
        "as_of": day,
        "known_at": known,
        "purpose": values.get("purpose", ""),
        "level": _level(company, day, known),
        "score": score,
        "caps": [(SEVERITIES[cap.severity], cap) for cap in score.caps],
        "formula": formula_on(day),
        "rows": [_row(row, parts.get(row.fact.pk)) for row in rows],
        "taken": _taken(score),
    }


def _taken(score: Score) -> Any:
    return score.formula.base - score.value


def _level(company: Company, day: date, known: datetime) -> dict[str, Any]:
    found = selectors.level_on(company, day, known)
    if found is None:
        return {"zh": NO_LEVEL[0], "en": NO_LEVEL[1], "row": None}
    names = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            names[key] = found.name
    return {**names, "row": found.row}


def _row(row: selectors.Row, part: Part | None) -> dict[str, Any]:
    fact = row.fact
    return {
        "fact": fact,
        "type": _both(fact),
        "severity": SEVERITIES[fact.severity],
        "state": STATES[row.state],
        "until": row.public_until,
        "repaired_on": row.known.repaired_on,
        "part": part,
    }


def _both(fact: Fact) -> tuple[str, str]:
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(fact.type_name)
    return found[0], found[1]
