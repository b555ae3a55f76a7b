"""Which drafts, submissions and questions a person may act on; anything else is like one that does not exist."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Company
from accounts.principals import Principal
from submissions.definitions.definition import ServiceDefinition, definition_of
from submissions.models import InformationRequest, Submission
from submissions.selectors import visible_to
from submissions.views import person


def the_definition(kind: str) -> ServiceDefinition:
    """The service of that code, 404 when it is no form."""
    definition = definition_of(kind)
    if definition is None:
        raise Http404
    return definition


def the_draft(request: HttpRequest, draft_id: UUID) -> Submission:
    """A submission of a form, draft or not, of a company this person acts for."""
    rows = visible_to(person(request)).select_related("company")
    return _own(get_object_or_404(rows, pk=draft_id), person(request))


def the_submission(request: HttpRequest, reference: str) -> Submission:
    """The same by its number."""
    rows = visible_to(person(request)).select_related("company", "payload")
    return _own(get_object_or_404(rows, reference=reference), person(request))


def _own(found: Submission, principal: Principal) -> Submission:
    definition = the_definition(found.kind)
    if not principal.may_act_for(found.company, definition.service):
        raise Http404
    return found


def the_question(request: HttpRequest, reference: str, number: UUID) -> InformationRequest:
    """A question an agency asked about a submission of one's own."""
    submission = the_submission(request, reference)
    rows = InformationRequest.objects.select_related("referral__submission__company", "referral__agency")
    return get_object_or_404(rows, pk=number, referral__submission=submission)


def companies_for(principal: Principal, definition: ServiceDefinition) -> list[Company]:
    """For whom one may begin: oneself first, then those whose mandate one holds."""
    ids = principal.acting_for(definition.service)
    own = principal.company.pk if principal.company else None
    return sorted(Company.objects.filter(pk__in=ids), key=lambda row: (row.pk != own, row.name))
