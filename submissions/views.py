"""Pages of the life of a submission."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from submissions import live, overview, pace, registry, sentences
from submissions.forms import FilterForm
from submissions.models import Attempt, Submission, SubmissionState
from submissions.panels import panel
from submissions.selectors import timeline, visible_to


def person(request: HttpRequest) -> Principal:
    """Who acts; only behind `requires`, which lets in nobody unknown."""
    return cast(Principal, principal_of(request))


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def submissions(request: HttpRequest) -> HttpResponse:
    """Every submission the reader may know of."""
    form = FilterForm(request.GET)
    page = overview.page(visible_to(person(request)), form.filters(), person(request))
    context = {"page": page, "form": form}
    part = live.fragment(request, "submissions/_list.html", context, name="submissions")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    return render(request, "submissions/list.html", {"live": part, "form": form})


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    """One submission: state, who holds it, its documents and its history."""
    principal = person(request)
    rows = visible_to(principal).select_related("company")
    found = get_object_or_404(rows, reference=reference)
    shown = _shown(found, principal)
    part = live.fragment(request, "submissions/_submission.html", shown, name="submission")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    service = next((kind.name for kind in registry.kinds() if kind.code == found.kind), found.kind)
    context = {"submission": found, "service": service, "live": part, "near": shown["near"]}
    return render(request, "submissions/submission.html", context)


def _held(hands: list[overview.Hand], standings: list[pace.Standing]) -> dict[str, Any]:
    """Each hand with how it stands there, so that no agency is named twice; then those in nobody's hands."""
    by_referral = {one.referral.pk: one for one in standings}
    held = [(hand, by_referral.pop(hand.referral, None) if hand.referral else None) for hand in hands]
    return {"hands": held, "standings": list(by_referral.values())}


def is_near(submission: Submission, principal: Principal) -> bool:
    """Whether the reader is the applicant, acts for it, or is of an agency it was referred to.

    The other parties a document names see its state, not who did what nor what was said to the applicant.
    """
    if principal.agency is not None:
        return True
    kind = registry.kind(submission.kind)
    return submission.company_id in principal.acting_for(kind.mandate_service or kind.code)


def _shown(submission: Submission, principal: Principal) -> dict[str, Any]:
    near = is_near(submission, principal)
    operates = principal.may(Permission.DISPATCH_SEND_AGAIN) or principal.may(Permission.QUEUE_READ)
    attempts = Attempt.objects.filter(dispatch__referral__submission=submission)
    if principal.agency is not None:
        attempts = attempts.filter(dispatch__referral__agency=principal.agency)
    hands = overview.hands_of([submission], principal)[submission.pk]
    is_with_agency = submission.state == SubmissionState.ACTION_NEEDED or any(one.is_agency for one in hands)
    return {
        "submission": submission,
        "near": near,
        **_held(hands, pace.standings(submission, principal.agency) if near and is_with_agency else []),
        "panel": panel(submission, principal),
        "lines": sentences.lines(
            timeline(submission),
            near=near,
            operates=operates,
            agency=principal.agency.code if principal.agency else "",
        ),
        "attempts": attempts.select_related("dispatch__referral__agency").order_by("started_at")
        if operates
        else None,
        "is_final": submission.state not in (SubmissionState.IN_PROGRESS, SubmissionState.ACTION_NEEDED),
    }
