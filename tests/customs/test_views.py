"""Pages of the customs room: handing in, the table of lists, the page of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client

from customs import uploads
from customs.demo import story_message, story_set
from customs.models import Inventory
from reference.keys import uuid7
from submissions.models import Submission
from tests.accounts.factories import a_member
from tests.customs.factories import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


@pytest.fixture
def log_in(here: World) -> LogIn:
    """`log_in("G")`: a browser in which somebody of that company is logged in, in English."""

    def as_one_of(key: str, role: str = "declaring_user") -> Client:
        client = Client(headers={"Accept-Language": "en"})
        user = a_member(here.companies[key], role)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_one_of


def hand_in(browser: Client, **files: bytes) -> Any:
    """Send files through the form; the result page."""
    sent = [SimpleUploadedFile(f"{name}.xml", data, "application/xml") for name, data in files.items()]
    return browser.post("/customs/upload/", {"documents": sent}, follow=True)


# --- handing in -------------------------------------------------------------------------------------------


def test_every_file_gets_its_number(log_in: LogIn) -> None:
    answer = hand_in(log_in("A"), one=story_message("O01", "CEB311"), two=story_message("O02", "CEB311"))
    html = answer.content.decode()
    assert answer.redirect_chain[0][1] == 302
    assert "2 files accepted" in html
    for submission in Submission.objects.all():
        assert submission.reference in html
        assert submission.channel == "browser"
    assert Submission.objects.count() == 2


def test_a_refused_file_stops_no_other_and_says_everything(log_in: LogIn) -> None:
    wrong = story_message("O01", "CEB311", orderType="XX", goodsValue="much")
    html = hand_in(log_in("A"), bad=wrong, good=story_message("O02", "CEB311")).content.decode()
    assert "1 file accepted" in html
    assert "1 file not accepted" in html
    assert "Nothing of this file was stored." in html
    assert "orderType" in html
    assert "goodsValue" in html
    assert Submission.objects.count() == 1


def test_what_is_no_xml_is_refused_in_words(log_in: LogIn) -> None:
    html = hand_in(log_in("A"), empty=b"  ", binary=b"\x00\x01", text=b"hello").content.decode()
    assert "3 files not accepted" in html
    assert not Submission.objects.exists()


def test_the_same_file_again_keeps_its_number(log_in: LogIn) -> None:
    browser, data = log_in("A"), story_message("O01", "CEB311")
    hand_in(browser, once=data)
    html = hand_in(browser, again=data).content.decode()
    assert "it keeps its number" in html
    assert Submission.objects.get().reference in html


def test_another_content_under_the_same_guid_is_a_conflict(log_in: LogIn) -> None:
    browser, data = log_in("A"), story_message("O01", "CEB311")
    hand_in(browser, once=data)
    html = hand_in(browser, other=data + b"<!-- changed -->").content.decode()
    assert "used before for other content" in html
    assert Submission.objects.count() == 1


def test_a_database_error_at_one_file_does_not_lose_the_numbers_of_the_others(log_in, monkeypatch) -> None:
    real = uploads.receive_message

    def sometimes(data: bytes, **given: Any) -> Any:
        if b"HY20261104O02" in data:
            raise DatabaseError("gone")
        return real(data, **given)

    monkeypatch.setattr(uploads, "receive_message", sometimes)
    html = hand_in(
        log_in("A"), one=story_message("O01", "CEB311"), two=story_message("O02", "CEB311")
    ).content.decode()
    assert Submission.objects.get().reference in html
    assert "could not be stored just now" in html


def test_nothing_chosen_is_said_at_the_field(log_in: LogIn) -> None:
    answer = log_in("A").post("/customs/upload/", {})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()


def test_results_are_for_who_handed_in(log_in: LogIn) -> None:
    answer = hand_in(log_in("A"), one=story_message("O01", "CEB311"))
    page = answer.redirect_chain[-1][0]
    assert log_in("A").get(page).status_code == 404
    assert Client().get(page).status_code == 302
    assert log_in("A").get("/customs/upload/nonsense/").status_code == 404


def test_the_key_of_a_result_page_logs_nobody_in(log_in: LogIn) -> None:
    answer = hand_in(log_in("A"), one=story_message("O01", "CEB311"))
    key = answer.redirect_chain[-1][0].split("/")[3]
    thief = Client()
    thief.cookies["session"] = key
    assert thief.get("/workbench/").status_code == 302


def test_a_viewer_hands_nothing_in(log_in: LogIn) -> None:
    browser = log_in("A", "viewer")
    assert browser.get("/customs/upload/").status_code == 403
    assert hand_in(browser, one=story_message("O01", "CEB311")).status_code == 403
    assert not Submission.objects.exists()


def test_no_one_hands_in_for_another_company(log_in: LogIn) -> None:
    html = hand_in(log_in("C"), one=story_message("O01", "CEB311")).content.decode()
    assert "You may not send for the company" in html
    assert not Submission.objects.exists()


# --- the table of lists -----------------------------------------------------------------------------------


def lists(browser: Client, **asked: str) -> set[str]:
    html = browser.get("/customs/lists/", asked).content.decode()
    return set(re.findall(r'id="list-([0-9a-f-]{36})"', html))


def test_lists_are_found_by_the_numbers_people_hold(log_in: LogIn, here: World) -> None:
    here.load_all(story_set("O01"))
    here.load_all(story_set("O02"))
    one = Inventory.objects.get(order_no="HY20261103O01")
    Inventory.objects.filter(pk=one.pk).update(invt_no="02132026I000000009", pre_no="B1", state="released")
    browser = log_in("G")
    assert len(lists(browser)) == 2
    for asked in (
        {"order_no": "HY20261103O01"},
        {"waybill_no": one.logistics_no},
        {"list_no": "02132026I000000009"},
        {"list_no": "B1"},
        {"state": "released"},
        {"tab": "done"},
    ):
        assert lists(browser, **asked) == {str(one.pk)}, asked
    assert lists(browser, since="2100-01-01") == set()
    html = browser.get("/customs/lists/", {"order_no": "none"}).content.decode()
    assert "No inventory list fits these filters." in html


def test_lists_of_others_are_not_in_the_table(log_in: LogIn, here: World) -> None:
    here.load_all(story_set("O01"))
    assert lists(log_in("H")) == set()
    assert "No inventory lists yet." in log_in("H").get("/customs/lists/").content.decode()


def test_the_table_asks_a_fixed_number_of_questions(log_in, here, django_assert_max_num_queries) -> None:
    here.load_all(story_set("O01"))
    browser = log_in("G")
    lists(browser)
    with django_assert_max_num_queries(9) as few:
        lists(browser)
    here.load_all(story_set("O02"))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(lists(browser)) == 2


# --- the page of a list -----------------------------------------------------------------------------------


def page_of(browser: Client, inventory: Inventory) -> str:
    answer = browser.get(f"/customs/lists/{inventory.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def release(inventory: Inventory) -> None:
    """As customs' reply would have it."""
    rows = Inventory.objects.filter(pk=inventory.pk)
    rows.update(state="released", released_at="2026-11-03T11:09:00+08:00")


def test_documents_side_by_side_tax_and_history(log_in: LogIn, here: World) -> None:
    html = page_of(log_in("G"), here.declared("O01"))
    for words in ("Documents side by side", "CNY 142.51", "How it was worked out", "What happened", "equal"):
        assert words in html
    assert "differs-mark" not in html
    assert "The message as it was sent" in html
    assert "120199199003150246" not in html
    assert "certificate.pdf" not in html


def test_what_differs_is_marked_in_words_and_listed(log_in: LogIn, here: World) -> None:
    inventory = here.declared("O10", CEB411={"amountPaid": "129.00"})
    html = page_of(log_in("G"), inventory)
    assert "The payment says 129.00, the order says 140.74." in html
    assert re.search(r'Amount paid <span class="differs-mark">', html)
    assert '<td class="differs"><strong>129.00</strong></td>' in html


def test_rules_that_are_not_firm_say_so(log_in: LogIn, here: World) -> None:
    html = page_of(log_in("G"), here.declared("O07"))
    assert "contested" in html or "unverified" in html


def test_a_released_list_offers_its_certificate(log_in: LogIn, here: World) -> None:
    inventory = here.declared("O01")
    Inventory.objects.filter(pk=inventory.pk).update(
        state="released", released_at="2026-11-03T11:09:00+08:00"
    )
    assert f'href="/customs/lists/{inventory.pk}/certificate.pdf"' in page_of(log_in("G"), inventory)


@pytest.mark.parametrize("who", ["F", "H"])
def test_strangers_do_not_learn_that_a_list_exists(log_in: LogIn, here: World, who: str) -> None:
    inventory = here.declared("O01")
    browser = log_in(who)
    assert browser.get(f"/customs/lists/{inventory.pk}/").status_code == 404
    assert browser.get(f"/customs/lists/{uuid7()}/").status_code == 404
    assert browser.get(f"/customs/lists/{inventory.pk}/certificate.pdf").status_code == 404


def test_the_logistics_firm_sees_its_waybill_and_nothing_of_the_buyer(log_in: LogIn, here: World) -> None:
    inventory = here.declared("O01")
    release(inventory)
    html = page_of(log_in("D"), inventory)
    assert "JS20261103O01" in html
    assert "JG20261103O01" not in html
    assert "certificate.pdf" not in html
    assert "CNY 142.51" not in html
    assert "The message as it was sent" not in html


def test_the_page_is_built_again_only_when_the_list_moved(log_in: LogIn, here: World) -> None:
    inventory = here.declared("O01")
    browser = log_in("G")
    (again,) = re.findall(r'hx-get="([^"]+)"', page_of(browser, inventory))
    ask = {"HX-Request": "true"}
    assert browser.get(again, headers=ask).status_code == 204
    Inventory.objects.filter(pk=inventory.pk).update(
        state="released", released_at="2026-11-03T11:09:00+08:00"
    )
    answer = browser.get(again, headers=ask)
    assert answer.status_code == 200
    assert "certificate.pdf" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_page_asks_a_fixed_number_of_questions(log_in, here, django_assert_max_num_queries) -> None:
    inventory = here.declared("O01")
    browser = log_in("G")
    with django_assert_max_num_queries(25):
        html = page_of(browser, inventory)
    (again,) = re.findall(r'hx-get="([^"]+)"', html)
    with django_assert_max_num_queries(7):
        browser.get(again, headers={"HX-Request": "true"})


def test_of_a_huge_file_no_more_is_read_than_is_needed_to_refuse_it(here: World, monkeypatch) -> None:
    asked: list[int] = []

    class Huge(SimpleUploadedFile):
        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return b" " * size

    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    monkeypatch.setattr("customs.ceb.xml.MAX_BYTES", 10)
    [outcome] = uploads.take_in([Huge("huge.xml", b"")], here.principal("A"))
    assert asked == [11]
    assert [problem.code for problem in outcome.problems] == ["ceb.xml.size"]
