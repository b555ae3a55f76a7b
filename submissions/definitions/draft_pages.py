"""What the pages of a draft answer alike, whatever is typed in it: a definition's form, or a desk's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from submissions import drafts
from submissions.lifecycle import WrongState
from submissions.models import Submission, SubmissionState
from trail.actors import Actor

SAVED = "submissions/apply/_saved.html"
Page = Callable[..., HttpResponse]


def on_draft(find: Callable[[HttpRequest, UUID], Submission], *, check: str = "") -> Callable[[Page], Page]:
    """A page that is given the draft that `find` finds; what is no draft any more has a page of its own.

    `check`: where one must have looked at this very version, the name of the page to look again.
    """

    def of(page: Page) -> Page:
        @wraps(page)
        def opened(request: HttpRequest, draft_id: UUID, **others: Any) -> HttpResponse:
            row = find(request, draft_id)
            if row.state != SubmissionState.DRAFT:
                return gone(request, row)
            if check and version_of(request) != row.draft_version:
                return overtaken(request, row, check)
            return page(request, row, **others)

        return opened

    return of


def version_of(request: HttpRequest) -> int:
    """The version that was typed on; -1, which no draft has, for anything else."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else -1


def stale(
    request: HttpRequest,
    row: Submission,
    current: int,
    *,
    there: str,
    page: Callable[[Mapping[str, Any]], HttpResponse],
) -> HttpResponse:
    """Another window, or a colleague, saved meanwhile: nothing is overwritten unseen, nothing typed is lost.

    `there`: address of the form; `page` shows it once more with what was typed and what is told here.
    """
    typed_on = request.POST.get("version", "")
    told = {"stale": True, "version": typed_on, "current": current, "draft": row, "there": there}
    return render(request, SAVED, told) if request.headers.get("HX-Request") else page(told)


def gone(request: HttpRequest, row: Submission) -> HttpResponse:
    """What was handed in or withdrawn meanwhile has its own page."""
    target = reverse("submission", args=[row.reference]) if row.reference else reverse("workbench")
    if request.headers.get("HX-Request"):
        return render(request, SAVED, {"gone": target, "draft": row})
    messages.info(request, _("This form has been handed in or withdrawn already."))
    return redirect(target)


def overtaken(request: HttpRequest, row: Submission, check: str) -> HttpResponse:
    """It was changed since it was looked at, or is no draft any more; `check`: name of the page to look again."""
    row.refresh_from_db()
    if row.state != SubmissionState.DRAFT:
        return gone(request, row)
    messages.warning(request, _("The draft was changed since you looked at it: look at it once more."))
    return redirect(check, row.pk)


def handed_in(request: HttpRequest, reference: str | None) -> HttpResponse:
    """The submission's own page, and its number said."""
    messages.success(request, _("Handed in under the number {number}.").format(number=reference))
    return redirect("submission", reference)


def give_up(request: HttpRequest, row: Submission, *, by: Actor) -> HttpResponse:
    """The draft is withdrawn, unless it is none any more."""
    try:
        drafts.withdraw(row.pk, by=by)
    except WrongState:
        row.refresh_from_db()
        return gone(request, row)
    messages.success(request, _("The draft is given up."))
    return redirect("workbench")
