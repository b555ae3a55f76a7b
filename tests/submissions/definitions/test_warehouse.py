"""A service that is one definition and nothing else, from the directory to the certificate."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Agency
from filing.warehouse import DEFINITION
from reference.models import Code
from reference.selectors import forget
from submissions import lifecycle
from submissions.models import Submission
from tests.accounts import factories as people
from tests.submissions.definitions.throwaway import PDF
from trail.actors import SYSTEM

LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
FORM = {
    "warehouse": "Hamburg One",
    "country": "304",
    "city": "Hamburg",
    "address": "Example Street 1",
    "floor_space": "12000",
    "tenure": "rented",
    "public": "yes",
    "since": "2025-03-01",
}


def seen_by(user: object) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend=LOGIN)  # type: ignore[arg-type]
    return client


@pytest.mark.django_db
def test_from_the_directory_to_the_certificate() -> None:
    cache.clear()
    commerce, _made = Agency.objects.get_or_create(
        code="commerce", defaults={"name_zh": "商务局", "name_en": "Commerce"}
    )
    row = {"name_zh": "德国", "name_en": "Germany", "source": "tests"}
    Code.objects.get_or_create(table="country", code="304", valid_from=date(2020, 1, 1), defaults=row)
    forget()
    firm = people.a_company()
    applicant = seen_by(people.a_member(firm))
    guide = applicant.get(reverse("guide", args=[DEFINITION.code])).content.decode()
    assert "voluntary" in guide
    papers = [{"code": "tenure", "content": base64.b64encode(PDF).decode()}]
    answer = applicant.post(
        f"/api/v1/services/{DEFINITION.code}/submissions",
        {"form": FORM, "papers": papers},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    submission = Submission.objects.get(reference=answer.json()["reference"])
    case = submission.referrals.get()
    assert case.agency == commerce
    lifecycle.advance(lifecycle.REFERRAL, [case.pk], "send", by=SYSTEM)
    official = seen_by(people.an_official(commerce))
    page = official.get(reverse("admin:case", args=[case.pk])).content.decode()
    assert "Hamburg One" in page
    assert "Germany (304)" in page
    official.post(reverse("admin:case_accept", args=[case.pk]), {"words": "Entered."})
    submission.refresh_from_db()
    assert submission.state == "accepted"
    paper = applicant.get(reverse("service_certificate", args=[submission.reference]))
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")
