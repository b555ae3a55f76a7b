"""The table of submissions and the page of one."""

from __future__ import annotations

import re
from html import unescape as html_unescaped

import pytest
from django.test import Client

from accounts.models import Agency
from customs.demo import coherent_set, story_batch, story_message, story_set
from customs.models import CebMessage, Inventory
from reference.problems import Problem
from submissions.models import Dispatch, Referral, Submission
from tests.accounts.factories import an_official
from tests.customs.factories import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page_of(browser: Client, submission: Submission) -> str:
    answer = browser.get(f"/submissions/{submission.reference}/")
    assert answer.status_code == 200
    return answer.content.decode()


def the(kind: str) -> Submission:
    return Submission.objects.get(kind=kind)


def test_the_page_says_state_holder_documents_and_history(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    html = page_of(log_in("G"), the("import-declaration"))
    assert "in progress" in html
    assert "The portal" in html
    assert "checked, to be sent" in html
    assert "HY20261103O01" in html
    assert "the reference number was given at once" in html
    assert f'href="/customs/lists/{Inventory.objects.get().pk}/"' in html


def test_the_agency_holds_what_it_has_received(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    Referral.objects.filter(submission=the("import-orders")).update(state="sent", agency_number="EP1")
    html = page_of(log_in("A"), the("import-orders"))
    assert re.search(r"<strong>customs</strong>: It decides next\.", html)
    assert "EP1" in html
    box = html.split("state-box")[1].split("</section>")[0]
    assert box.count("<strong>customs</strong>") == 1
    assert "the agency's own system decides" in html_unescaped(box)


@pytest.mark.parametrize(
    ("dispatch", "says"),
    [
        ({"failure": "unreachable"}, "could not be reached. It is tried again by itself."),
        ({"state": "stopped"}, "has stopped; an operator has been told."),
        ({}, "It is being sent to customs."),
    ],
)
def test_what_stands_in_the_way_is_said_in_words(log_in, here: World, dispatch, says) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    Dispatch.objects.update(**dispatch)
    assert says in page_of(log_in("A"), submission)


def test_an_agency_that_is_switched_off_is_the_reason(log_in, here: World) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    Agency.objects.update(is_open=False)
    assert "is switched off; it is sent when it is back" in page_of(log_in("A"), submission)


def test_documents_not_read_yet_are_announced(log_in, here: World) -> None:
    submission = Submission.objects.get(pk=here.store("CEB621", story_message("O01", "CEB621")))
    assert "The documents are being read." in page_of(log_in("G"), submission)


def test_problems_of_a_message_are_listed(log_in, here: World) -> None:
    here.load("CEB311", story_message("O01", "CEB311"))
    problem = Problem("customs.taken", "/CEB311Message/Order[1]", "The number {n} is taken.", {"n": "7"})
    CebMessage.objects.update(problems=[problem.as_stored()])
    html = page_of(log_in("A"), the("import-orders"))
    assert "The number 7 is taken." in html
    assert "/CEB311Message/Order[1]" in html


@pytest.mark.parametrize("who", ["E", "F", "H"])
def test_strangers_do_not_learn_that_it_exists(log_in, here: World, who: str) -> None:
    reference = here.hand_in("CEB411", story_message("O01", "CEB411")).submission.reference
    answer = log_in(who).get(f"/submissions/{reference}/")
    unknown = log_in(who).get("/submissions/TJ26-0000-9999-1/")
    assert answer.status_code == unknown.status_code == 404


def test_a_party_sees_its_own_document_only(log_in, here: World) -> None:
    """B is named in the first list of G's message; the second is made to name nobody but G."""
    here.load("CEB621", story_batch(["O01", "O02"], "CEB621"))
    hidden = Inventory.objects.get(order_no="HY20261104O02")
    Inventory.objects.filter(pk=hidden.pk).update(parties=[here.companies["G"].pk])
    declarant = page_of(log_in("G"), the("import-declaration"))
    platform = page_of(log_in("A"), the("import-declaration"))
    assert hidden.order_no in declarant
    assert hidden.order_no not in platform
    assert "HY20261103O01" in platform


def test_a_party_reads_neither_names_nor_the_acknowledgement(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    party = page_of(log_in("A"), the("import-declaration"))
    assert "user of G" not in party
    assert "acknowledgement.pdf" not in party
    declarant = page_of(log_in("G"), the("import-declaration"))
    assert "user of G" in declarant
    assert "acknowledgement.pdf" in declarant


def test_attempts_are_for_those_who_run_the_dispatch(log_in, client: Client, here: World) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    assert "Attempts to deliver" not in page_of(log_in("A"), submission)
    client.force_login(an_official(Agency.objects.get(code="customs")), backend=BACKEND)
    html = client.get(f"/submissions/{submission.reference}/", headers={"Accept-Language": "en"})
    assert "Attempts to deliver" in html.content.decode()


def test_a_hundred_documents_cost_as_many_questions_as_one(
    log_in, here, django_assert_max_num_queries
) -> None:
    here.load("CEB311", story_message("O01", "CEB311"))
    small = the("import-orders")
    here.load("CEB311", coherent_set(100)["CEB311"])
    large = Submission.objects.exclude(pk=small.pk).get()
    browser = log_in("A")
    page_of(browser, small)
    with django_assert_max_num_queries(15) as few:
        page_of(browser, small)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page_of(browser, large)


def test_the_table_asks_a_fixed_number_of_questions(log_in, here, django_assert_max_num_queries) -> None:
    here.load_all(story_set("O01"))
    browser = log_in("A")
    browser.get("/submissions/")
    with django_assert_max_num_queries(9) as few:
        browser.get("/submissions/")
    here.load_all(story_set("O02"))
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get("/submissions/")


def references(html: str) -> set[str]:
    return set(re.findall(r'href="/submissions/(TJ[0-9-]+)/"', html))


def test_filters_answer_the_questions_people_ask(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    browser = log_in("A")
    order, payment = the("import-orders"), the("import-payments")
    Submission.objects.filter(pk=payment.pk).update(state="accepted")

    def found(**asked: str) -> set[str]:
        return references(browser.get("/submissions/", asked).content.decode())

    assert len(found()) == 3
    assert found(q=f" {order.reference.lower()} ") == {order.reference}
    assert found(q="hy20261103o01") >= {order.reference}
    assert found(kind="import-payments") == {payment.reference}
    assert found(state="accepted") == {payment.reference}
    assert found(since="2100-01-01") == set()
    assert len(found(until="2100-01-01")) == 3
    assert len(found(since="no day at all")) == 3
    assert "Nothing fits these filters." in browser.get("/submissions/", {"q": "xyz"}).content.decode()


def test_older_ones_follow_by_key(log_in, here: World, monkeypatch) -> None:
    monkeypatch.setattr("submissions.overview.PAGE", 2)
    here.load_all(story_set("O01"))
    browser = log_in("A")
    first = browser.get("/submissions/").content.decode()
    (older,) = re.findall(r'id="pager-next"\s+href="([^"]+)"', first)
    second = browser.get(f"/submissions/{older}").content.decode()
    assert len(references(first)) == 2
    assert len(references(second)) == 1
    assert not references(first) & references(second)
    assert "pager-next" not in second
