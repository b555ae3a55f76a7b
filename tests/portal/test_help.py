"""Guides and the help page: questions with answers, and where to ask whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from django.test import Client

from portal import demo_contacts
from portal.help import ABOUT_EVERYTHING, ABOUT_FORMS, questions
from submissions import guides
from submissions.models import AgencyContact
from tests.accounts import factories as people
from tests.submissions.desk import address, logged_in, said
from trail.models import Entry

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def own_question() -> Iterator[str]:
    before = guides._guides["import-declaration"]
    guides._guides["import-declaration"] = dataclasses.replace(before, faq=(("Which list?", "The 621."),))
    yield "Which list?"
    guides._guides["import-declaration"] = before


def test_the_services_own_questions_come_first_and_forms_have_more() -> None:
    own = (("Which?", "This."),)
    assert questions(own, is_form=False)[0] == own[0]
    assert set(ABOUT_EVERYTHING) <= set(questions(is_form=False))
    assert set(ABOUT_FORMS) <= set(questions(is_form=True)) - set(questions(is_form=False))


def test_a_guide_answers_questions_and_says_whom_to_ask(client: Client, own_question: str) -> None:
    people.an_agency()
    assert b"No agency has said yet" in client.get("/services/import-declaration/", headers=ENGLISH).content
    demo_contacts.load()
    html = client.get("/services/import-declaration/", headers=ENGLISH).content.decode()
    assert html.index(own_question) < html.index("Must I hand in the same")
    assert 'href="tel:12360"' in html
    assert "12366" not in html
    assert 'href="tel:12360"' in client.get("/help/", headers=ENGLISH).content.decode()


def test_a_supervisor_says_where_to_ask_and_the_demonstration_leaves_it() -> None:
    agency = people.an_agency()
    client = logged_in(people.an_official(agency, "supervisor"))
    url = address("agency_contact", "customs")
    assert client.post(url, {"telephone": ""}).status_code == 400
    page = client.post(url, {"telephone": "022-1", "hours_en": "always"}, follow=True)
    assert "stands on the guides" in said(page)
    assert "022-1" in page.content.decode()
    demo_contacts.load()
    assert AgencyContact.objects.get().telephone == "022-1"
    assert Entry.objects.get(action="agency.contact").detail["telephone"] == "022-1"
