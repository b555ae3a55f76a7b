"""The public query: what it finds, what it hides, and what strangers type into it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit import services
from credit.selectors import companies_named
from tests.accounts.factories import TESTER, a_company, a_member
from tests.credit.situations import a_fact

pytestmark = pytest.mark.django_db
HOSTILE = [
    "%%",
    "__",
    "\\\\",
    "'; DROP TABLE x; --",
    "{}[]",
    "<script>",
    "{{ 7 }}",
    "..",
    "津%户",
    "\U0001f600\U0001f600",
]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def names(text: str) -> list[str]:
    return [one.name for one in companies_named(text)]


def test_a_fragment_of_either_name_finds_and_pairs_apart_do_not() -> None:
    a_company("津沽户外（示例）用品有限公司", name_en="Jingu Outdoor (example)")
    a_company("户外津沽示例")
    assert names("沽户外") == ["津沽户外（示例）用品有限公司"]
    assert names("  OUTDOOR ") == ["津沽户外（示例）用品有限公司"]
    assert len(names("户外")) == 2
    assert names("津沽外") == []


def test_a_whole_code_finds_its_company_alone() -> None:
    firm = a_company("甲示例")
    a_company("乙示例")
    assert list(companies_named(firm.uscc.lower())) == [firm]
    assert list(companies_named(firm.customs_code or "")) == [firm]


@pytest.mark.parametrize("text", ["", "津", " 津 ", "\0\0", *HOSTILE])
def test_what_is_no_fragment_of_a_name_finds_nothing(text: str) -> None:
    a_company("津沽户外示例")
    assert names(text) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_strange_questions_get_an_ordinary_page_and_an_ordinary_answer(text: str) -> None:
    a_company("津沽户外示例")
    page = Client().get(reverse("credit_search"), {"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main")[1].split("</main")[0]
    assert Client().get(reverse("api-public-records"), {"q": text}).json() == {"results": [], "more": False}


@pytest.mark.parametrize("text", ["", "津", "x" * 101, "\0ab"])
def test_what_cannot_be_asked_is_said(text: str) -> None:
    assert Client().get(reverse("credit_search"), {"q": text}).status_code == 400
    assert Client().get(reverse("api-public-records"), {"q": text}).status_code == 400


def test_the_index_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = companies_named("户外").explain()
    assert "credit_company_grams" in plan


def test_a_general_record_is_shown_while_it_is_published_and_a_minor_one_never() -> None:
    fact = a_fact(a_company("津沽户外示例"), ruled_on=timezone.localdate())
    a_fact(fact.company, severity="minor", words_zh="轻微之事示例", ruled_on=timezone.localdate())
    url = reverse("credit_public", args=[fact.company.uscc])
    page = Client().get(url).content.decode()
    assert fact.words_zh in page
    assert "轻微之事示例" not in page
    told = Client().get(reverse("api-public-records"), {"q": fact.company.uscc}).json()["results"][0]
    assert [one["document_no"] for one in told["records"]] == [fact.document_no]
    assert (
        "轻微之事示例" not in Client().get(reverse("credit_csv", args=[fact.company.uscc])).content.decode()
    )
    services.repair(fact, by=TESTER)
    assert fact.words_zh not in Client().get(url).content.decode()
    assert (
        Client().get(reverse("api-public-records"), {"q": fact.company.uscc}).json()["results"][0]["records"]
        == []
    )


def test_level_and_score_stand_apart_on_the_page() -> None:
    page = Client(headers={"accept-language": "en"}).get(reverse("credit_public", args=[a_company().uscc]))
    text = page.content.decode()
    assert "the portal does not compute it" in text
    assert "not an official rating" in text


def test_a_cell_that_a_spreadsheet_would_run_is_text() -> None:
    fact = a_fact(ruled_on=timezone.localdate(), words_zh="=HYPERLINK(1)", document_no="+1")
    sheet = Client().get(reverse("credit_csv", args=[fact.company.uscc])).content.decode()
    assert "'=HYPERLINK(1)" in sheet
    assert "'+1" in sheet


def test_too_many_questions_are_told_when_to_come_back(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from credit.throttles import RecordsThrottle

    monkeypatch.setattr(RecordsThrottle, "THROTTLE_RATES", {"records": "2/min"})
    client, url = Client(), reverse("credit_search")
    answers = [client.get(url, {"q": "示例"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert client.get(reverse("api-public-records"), {"q": "示例"}).status_code == 429
    assert client.get(url).status_code == 200, "the empty form costs nothing"


def test_the_company_sees_everything_about_itself_and_nothing_of_others() -> None:
    mine, other = a_fact(severity="minor", words_zh="自己之事示例"), a_fact(words_zh="他人之事示例")
    client = Client(headers={"accept-language": "en"})
    client.force_login(a_member(mine.company), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("credit_own")).content.decode()
    assert "自己之事示例" in page or "mis-stated" in page
    assert other.words_zh not in page
    assert other.document_no == mine.document_no
    early = client.get(reverse("credit_own"), {"on": "2020-01-01"})
    assert early.status_code == 200
    assert "No formula scored that day." in early.content.decode()
