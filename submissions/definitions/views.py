"""Pages of a form: begin, fill in (saved by itself), papers, check the answers, hand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from reference.problems import Problem, Refused
from submissions import drafts
from submissions.definitions import attachments, draft_pages, filling, showing
from submissions.definitions.access import companies_for, the_definition, the_draft
from submissions.definitions.definition import PaperSlot, ServiceDefinition
from submissions.definitions.draft_pages import gone
from submissions.definitions.form import DefinedForm, anchor, label_of, raw_from
from submissions.definitions.reading import errors
from submissions.guides import guide
from submissions.lifecycle import WrongState
from submissions.models import Attachment, Submission, SubmissionState
from submissions.views import person

WRITE = Permission.SUBMISSION_WRITE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(WRITE)
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """For whom one begins; drafts one has already are offered first."""
    definition, principal = the_definition(kind), person(request)
    companies = companies_for(principal, definition)
    if request.method == "POST":
        chosen = next((row for row in companies if str(row.pk) == request.POST.get("company")), None)
        if chosen is not None:
            by = principal.actor_for(chosen)
            draft = filling.begin(definition, chosen, by=by, created_by=principal.user)
            return redirect("draft", draft.pk)
    mine = Submission.objects.filter(kind=kind, state=SubmissionState.DRAFT, company__in=companies)
    context = {
        "definition": definition,
        "guide": guide(kind),
        "companies": companies,
        "drafts": mine.select_related("company").order_by("-pk")[:10],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "submissions/apply/start.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(WRITE)
@draft_pages.on_draft(the_draft)
def draft(request: HttpRequest, row: Submission) -> HttpResponse:
    """The form. POST saves: by itself while somebody types (htmx), or with a button."""
    definition = filling.defined(row)
    if request.method == "POST":
        return _save(request, row, definition)
    raw = filling.raw_of(row.kind, row.draft)
    looked = request.GET.get("look") == "1"
    return _form_page(request, row, raw, problems=filling.look_at(row).problems if looked else ())


def _save(request: HttpRequest, row: Submission, definition: ServiceDefinition) -> HttpResponse:
    raw = raw_from(definition.fields, request.POST)
    try:
        version = filling.save(row, raw, draft_pages.version_of(request))
    except drafts.Stale as stale:

        def page(told: Mapping[str, Any]) -> HttpResponse:
            return _form_page(request, row, raw, status=409, **told)

        there = reverse("draft", args=[row.pk])
        return draft_pages.stale(request, row, stale.current, there=there, page=page)
    except WrongState:
        row.refresh_from_db()
        return gone(request, row)
    if request.headers.get("HX-Request"):
        context = {"version": version, "saved_at": timezone.now(), "draft": row}
        return render(request, draft_pages.SAVED, context)
    return redirect("draft_check" if "check" in request.POST else "draft", row.pk)


def _form_page(
    request: HttpRequest,
    row: Submission,
    raw: dict[str, Any],
    *,
    problems: Any = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    definition = filling.defined(row)
    form = DefinedForm(definition.fields, raw, problems)
    context = {
        "draft": row,
        "definition": definition,
        "form": form,
        "sections": [(one, [form[field.code] for field in one.fields]) for one in definition.sections],
        "papers": paper_rows(definition.papers, attachments.of_form(row), problems),
        "version": row.draft_version,
        "name": definition.name,
        "code": definition.code,
        "there": reverse("draft", args=[row.pk]),
        "give_up": reverse("draft_discard", args=[row.pk]),
    } | more
    return render(request, "submissions/apply/form.html", context, status=status)


def paper_rows(
    slots: tuple[PaperSlot, ...] | list[PaperSlot], held: list[Attachment], problems: Any
) -> list[dict[str, Any]]:
    """Each paper asked for with what is there of it, and what is wrong."""
    return [
        {
            "slot": slot,
            "held": [row for row in held if row.code == slot.code],
            "problems": [p for p in problems if p.path == f"/papers/{slot.code}"],
            "accept": ",".join(slot.types),
            "room": sum(row.code == slot.code for row in held) < slot.most_files,
        }
        for slot in slots
    ]


@require_POST
@requires(WRITE)
@draft_pages.on_draft(the_draft)
def add_paper(request: HttpRequest, row: Submission, code: str) -> HttpResponse:
    """Put a file to a paper of the draft."""
    slot = filling.defined(row).paper(code)
    if slot is None:
        raise Http404
    problems = put(request, row, slot, person(request).actor_for(row.company))
    if problems:
        raw = filling.raw_of(row.kind, row.draft)
        return _form_page(request, row, raw, problems=problems, status=422)
    return redirect(reverse("draft", args=[row.pk]) + f"#paper-{code}")


def put(request: HttpRequest, row: Submission, slot: PaperSlot, by: Any, **more: Any) -> list[Problem]:
    """The posted files to that paper; what is wrong with them."""
    problems: list[Problem] = []
    files = request.FILES.getlist("file")
    if not files:
        message = gettext_noop("Choose a file first.")
        return [Problem("paper.none", f"/papers/{slot.code}", message)]
    for file in files:
        try:
            attachments.attach(row, slot, file.read(slot.most_bytes + 1), by=by, **more)
        except Refused as refused:
            problems += refused.problems
    return problems


@require_POST
@requires(WRITE)
@draft_pages.on_draft(the_draft)
def remove_paper(request: HttpRequest, row: Submission, attachment_id: UUID) -> HttpResponse:
    """Take a file off the draft."""
    held = get_object_or_404(Attachment, pk=attachment_id, submission=row, information=None)
    attachments.remove(held, by=person(request).actor_for(row.company))
    return redirect(reverse("draft", args=[row.pk]) + f"#paper-{held.code}")


@never_cache
@require_safe
@requires(WRITE)
@draft_pages.on_draft(the_draft)
def check(request: HttpRequest, row: Submission) -> HttpResponse:
    """Everything as it will be handed in, and everything that is wrong, each with the way to its field."""
    return _check_page(request, row)


def _check_page(request: HttpRequest, row: Submission, status: int = 200) -> HttpResponse:
    definition, whole = filling.defined(row), filling.look_at(row)
    base = reverse("draft", args=[row.pk])
    found = [
        (one, label_of(definition, one), f"{base}?look=1#{anchor(definition, one)}") for one in whole.problems
    ]
    context = {
        "draft": row,
        "definition": definition,
        "parts": showing.parts(definition, whole.values),
        "papers": paper_rows(definition.papers, attachments.of_form(row), whole.problems),
        "errors": [one for one in found if one[0].level == "error"],
        "warnings": [one for one in found if one[0].level != "error"],
        "can": not errors(whole.problems),
        "preview": definition.preview(row.company, whole.values),
    }
    return render(request, "submissions/apply/check.html", context, status=status)


@require_POST
@requires(WRITE)
@draft_pages.on_draft(the_draft, check="draft_check")
def hand_in(request: HttpRequest, row: Submission) -> HttpResponse:
    """Once: the second click finds that it was handed in, and shows it. An old page shows the newer draft."""
    try:
        filling.hand_in(row, by=person(request).actor_for(row.company))
    except Refused:
        return _check_page(request, row, status=422)
    except WrongState:
        return draft_pages.overtaken(request, row, "draft_check")
    row.refresh_from_db()
    return draft_pages.handed_in(request, row.reference)


@require_POST
@requires(WRITE)
@draft_pages.on_draft(the_draft)
def discard(request: HttpRequest, row: Submission) -> HttpResponse:
    """Give the draft up."""
    return draft_pages.give_up(request, row, by=person(request).actor_for(row.company))
