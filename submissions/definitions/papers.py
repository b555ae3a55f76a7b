"""The acknowledgement and the certificate of a form, from frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_noop as _

from reference.problems import Problem
from submissions import papers
from submissions.definitions import filling
from submissions.definitions.definition import Certificate, ServiceDefinition
from submissions.models import Paper, Submission, SubmissionState
from submissions.registry import Text


def both(text: Text) -> tuple[str, str]:
    """The words in Chinese and in English, whatever language is active: a paper is for readers of either."""
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(str(text))
    return found[0], found[1]


def register(definition: ServiceDefinition) -> None:
    """Both papers of this service; no certificate where the definition has none."""
    papers.register(
        Paper.Kind.ACKNOWLEDGEMENT,
        "",
        papers.acknowledgement(_acknowledgement),
        service=definition.code,
    )
    if definition.certificate is not None:
        papers.register(
            Paper.Kind.CERTIFICATE,
            "",
            papers.Definition(
                "papers/service_certificate.html", _certificate, _certificate_facts, _not_accepted
            ),
            service=definition.code,
        )


def _acknowledgement(submission: Submission, object_id: str) -> Mapping[str, Any]:
    definition = filling.defined(submission)
    zh, en = both(definition.name)
    handed = filling.handed_in(submission)["papers"]
    names = {slot.code: both(slot.name) for slot in definition.papers}
    return {
        "service_zh": zh,
        "service_en": en,
        "facts": [],
        "columns": [{"zh": "材料", "en": "Paper"}, {"zh": "摘要 (SHA-256)", "en": "Digest"}],
        "documents": [
            [" ".join(names.get(row["code"], (row["code"],))), f"{row['sha256'][:16]}…"] for row in handed
        ],
    }


def _words(submission: Submission) -> Certificate:
    words = filling.defined(submission).certificate
    assert words is not None  # noqa: S101 - registered only where there is one
    return words


def _certificate(submission: Submission, object_id: str) -> Mapping[str, Any]:
    words = _words(submission)
    facts = words.facts(submission, filling.current_values(submission))
    return {"words": words, "facts": [{"zh": zh, "en": en, "value": value} for zh, en, value in facts]}


def _certificate_facts(submission: Submission, object_id: str) -> dict[str, str]:
    decided = submission.decided_at
    return {
        "reference": submission.reference or "",
        "applicant": submission.company.name,
        "certificate": _words(submission).title_zh,
        "accepted": decided.isoformat(timespec="seconds") if decided else "",
    }


def _not_accepted(submission: Submission, object_id: str) -> list[Problem]:
    if submission.state == SubmissionState.ACCEPTED:
        return []
    return [Problem("paper.not_accepted", "/", _("Not every agency has accepted it yet."))]
