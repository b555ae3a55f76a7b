"""Pages of export: the table of lists, a list with its way out, a notice with its parcels."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from customs.export import pages, papers, words
from customs.export.bills import notice_page
from customs.export.forms import ExportFilterForm
from customs.export.selectors import closed_in
from customs.export.tracking import Tracked, track
from customs.models import CustomsReply, DocumentEvent, ExportList
from customs.onelist.drafts import may_correct
from customs.presenters import next_of
from customs.reading import EXPORTS
from customs.selectors import filtered
from customs.workbench import EXPORT_STATES
from reference.problems import Refused
from submissions import live
from submissions import papers as issued
from submissions.models import Paper, Submission
from submissions.paper_views import pdf_response
from submissions.views import person

PAGE = 25
EXPORT = {
    "lists": "export_lists",
    "noun": _("Export list"),
    "lists_noun": _("Export lists"),
    "type_in": "one_list_export",
}


@never_cache
@require_safe
@requires(Permission.CEB_READ)
def lists(request: HttpRequest) -> HttpResponse:
    """Export lists the reader may see, newest first, with how many stand where."""
    form = ExportFilterForm(request.GET)
    asked = form.asked()
    mine = EXPORTS.visible_to(person(request))
    rows = filtered(mine, asked, EXPORT_STATES)
    if month := form.closed_month():
        rows = closed_in(rows, month)
    if after := form.cleaned_data.get("after"):
        rows = rows.filter(pk__lt=after)
    taken = list(rows.select_related("message__submission").defer("personal")[: PAGE + 1])
    shown = taken[:PAGE]
    ways = track(shown)
    context = {
        "form": form,
        "rows": [(one, _next(one, ways[one.pk]), ways[one.pk], "") for one in shown],
        "after": shown[-1].pk if len(taken) > PAGE else None,
        "tab": asked.tab,
        "counts": pages.counts(mine),
    }
    part = live.fragment(request, "customs/export/_lists.html", context, name="lists")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    return render(request, "customs/lists.html", {"form": form, "live": part, **EXPORT})


def _next(one: ExportList, way: Tracked) -> str:
    return str(words.WAITS[way.wait.step]) if way.wait else next_of(one.kind, one.state)


@never_cache
@require_safe
@requires(Permission.CEB_READ)
def export_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One export list: its documents side by side, faults, its way out, what happened."""
    principal = person(request)
    found = get_object_or_404(
        EXPORTS.visible_to(principal).select_related("message").defer("personal"), pk=list_id
    )
    version = _version(found, request)
    if (same := live.unchanged(request, version)) is not None:
        return same
    page = pages.export_page(list_id, principal)
    if page is None:
        raise Http404
    part = live.fragment(request, "customs/export/_list.html", {"page": page}, name="list", version=version)
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    context = {"page": page, "live": part, "may_correct": may_correct(found, principal), **EXPORT}
    return render(request, "customs/list.html", context)


def _version(one: ExportList, request: HttpRequest) -> str:
    """What decides the page: the list's row, its notices, its history, the answers, and the reader's language."""
    way = track([one])[one.pk]
    notices = [(notice.pk, notice.state) for notice in way.notices.values()]
    known = [
        key for key in (one.pk, one.order_document, one.collection_document, one.waybill_document) if key
    ]
    told = (
        DocumentEvent.objects.filter(document_id__in=known).count(),
        CustomsReply.objects.filter(document_id__in=known).count(),
    )
    facts = (
        getattr(request, "LANGUAGE_CODE", ""),
        one.state,
        one.state_at,
        one.findings,
        notices,
        way.days,
        told,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


@require_GET
@requires(Permission.CEB_READ)
def paper(request: HttpRequest, list_id: UUID, object_type: str) -> HttpResponse:
    """The release or the closing certificate of a list the reader may see whole."""
    principal = person(request)
    one = get_object_or_404(EXPORTS.whole_visible_to(principal), pk=list_id)
    submission = Submission.objects.select_related("company", "payload").get(pk=one.message_id)
    about = {"object_type": object_type, "object_id": str(one.pk)}
    try:
        made = issued.ensure(Paper.Kind.CERTIFICATE, submission, by=principal.actor, **about)
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    name = "release" if object_type == papers.RELEASE else "closing"
    return pdf_response(made, f"{name}-{one.number}")


@never_cache
@require_safe
@requires(Permission.CEB_READ)
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """An arrival, manifest or departure: its parcels, their lists, and what is missing, extra or mismatching."""
    found = notice_page(notice_id, person(request))
    if found is None:
        raise Http404
    return render(request, "customs/export/notice.html", pages.notice_context(found))
