"""Pages after handing in: an agency's question, papers to read, the certificate, withdraw, copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import requires
from accounts.permissions import Permission
from reference.problems import Problem, Refused
from submissions import drafts, papers
from submissions.definitions import attachments, filling, information
from submissions.definitions.access import the_definition, the_question, the_submission
from submissions.definitions.form import DefinedForm, raw_from
from submissions.definitions.reading import plain
from submissions.definitions.views import WRITE, paper_rows, put
from submissions.lifecycle import WrongState
from submissions.models import Attachment, InformationRequest, Paper
from submissions.paper_views import pdf_response
from submissions.selectors import visible_to
from submissions.views import is_near, person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(WRITE)
def answer(request: HttpRequest, reference: str, question_id: UUID) -> HttpResponse:
    """What an agency asked, in its words; the fields it may see changed; new papers; and the answer."""
    asked = the_question(request, reference, question_id)
    if information.open_request(asked.referral) != asked:
        messages.info(request, _("This question has been answered already, or the agency has decided."))
        return redirect("submission", reference)
    fields = information.fields_of(asked)
    if request.method != "POST":
        values = filling.current_values(asked.referral.submission)
        return _answer_page(request, asked, {field.code: values.get(field.code) for field in fields})
    raw = raw_from(fields, request.POST)
    by = person(request).actor_for(asked.referral.submission.company)
    try:
        information.answer(asked, raw, request.POST.get("note", ""), by=by)
    except Refused as refused:
        return _answer_page(request, asked, raw, refused.problems, status=422)
    except WrongState:
        messages.info(request, _("This question has been answered already, or the agency has decided."))
        return redirect("submission", reference)
    messages.success(request, _("The answer goes to the agency that asked."))
    return redirect("submission", reference)


def _answer_page(
    request: HttpRequest,
    asked: InformationRequest,
    raw: dict[str, Any],
    problems: Any = (),
    status: int = 200,
) -> HttpResponse:
    submission = asked.referral.submission
    form = DefinedForm(information.fields_of(asked), raw, problems)
    held = list(Attachment.objects.filter(information=asked).defer("sealed"))
    named = {str(one.get("path", "")).strip("/"): str(one.get("text", "")) for one in asked.problems}
    context = {
        "asked": asked,
        "submission": submission,
        "definition": filling.defined(submission),
        "form": form,
        "rows": [(form[code], named.get(code, "")) for code in form.fields],
        "papers": [
            row | {"said": named.get(f"papers/{row['slot'].code}", "")}
            for row in paper_rows(information.papers_of(asked), held, problems)
        ],
        "note": plain(request.POST.get("note")),
        "problems": [p for p in problems if p.path.strip("/") not in form.fields],
    }
    return render(request, "submissions/apply/answer.html", context, status=status)


@require_POST
@requires(WRITE)
def answer_paper(request: HttpRequest, reference: str, question_id: UUID, code: str) -> HttpResponse:
    """Put a file to the answer."""
    asked = the_question(request, reference, question_id)
    slot = next((one for one in information.papers_of(asked) if one.code == code), None)
    if slot is None:
        raise Http404
    if information.open_request(asked.referral) != asked:
        return redirect("submission", reference)
    submission = asked.referral.submission
    by = person(request).actor_for(submission.company)
    problems: list[Problem] = put(request, submission, slot, by, information=asked)
    if problems:
        values = filling.current_values(submission)
        raw = {field.code: values.get(field.code) for field in information.fields_of(asked)}
        return _answer_page(request, asked, raw, problems, status=422)
    target = reverse("information_answer", args=[reference, asked.pk])
    return redirect(f"{target}#paper-{code}")


@require_GET
@requires(Permission.SUBMISSION_READ)
def read_paper(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """A paper as it was handed in: for the applicant, and for an agency whose paper it is."""
    principal = person(request)
    rows = Attachment.objects.select_related("submission__company", "information__referral__agency")
    row = get_object_or_404(rows, pk=attachment_id, submission__in=visible_to(principal))
    if not is_near(row.submission, principal) or not _may_read(row, principal):
        raise Http404
    response = HttpResponse(attachments.content(row), content_type=row.content_type)
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox"
    return response


def _may_read(row: Attachment, principal: Any) -> bool:
    if principal.agency is None:
        return True
    if row.information is not None:
        return bool(row.information.referral.agency == principal.agency)
    slot = the_definition(row.submission.kind).paper(row.code)
    return slot is not None and slot.seen_by(principal.agency.code)


@require_GET
@requires(Permission.SUBMISSION_READ)
def certificate(request: HttpRequest, reference: str) -> HttpResponse:
    """The certificate, once everything is accepted."""
    principal = person(request)
    rows = visible_to(principal).select_related("company", "payload")
    submission = get_object_or_404(rows, reference=reference)
    definition = the_definition(submission.kind)
    if definition.certificate is None or not is_near(submission, principal):
        raise Http404
    if principal.agency is not None:  # it lists what every agency entered; each knows its own
        return redirect("submission", reference)
    try:
        paper = papers.ensure(Paper.Kind.CERTIFICATE, submission, by=principal.actor, object_type="")
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(paper, f"certificate-{reference}")


@require_POST
@requires(WRITE)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take it back while no agency has it."""
    submission = the_submission(request, reference)
    try:
        drafts.withdraw(submission.pk, by=person(request).actor_for(submission.company))
    except WrongState:
        messages.error(request, _("It can no longer be withdrawn here: an agency has it, or has decided."))
    else:
        messages.success(request, _("The submission is withdrawn."))
    return redirect("submission", reference)


@require_POST
@requires(WRITE)
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """A new draft with the same answers."""
    submission, principal = the_submission(request, reference), person(request)
    by = principal.actor_for(submission.company)
    draft = filling.copy_as_new(submission, by=by, created_by=principal.user)
    messages.success(request, _("A new draft with the same answers; papers are handed in anew."))
    return redirect("draft", draft.pk)
