"""What anyone may open."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from customs.demo import story_message
from portal.views import public
from submissions import registry
from submissions.references import write_reference
from tests.customs.factories import World

pytestmark = pytest.mark.django_db
KINDS = ("import-orders", "import-payments", "import-waybills", "import-declaration")


def test_home_leads_to_the_guide_of_every_service(client: Client) -> None:
    html = client.get("/").content.decode()
    for kind in KINDS:
        assert f'href="/services/{kind}/"' in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_guide_tells_ground_papers_time_and_fee(client: Client, here: World, kind: str) -> None:
    html = client.get(f"/services/{kind}/", headers={"Accept-Language": "en"}).content.decode()
    for heading in ("Basis", "Who may apply", "What is handed in", "Promised time", "Fee", "How it goes"):
        assert heading in html


def test_there_is_no_guide_of_what_does_not_exist(client: Client) -> None:
    assert client.get("/services/nothing/").status_code == 404


def look_up(client: Client, number: str) -> str:
    answer = client.get("/progress/", {"reference": number}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_progress_tells_the_state_and_nothing_else(client: Client, here: World) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    html = look_up(client, str(submission.reference))
    assert "in progress" in html
    assert submission.company.name not in html
    assert submission.title not in html
    assert "Import orders" not in html


def test_services_stand_under_their_headings(client: Client) -> None:
    groups = client.get("/").context["groups"]
    shown = [one.kind.code for _group, rows in groups for one in rows]
    assert sorted(shown) == sorted(kind.code for kind in registry.kinds())
    assert len({group for group, _rows in groups}) == len(groups)


def test_a_service_is_found_by_words_of_either_language(client: Client, here: World) -> None:
    def codes(text: str) -> list[str]:
        groups = client.get("/", {"q": text}).context["groups"]
        return [one.kind.code for _group, rows in groups for one in rows]

    assert codes("WAYBILLS import") == ["import-waybills"]
    assert "import-waybills" in codes("运单")
    assert "import-declaration" in codes("customs")
    assert codes("no such service") == []
    assert b"&lt;script&gt;" in client.get("/", {"q": "<script>"}).content


def test_progress_names_the_agencies_and_their_states(client: Client, here: World) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    html = look_up(client, str(submission.reference))
    assert "customs" in html
    assert "waiting to be sent" in html


def test_who_asks_for_number_after_number_is_slowed_down(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(public, "LOOK_UPS", "2/m/ip")
    cache.clear()
    answers = [client.get("/progress/", {"reference": write_reference(2026, n)}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.get("/progress/").status_code == 200
    cache.clear()


def test_progress_takes_a_number_as_people_type_it(client: Client, here: World) -> None:
    submission = here.hand_in("CEB311", story_message("O01", "CEB311")).submission
    html = look_up(client, f" {str(submission.reference).lower().replace('-', ' ')} ")
    assert str(submission.reference) in html
    assert "in progress" in html


def test_a_slip_of_the_pen_is_told_from_an_unused_number(client: Client) -> None:
    assert "check each digit" in look_up(client, "TJ26-0000-0001-9")
    assert "nothing was submitted under it" in look_up(client, write_reference(2026, 99990001))


def test_the_language_switch_keeps_the_page_and_its_question(client: Client) -> None:
    page = "/progress/?reference=TJ26-0000-0001-9"
    html = client.get(page).content.decode()
    assert f'name="next" value="{page}"' in html
    answer = client.post("/i18n/setlang/", {"language": "en", "next": page})
    assert answer.headers["Location"] == page
    assert '<html lang="en">' in client.get(page).content.decode()


def test_chinese_is_the_language_of_the_house(client: Client) -> None:
    assert '<html lang="zh-Hans">' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "page", ["/", "/progress/", "/verify/", "/accounts/login/", "/api/docs/", "/nothing-here/"]
)
def test_nothing_runs_and_nothing_is_styled_but_from_our_own_files(client: Client, page: str) -> None:
    policy = client.get(page).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


def test_the_page_of_the_programming_interface_is_complete(client: Client) -> None:
    html = client.get("/api/docs/").content.decode()
    assert "<style" not in html
    assert 'src="/api/docs/?script="' in html
    assert client.get("/api/docs/?script=").headers["Content-Type"].startswith("application/javascript")
