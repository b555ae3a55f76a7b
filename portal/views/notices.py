"""The message centre of the company one acts for: by heading, read and unread, with copies by mail."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from portal.forms import AllReadForm, NoticeFilter, NoticesForm
from portal.topics import counted
from submissions import mailing
from submissions.models import Notice, NoticeMail
from submissions.notices import mark_all_read, mark_read, text_of
from submissions.views import person

PAGE = 50


@never_cache
@require_safe
@requires(Permission.NOTICE_READ)
def notices(request: HttpRequest) -> HttpResponse:
    """A page of notices, newest first, in a fixed number of queries."""
    principal = person(request)
    form = NoticeFilter(request.GET)
    rows = Notice.objects.filter(form.condition(), company=principal.company).select_related("submission")
    if form.after:
        rows = rows.filter(pk__lt=form.after)
    taken = list(rows.order_by("-pk")[: PAGE + 1])
    shown = taken[:PAGE]
    headings = list(counted(principal.company)) if principal.company else []
    context = {
        "form": form,
        "notices": [(notice, text_of(notice)) for notice in shown],
        "headings": headings,
        "unread": _unread(principal.company),
        "after": shown[-1].pk if len(taken) > PAGE else None,
        "now": timezone.now().isoformat(),
        "mail": NoticeMail.objects.filter(user=principal.user).first() if principal.user else None,
    }
    return render(request, "portal/notices.html", context)


def _unread(company: Company | None) -> int:
    return Notice.objects.filter(company=company, read_at=None).count() if company else 0


@never_cache
@require_safe
@requires(Permission.NOTICE_READ)
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """To what a notice is about; who goes there has read it."""
    company = person(request).company
    row = get_object_or_404(Notice.objects.select_related("submission"), pk=notice_id, company=company)
    if company is not None:
        mark_read([company.pk], [row.pk])
    if row.url:
        return redirect(row.url)
    if row.submission is not None and row.submission.reference:
        return redirect("submission", row.submission.reference)
    return redirect("notices")


@require_POST
@requires(Permission.NOTICE_READ)
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all of a heading; back to the same list."""
    company = person(request).company
    whole, some = AllReadForm(request.POST), NoticesForm(request.POST)
    if company is not None and whole.is_valid():
        which = NoticeFilter(request.POST).condition()
        mark_all_read(company, which, whole.cleaned_data["until"])
    elif company is not None and some.is_valid():
        mark_read([company.pk], some.cleaned_data["notice"])
    return redirect(_list(request))


def _list(request: HttpRequest) -> str:
    kept = {name: request.POST[name] for name in ("topic", "show", "after") if request.POST.get(name)}
    return reverse("notices") + (f"?{urlencode(kept)}" if kept else "")


@require_POST
@requires(Permission.NOTICE_READ)
def notices_mail(request: HttpRequest) -> HttpResponse:
    """Copies by mail to oneself: on (in the language of the page) or off."""
    principal = person(request)
    if principal.user is None:
        raise Http404
    if request.POST.get("copies") == "on":
        mailing.want(principal.user, get_language() or "zh-hans", by=principal.actor)
        messages.success(request, _("From now on you get a mail when there are new notices."))
    else:
        mailing.want_no_more(principal.user, by=principal.actor)
        messages.success(request, _("You get no more mails about notices."))
    return redirect("notices")
