"""Acknowledgements and certificates: PDFs from frozen data, signed, that anyone can verify by their code.

A paper is issued when it is first asked for and is the same ever after: its bytes are kept. Desks register what a
paper says (`register`); this room knows no agency by name.
"""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno
import weasyprint
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _
from weasyprint.urls import URLFetcher

from accounts.personal import seal, unseal
from reference.problems import Problem, Refused
from submissions.models import Paper, Submission
from submissions.registry import Text
from submissions.signing import sign
from trail.actors import Actor
from trail.services import record

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read as something else
GROUPS, GROUP = 4, 4  # 32^16 = 80 bits: not to be guessed
# A paper is made of what stands in it: nothing is fetched from the network.
FETCHER = URLFetcher(allowed_protocols=["data", "file"])
STYLESHEET = Path(settings.BASE_DIR) / "templates" / "papers" / "paper.css"


@dataclass(frozen=True, slots=True)
class Definition:
    """What one kind of paper says.

    `content(submission, object_id)` gives the template's context from frozen data; `facts` the few fields that the
    public page shows, `names` what they are called there and `name` the paper itself, where it is neither an
    acknowledgement nor a certificate; `problems` why it cannot be issued (yet).
    """

    template: str
    content: Callable[[Submission, str], Mapping[str, Any]]
    facts: Callable[[Submission, str], Mapping[str, str]]
    problems: Callable[[Submission, str], list[Problem]]
    names: Mapping[str, Text] = field(default_factory=dict)
    name: Text = ""


def fact(zh: str, en: str, value: object) -> dict[str, str]:
    """A line of a paper's table, for readers of either language."""
    return {"zh": zh, "en": en, "value": str(value)}


def acknowledgement(
    content: Callable[[Submission, str], Mapping[str, Any]],
    problems: Callable[[Submission, str], list[Problem]] | None = None,
) -> Definition:
    """The paper that says what was handed in, and when; from then on, where nothing else stands in the way."""
    return Definition("papers/acknowledgement.html", content, _received, problems or _not_submitted)


def _received(submission: Submission, object_id: str) -> dict[str, str]:
    at = submission.submitted_at
    return {
        "reference": submission.reference or "",
        "applicant": submission.company.name,
        "received": at.isoformat(timespec="seconds") if at else "",
        "payload_sha256": submission.payload_sha256,
    }


def _not_submitted(submission: Submission, object_id: str) -> list[Problem]:
    if submission.submitted_at:
        return []
    return [Problem("paper.not_submitted", "/", _("The submission has not been handed in yet."))]


_definitions: dict[tuple[str, str, str], Definition] = {}


def register(kind: str, object_type: str, definition: Definition, *, service: str = "") -> None:
    """Called by a desk's `apps.py`: `kind` of `Paper.Kind`, `object_type` as in `Paper.object_type`.

    `service`: the kind of submission it is for; left out, for those that have none of their own.
    """
    _definitions[kind, object_type, service] = definition


def _definition(kind: str, object_type: str, service: str) -> Definition:
    own = _definitions.get((kind, object_type, service))
    return own or _definitions[kind, object_type, ""]


def new_code() -> str:
    """A verification code that cannot be guessed, in groups for people: `7K2M-…`."""
    letters = (secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    text = "".join(letters)
    return "-".join(text[i : i + GROUP] for i in range(0, len(text), GROUP))


def normalise(code: str) -> str:
    """The code as kept, whatever case or spacing somebody typed."""
    letters = "".join(c for c in code.upper() if c in ALPHABET)
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def ensure(
    kind: str, submission: Submission, *, by: Actor, object_type: str = "", object_id: str = ""
) -> Paper:
    """The paper, issued now when it was not yet; Refused when it cannot be issued."""
    key = {"kind": kind, "submission": submission, "object_type": object_type, "object_id": object_id}
    if paper := Paper.objects.filter(**key).first():
        return paper
    definition = _definition(kind, object_type, submission.kind)
    if problems := definition.problems(submission, object_id):
        raise Refused(problems)
    with transaction.atomic():
        facts = dict(definition.facts(submission, object_id))
        paper, created = Paper.objects.get_or_create(**key, defaults={"code": new_code(), "facts": facts})
        if created:
            record("paper.issue", by=by, object_type="paper", object_id=paper.code, detail={"kind": kind})
    return paper


def pdf(paper: Paper) -> bytes:
    """The signed bytes; made once, kept encrypted."""
    if paper.sealed_pdf is None:
        made = sign(render(paper), reason=f"{paper.kind} {paper.code}")
        digest = hashlib.sha256(made).hexdigest()
        # The first to finish wins; the others take what is kept, so that one paper has one digest.
        Paper.objects.filter(pk=paper.pk, made_at__isnull=True).update(
            sealed_pdf=seal(made, context=f"paper:{paper.code}"), sha256=digest, made_at=timezone.now()
        )
        paper.refresh_from_db()
    assert paper.sealed_pdf is not None  # noqa: S101 - just written
    return unseal(paper.sealed_pdf, context=f"paper:{paper.code}")


def verification_url(paper: Paper) -> str:
    """Where anyone checks this paper."""
    return f"{settings.SITE_URL}{reverse('verify', args=[paper.code])}"


def render(paper: Paper) -> bytes:
    """The unsigned PDF, A4, Chinese with English beside it."""
    definition = _definition(paper.kind, paper.object_type, paper.submission.kind)
    url = verification_url(paper)
    buffer = io.BytesIO()
    segno.make(url, error="m").save(buffer, kind="svg", border=0, xmldecl=False)
    with translation.override("zh-hans"):
        return _write(paper, definition, url, buffer.getvalue())


def _write(paper: Paper, definition: Definition, url: str, qr: bytes) -> bytes:
    context = {
        **definition.content(paper.submission, paper.object_id),
        "paper": paper,
        "submission": paper.submission,
        "verification_url": url,
        "qr": "data:image/svg+xml;base64," + base64.b64encode(qr).decode(),
    }
    html = render_to_string(definition.template, context)
    document = weasyprint.HTML(string=html, base_url=str(STYLESHEET.parent), url_fetcher=FETCHER)
    return document.write_pdf(stylesheets=[weasyprint.CSS(filename=str(STYLESHEET))], pdf_variant="pdf/a-3u")  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public page says about a code."""

    paper: Paper
    genuine: bool
    facts: Mapping[str, str]
    sha256: str


def names_of(paper: Paper) -> Mapping[str, Text]:
    """What a desk calls the facts of its paper on the public page."""
    try:
        return _definition(paper.kind, paper.object_type, paper.submission.kind).names
    except KeyError:  # a service that is no longer offered: its papers stay genuine
        return {}


def name_of(paper: Paper) -> Text:
    """What the paper is called on the public page."""
    try:
        own = _definition(paper.kind, paper.object_type, paper.submission.kind).name
    except KeyError:
        own = ""
    return own or paper.get_kind_display()


def verify(code: str) -> Verification | None:
    """What we issued under this code; None when we issued nothing."""
    paper = Paper.objects.select_related("submission").filter(code=normalise(code)).first()
    if paper is None:
        return None
    return Verification(paper, paper.revoked_at is None, paper.facts, paper.sha256)
