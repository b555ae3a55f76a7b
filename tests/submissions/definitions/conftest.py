"""The throw-away service, and somebody who fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from accounts.models import Company
from reference.models import Code
from reference.selectors import forget
from submissions.definitions import attachments, filling
from submissions.definitions.definition import ServiceDefinition
from submissions.models import Submission
from tests.accounts import factories as people
from tests.submissions.definitions.throwaway import ANSWERS, PDF, registered
from trail.actors import Actor

BY = Actor("person", "1", "Alice")


@pytest.fixture
def service(db: None) -> Iterator[ServiceDefinition]:
    row = {"name_zh": "美国", "name_en": "USA", "source": "tests"}
    Code.objects.get_or_create(table="country", code="502", valid_from=date(2020, 1, 1), defaults=row)
    forget()
    with registered() as made:
        yield made


@pytest.fixture
def company(service: ServiceDefinition) -> Company:
    return people.a_company()


@pytest.fixture
def alice(company: Company) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        people.a_member(company), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.fixture
def draft(service: ServiceDefinition, company: Company) -> Submission:
    """Complete, with its paper."""
    made = filling.begin(service, company, by=BY, raw=ANSWERS)
    attachments.attach(made, service.papers[0], PDF, by=BY)
    return made


@pytest.fixture
def handed_in(draft: Submission) -> Submission:
    return filling.hand_in(draft, by=BY)
