"""What a fact and a level must look like. Pure; all problems at once."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext_noop as _

from credit.types import types_on
from credit.values import SEVERITIES
from reference.problems import Problem, word

SHA256 = re.compile(r"[0-9a-f]{64}")
SUBJECTS = ("goods", "service", "list", "order")
LEVEL_AGENCY = "customs"  # gives the credit level, nobody else does
NUMBER, DOCUMENT, SUBJECT = 64, 100, 64


def fact_problems(
    *,
    type_: str,
    severity: str,
    ruled_on: date,
    today: date,
    record_no: str,
    document_no: str,
    words_zh: str,
    subject_kind: str,
    subject_code: str,
    evidence_sha256: str,
    observed: bool,
) -> list[Problem]:
    """Everything that keeps a fact from being recorded."""
    problems = _type_problems(type_, severity, ruled_on, observed=observed)
    if ruled_on > today:
        problems.append(Problem("fact.future", "/ruled_on", _("The ruling is dated in the future.")))
    for path, value, most in (("/record_no", record_no, NUMBER), ("/document_no", document_no, DOCUMENT)):
        if not value.strip() or len(value) > most:
            text = _("Give a number of 1 to {most} characters.")
            problems.append(Problem("fact.number", path, text, {"most": str(most)}))
    if not words_zh.strip():
        problems.append(Problem("fact.words", "/words_zh", _("Say in Chinese what happened.")))
    if bool(subject_kind) != bool(subject_code) or len(subject_code) > SUBJECT:
        text = _("Name both the kind and the code of what it concerns, or neither.")
        problems.append(Problem("fact.subject", "/subject_code", text))
    if subject_kind and subject_kind not in SUBJECTS:
        problems.append(Problem("fact.subject_kind", "/subject_kind", _("No such kind of subject.")))
    if evidence_sha256 and not SHA256.fullmatch(evidence_sha256):
        text = _("A digest is 64 characters, 0 to 9 and a to f.")
        problems.append(Problem("fact.evidence", "/evidence_sha256", text))
    return problems


def _type_problems(type_: str, severity: str, ruled_on: date, *, observed: bool) -> list[Problem]:
    kind = types_on(ruled_on).get(type_)
    if kind is None:
        return [Problem("fact.type", "/type", _("No such kind of fact on the day of the ruling."))]
    if severity not in SEVERITIES:
        return [Problem("fact.severity", "/severity", _("The class is minor, general or serious."))]
    if severity not in kind.classes:
        text = _("A fact of this kind cannot be of the class “{severity}”.")
        return [Problem("fact.severity", "/severity", text, {"severity": word(severity)})]
    if kind.observed and not observed:
        return [Problem("fact.observed", "/type", _("Facts of this kind are noted by the portal itself."))]
    return []


def level_problems(*, agency: str, level: str, known: bool, document_no: str) -> list[Problem]:
    """Everything that keeps a level from being recorded; `known`: the code is in force on its day."""
    problems = []
    if agency != LEVEL_AGENCY:
        problems.append(Problem("level.agency", "/", _("Only customs gives credit levels.")))
    if not known:
        text = _("There is no level “{level}” under the rules of that day.")
        problems.append(Problem("level.code", "/level", text, {"level": level[:40]}))
    if not document_no.strip() or len(document_no) > DOCUMENT:
        text = _("Give a number of 1 to {most} characters.")
        problems.append(Problem("level.document", "/document_no", text, {"most": str(DOCUMENT)}))
    return problems
