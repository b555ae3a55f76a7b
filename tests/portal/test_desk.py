"""The workbench, notices and the company one acts for."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Agency, User
from accounts.principals import principal_of_user
from accounts.services import add_member
from customs.demo import story_set
from customs.models import Inventory
from submissions import registry
from submissions.models import Notice, Submission
from submissions.notices import notify
from tests.accounts.factories import TESTER, a_member, a_person, an_administrator, an_official
from tests.customs.factories import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def counts(html: str) -> list[int]:
    """The numbers on the three tabs."""
    return [int(n) for n in re.findall(r'id="tab-\w+".*?<span class="count">(\d+)</span>', html, re.S)]


def test_strangers_are_led_to_the_login_and_back(client: Client) -> None:
    answer = client.get("/workbench/?tab=done")
    assert answer.headers["Location"] == "/accounts/login/?next=/workbench/%3Ftab%3Ddone"


def test_an_empty_workbench_says_what_will_stand_there(log_in) -> None:
    html = log_in("B").get("/workbench/").content.decode()
    assert counts(html) == [0, 0, 0]
    assert "Nothing needs your action." in html


def test_the_workbench_opens_where_there_is_something(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    html = log_in("G").get("/workbench/").content.decode()
    assert counts(html) == [0, 1, 0]
    assert "JG20261103O01" in html
    assert "Nothing needs your action." not in html


def test_each_company_counts_its_own(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    for key, expected in (("A", [0, 3, 0]), ("C", [0, 2, 0]), ("E", [0, 1, 0]), ("H", [0, 0, 0])):
        assert counts(log_in(key).get("/workbench/").content.decode()) == expected, key


def test_what_the_declarant_has_to_correct_is_not_the_platforms_action(log_in, here: World) -> None:
    here.load_all(story_set("O01"))
    Submission.objects.filter(kind="import-declaration").update(state="action_needed")
    assert counts(log_in("G").get("/workbench/").content.decode()) == [1, 0, 0]
    platform = log_in("A").get("/workbench/?tab=progress").content.decode()
    assert counts(platform) == [0, 3, 0]
    assert "Correct what was returned" in platform


def test_the_fragment_comes_only_when_something_changed(log_in, here: World) -> None:
    browser = log_in("G")
    page = browser.get("/workbench/").content.decode()
    (again,) = re.findall(r'hx-get="([^"]+)"', page)
    ask = {"HX-Request": "true"}
    assert browser.get(again, headers=ask).status_code == 204
    here.load_all(story_set("O01"))
    changed = browser.get(again, headers=ask)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert counts(changed.content.decode()) == [0, 1, 0]


def test_the_workbench_asks_a_fixed_number_of_questions(log_in, here, django_assert_max_num_queries) -> None:
    here.load_all(story_set("O01"))
    browser = log_in("A")
    browser.get("/workbench/?tab=progress")
    # A number on the tab costs its count; the mandates are asked for once.
    numbers = sum(counter.tab == "progress" for counter in registry.counters())
    with django_assert_max_num_queries(10 + numbers) as few:
        browser.get("/workbench/?tab=progress")
    for key in ("O02", "O03", "O04", "O05"):
        here.load_all(story_set(key))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert browser.get("/workbench/?tab=progress").content.decode().count("row-") == 15


def test_pages_of_a_person_are_kept_by_nobody(log_in) -> None:
    assert "no-store" in log_in("G").get("/workbench/").headers["Cache-Control"]


def test_officials_go_to_their_own_desk(client: Client, here: World) -> None:
    client.force_login(an_official(Agency.objects.get(code="customs")), backend=BACKEND)
    assert client.get("/workbench/").headers["Location"] == "/admin/"
    client.force_login(an_administrator("system_admin"), backend=BACKEND)
    assert client.get("/workbench/").headers["Location"] == "/admin/"


def test_who_belongs_to_no_company_is_told_what_to_do(client: Client) -> None:
    client.force_login(a_person(), backend=BACKEND)
    answer = client.get("/workbench/", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "You do not belong to a company yet" in answer.content.decode()


def test_the_menu_holds_what_one_may_open(log_in) -> None:
    menu = re.compile(r'<nav aria-label="Main".*?</nav>', re.DOTALL)
    (declaring,) = menu.findall(log_in("G").get("/workbench/").content.decode())
    (viewing,) = menu.findall(log_in("G", "viewer").get("/workbench/").content.decode())
    assert "/customs/upload/" in declaring
    assert "/customs/upload/" not in viewing
    assert "/customs/lists/" in viewing


def test_an_agency_that_is_switched_off_is_a_banner_on_every_page(client: Client, here: World) -> None:
    assert b"strip-attention" not in client.get("/").content
    Agency.objects.filter(code="customs").update(is_open=False, notice_en="Back at <noon>")
    html = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "Back at &lt;noon&gt;" in html


def test_notices_are_the_companys_and_are_marked_as_read(log_in, here: World) -> None:
    notify(here.companies["G"], "submission.accepted", {"reference": "TJ26-0000-0001-8"})
    other = notify(here.companies["A"], "submission.refused", {"reference": "TJ26-0000-0002-1"})
    browser = log_in("G")
    html = browser.get("/notices/").content.decode()
    assert "TJ26-0000-0001-8" in html
    assert "TJ26-0000-0002-1" not in html
    mine = Notice.objects.get(company=here.companies["G"])
    browser.post("/notices/read/", {"notice": [str(mine.pk), str(other.pk), "nonsense"]})
    browser.post("/notices/read/", {"notice": [str(mine.pk), str(other.pk)]})
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.read_at is not None
    assert other.read_at is None


def test_a_message_centre_without_messages_says_so(log_in) -> None:
    assert "No notices." in log_in("G").get("/notices/").content.decode()


def test_one_person_two_companies(client: Client, here: World) -> None:
    person = a_member(here.companies["A"])
    add_member(person, "viewer", company=here.companies["B"], by=TESTER)
    client.force_login(person, backend=BACKEND)
    assert here.companies["A"].name in client.get("/workbench/").content.decode()
    switch = {"company": here.companies["B"].pk, "next": "/notices/?after="}
    assert client.post("/switch-company/", switch).headers["Location"] == "/notices/?after="
    assert client.get("/customs/upload/").status_code == 403


def test_nobody_switches_to_a_strangers_company(log_in, here: World) -> None:
    answer = log_in("A").post("/switch-company/", {"company": here.companies["G"].pk})
    assert answer.status_code == 403


def test_the_switch_leads_nowhere_else(log_in, here: World) -> None:
    switch = {"company": here.companies["A"].pk, "next": "https://elsewhere.example/"}
    assert log_in("A").post("/switch-company/", switch).headers["Location"] == "/workbench/"


def test_every_number_of_the_workbench_is_the_rows_of_its_page(log_in, here: World) -> None:
    """Whatever desk: who follows a number finds as many rows as it said."""
    for key in ("O01", "O02", "O03"):
        here.load_all(story_set(key))
    for n, state in enumerate(("returned", "released")):
        Inventory.objects.filter(order_no__endswith=f"O0{n + 1}").update(state=state)
    counted: dict[str, int] = {}
    for key in ("G", "B", "F", "D"):
        browser, company = log_in(key), here.companies[key]
        user = User.objects.get(pk=browser.session["_auth_user_id"])
        principal = principal_of_user(user, company.pk)
        for counter in registry.counters():
            url, count = counter.url(principal), counter.count(principal)
            context = browser.get(url).context
            rows = context["rows"] if "rows" in context else _rows_of(context)
            if count or "?q=" not in url:
                assert len(rows) == count, (key, counter.code, url)
            counted[counter.code] = counted.get(counter.code, 0) + count
    assert min(counted[f"customs-lists-{tab}"] for tab in ("action", "progress", "done")) > 0


def _rows_of(context) -> list[object]:
    return list(context["sheet"]) if "sheet" in context else context["page"].rows
