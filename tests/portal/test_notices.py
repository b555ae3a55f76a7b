"""The message centre: headings, unread, one and all, paging, and copies by mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency
from customs.demo import story_set
from portal import topics
from portal.views import notices as pages
from submissions.models import Notice, NoticeMail, Outage
from submissions.notices import notify
from tests.customs.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(here: World) -> World:
    here.load_all(story_set("O01"))
    firm = here.companies["G"]
    Notice.objects.all().delete()
    submission = firm.submissions.get(kind="import-declaration")
    notify(firm, "submission.accepted", {"reference": str(submission.reference)}, submission)
    notify(firm, "credit.recorded", {"number": "1"}, url="/credit/own/")
    notify(firm, "identity.reported", {"lists": "JG1", "reference": "R1"}, url="/customs/lists/")
    return here


def test_each_notice_stands_under_one_heading_and_the_counts_are_right(told: World) -> None:
    firm = told.companies["G"]
    counted = {one.code: (all_, new) for one, all_, new in topics.counted(firm)}
    assert counted == {
        "customs-clearance-import": (1, 1),
        "integrity-records": (1, 1),
        "identities": (1, 1),
    }
    rows = Notice.objects.filter(company=firm)
    assert sum(rows.filter(one.condition).count() for one in topics.topics()) == rows.count()


def test_the_lists_by_heading_and_unread(log_in, told: World) -> None:
    browser = log_in("G")
    assert browser.get("/notices/").content.decode().count("is-unread") == 3
    html = browser.get("/notices/?topic=identities").content.decode()
    assert (html.count("is-unread"), "JG1" in html) == (1, True)
    notice = Notice.objects.get(code="credit.recorded")
    assert browser.get(f"/notices/{notice.pk}/").headers["Location"] == "/credit/own/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    unread = browser.get("/notices/?show=unread").content.decode()
    assert unread.count('class="is-unread"') == 2
    assert browser.get("/notices/?topic=nonsense&after=nonsense").status_code == 200


def test_a_notice_of_a_submission_leads_there(log_in, told: World) -> None:
    notice = Notice.objects.get(code="submission.accepted")
    reference = notice.params["reference"]
    assert log_in("G").get(f"/notices/{notice.pk}/").headers["Location"] == f"/submissions/{reference}/"
    assert log_in("F").get(f"/notices/{notice.pk}/").status_code == 404


def test_all_of_a_heading_and_then_all_are_marked_and_the_menu_counts_along(log_in, told: World) -> None:
    browser = log_in("G")

    def in_menu() -> list[str]:
        menu = browser.get("/workbench/").content.decode().split('aria-label="Main"')[1].split("</nav>")[0]
        return re.findall(r'<span class="count">(\d+)</span>', menu)

    assert in_menu() == ["3"]
    early = {"all": "yes", "until": (timezone.now() - timedelta(hours=1)).isoformat()}
    browser.post("/notices/read/", early)
    assert in_menu() == ["3"]
    now = {"all": "yes", "until": timezone.now().isoformat()}
    answer = browser.post("/notices/read/", now | {"topic": "identities"})
    assert answer.headers["Location"] == "/notices/?topic=identities"
    assert in_menu() == ["2"]
    browser.post("/notices/read/", now)
    assert in_menu() == []
    assert "Mark all" not in browser.get("/notices/").content.decode()


def test_pages_follow_one_another_and_cost_the_same(
    log_in, told: World, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    browser = log_in("G")
    browser.get("/notices/")
    with django_assert_max_num_queries(14):
        first = browser.get("/notices/").content.decode()
    (after,) = re.findall(r'href="\?after=([0-9a-f-]+)"', first)
    second = browser.get(f"/notices/?after={after}").content.decode()
    assert (first.count("is-unread"), second.count("is-unread")) == (2, 1)


def test_copies_by_mail_are_ones_own_choice(log_in, told: World) -> None:
    browser = log_in("G")
    browser.post("/notices/mail/", {"copies": "on"}, headers={"Accept-Language": "en"})
    wish = NoticeMail.objects.get()
    assert (wish.user.memberships.get().company, wish.language) == (told.companies["G"], "en")
    assert "No more mails" in browser.get("/notices/").content.decode()
    browser.post("/notices/mail/", {"copies": "off"})
    assert not NoticeMail.objects.exists()


def test_a_planned_outage_stands_on_what_goes_to_that_agency(log_in, told: World) -> None:
    browser, now = log_in("G"), timezone.now()
    hour = timedelta(hours=1)
    submission = told.companies["G"].submissions.get(kind="import-declaration")
    addresses = [
        "/services/import-declaration/",
        f"/submissions/{submission.reference}/",
        f"/progress/?reference={submission.reference}",
        "/customs/upload/",
    ]
    Outage.objects.create(
        agency=Agency.objects.get(code="customs"),
        starts_at=now + hour,
        ends_at=now + 2 * hour,
        words_zh="维护",
        words_en="Planned work",
    )
    for address in addresses:
        html = browser.get(address).content.decode()
        assert html.count("Planned work") == 1, address
        assert "strip-attention" not in html
    assert "Planned work" not in browser.get("/services/overseas-warehouse/").content.decode()
    Outage.objects.update(starts_at=now - hour)
    assert "strip-attention" in browser.get("/").content.decode()
    Outage.objects.update(ends_at=now - hour / 2)
    assert "Planned work" not in browser.get(addresses[0]).content.decode()
