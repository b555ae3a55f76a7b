"""Others' numbers in one's own requests: nothing is there, nothing is told, nothing is done.

F has no part in what G declared, police none in what lies before customs; C paid for it and D carried it, and they
see their own documents alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Mandate
from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES, ROLES, role_codes
from accounts.services import revoke_mandate
from customs.demo import BUYERS, story_message
from customs.models import Inventory
from submissions import feed
from submissions.models import Change, Dispatch, Referral, Submission
from tests.accounts import factories as people
from tests.house import access
from tests.house.access import Door, Who
from tests.house.test_matrix import knock
from tests.house.world import House

pytestmark = pytest.mark.django_db
BUYER = BUYERS["P1"]
SERVICES = frozenset({"apply", "api-service", "api-service-submissions"})


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit used up; and the feed shows what this transaction wrote, which is never committed."""
    cache.clear()
    monkeypatch.setattr(feed, "_horizon", lambda: 2**62)


def marks(house: House) -> list[str]:
    """What names G's documents: numbers, keys, people."""
    found = [str(one.reference) for one in Submission.objects.exclude(company=house.company("F"))]
    keys = [
        house.inventory.pk,
        house.exported.pk,
        house.case.pk,
        house.dispatch.pk,
        house.paper.code,
        house.goods.pk,
        house.exemption.pk,
        house.exemption_case.pk,
    ]
    keys += [house.payment.pk, house.payment.declaration_no, house.statement.pk, house.statement.number]
    keys += [house.b2b.pk, house.b2b.booking_no]
    return [
        *found,
        *map(str, keys),
        house.inventory.cop_no,
        house.exported.cop_no,
        BUYER.id_number,
        BUYER.telephone,
        BUYER.name,
    ]


def leaks(house: House, answer: Any, *, asked: str = "") -> list[str]:
    """Which of these an answer holds, besides what was asked with: a page may name its own address."""
    text = answer.content.decode("utf-8", "replace").replace(answer.request["PATH_INFO"], "")
    return [mark for mark in marks(house) if mark != asked and mark in text]


def with_numbers() -> list[Door]:
    """Every door behind which a number names one record; a service is everybody's."""
    found = [door for door in access.doors() if "<" in door.route and door.kind in ("permission", "scope")]
    return [door for door in found if door.name not in SERVICES]


def stray(house: House, client: Client, who: Who) -> Iterator[str]:
    """Where a stranger gets more than: 403 without the permission, else 404."""
    for door in with_numbers():
        url = house.address(door.name, door.route)
        for method in door.scopes or ("GET", "POST"):
            found = knock(client, method, url, door)
            if found is None:
                continue
            expected = "404" if door.expects(who, method) == "in" else door.expects(who, method)
            if found != expected:
                yield f"{who.name}: {method} {url} ({door.name}): {found}, not {expected}"
            if method == "GET" and (told := leaks(house, client.get(url))):
                yield f"{who.name}: {url} tells {told}"


# --- numbers in the address -------------------------------------------------------------------------------


def test_there_are_such_doors() -> None:
    names = {door.name for door in with_numbers()}
    assert {"submission", "acknowledgement", "inventory", "certificate", "customs_uploaded"} <= names
    assert {
        "export_list",
        "export_notice",
        "admin:export_list",
        "admin:export_return",
        "admin:export_notice",
    } <= names
    assert {"one_list", "one_list_check", "one_list_unsigned"} <= names
    assert {"draft", "draft_check", "attachment", "information_answer", "service_certificate"} <= names
    assert {"mandate_revoke", "api-submission", "api-inventory", "admin:case", "admin:dispatch"} <= names
    assert {"api-export-list", "export_release", "export_closing"} <= names


@pytest.mark.parametrize("role", role_codes("company"))
def test_another_company_finds_nothing(house: House, role: str) -> None:
    who = Who(role, ROLES[role].permissions, is_person=True)
    assert list(stray(house, house.of("F", role), who)) == []
    assert Mandate.objects.get(pk=house.mandate.pk).revoked_at is None


@pytest.mark.parametrize("role", role_codes("agency"))
def test_another_agency_finds_nothing(house: House, role: str) -> None:
    who = Who(role, ROLES[role].permissions, is_person=True)
    client = house.browser(people.an_official(people.an_agency("police"), role))
    assert list(stray(house, client, who)) == []


def test_machines_of_others_find_nothing(house: House) -> None:
    company = house.machine_of(house.company("F"), *COMPANY_SCOPES)
    assert list(stray(house, company, Who("machine of F", scopes=COMPANY_SCOPES))) == []
    agency = house.machine_of(people.an_agency("police"), *AGENCY_SCOPES)
    assert list(stray(house, agency, Who("machine of police", scopes=AGENCY_SCOPES))) == []


def test_a_colleague_does_not_read_what_somebody_else_uploaded(house: House) -> None:
    assert house.of("G").get(reverse("customs_uploaded", args=[house.uploaded])).status_code == 404


# --- numbers in filters, cursors and forms ----------------------------------------------------------------


def questions(house: House) -> list[tuple[str, dict[str, str]]]:
    """Tables and feeds, asked for G's numbers."""
    one, reference = house.inventory, str(house.submission.reference)
    lists = [
        {"order_no": one.order_no},
        {"waybill_no": one.logistics_no},
        {"state": one.state},
        {"tab": "done"},
    ]
    return [
        # These six name no record of their own company either; the others do.
        ("overview", {}),
        ("overview_csv", {}),
        ("workbench", {}),
        ("workbench", {"tab": "progress"}),
        ("notices", {}),
        ("mandates", {}),
        ("exemption_month", {"month": "2026-10"}),
        ("submissions", {"q": reference}),
        ("submissions", {"q": house.submission.title}),
        ("submissions", {"kind": "import-declaration"}),
        *(("goods", asked) for asked in ({}, {"q": "EX01"})),
        *(("customs_lists", asked) for asked in ({}, *lists)),
        *(
            ("export_lists", asked)
            for asked in ({}, {"order_no": house.exported.order_no}, {"tab": "released"})
        ),
        ("forex_payments", {"number": house.payment.declaration_no}),
        ("forex_statements", {}),
        *(("b2b_declarations", asked) for asked in ({}, {"text": house.b2b.booking_no}, {"tab": "progress"})),
    ]


def calls(house: House) -> list[tuple[str, dict[str, str]]]:
    """The same over REST."""
    one, reference = house.inventory, str(house.submission.reference)
    highest = {"after": "ffffffff-ffff-ffff-ffff-ffffffffffff"}
    return [
        *(("api-submissions", asked) for asked in ({}, {"kind": "import-declaration"}, highest)),
        *(
            ("api-goods", asked)
            for asked in ({}, {"text": "EX01"}, {"company": house.company("G").uscc}, highest)
        ),
        *(
            ("api-exemptions", asked)
            for asked in ({}, {"month": "2026-10"}, {"company": house.company("G").uscc}, highest)
        ),
        *(("api-export-lists", asked) for asked in ({}, {"order_no": house.exported.order_no}, highest)),
        *(("api-inventories", asked) for asked in ({}, {"order_no": one.order_no}, {"cop_no": one.cop_no})),
        *(("api-inventories", asked) for asked in ({"reference": reference}, {"state": one.state}, highest)),
        *(("api-b2b-declarations", asked) for asked in ({}, {"number": house.b2b.booking_no}, highest)),
        *((f"api-forex-{what}", {}) for what in ("payments", "statements", "declarations")),
        ("api-changes", {}),
        ("api-changes", {"after": "MS4w"}),
    ]


@pytest.mark.parametrize("role", ["company_admin", "declaring_user"])
def test_tables_asked_for_anothers_numbers_are_empty(house: House, role: str) -> None:
    client = house.of("F", role)
    for name, asked in [*questions(house), *calls(house)]:
        answer = client.get(reverse(name), asked)
        assert answer.status_code == (403 if name == "mandates" and role != "company_admin" else 200), name
        assert leaks(house, answer, asked="".join(asked.values())) == [], (name, asked)


def test_those_questions_do_find_it_for_its_own_company(house: House) -> None:
    client = house.browser(house.people["declaring_user"])
    for name, asked in [*questions(house)[6:], *calls(house)]:
        assert leaks(house, client.get(reverse(name), asked), asked="".join(asked.values())), (
            name,
            asked,
        )


def test_machines_asking_for_anothers_numbers_get_empty_pages(house: House) -> None:
    changed = Change.objects.count()
    assert changed
    owners = (house.company("F"), COMPANY_SCOPES), (people.an_agency("police"), AGENCY_SCOPES)
    for owner, scopes in owners:
        client = house.machine_of(owner, *scopes)
        for name, asked in calls(house):
            answer = client.get(reverse(name), asked)
            assert (answer.status_code, answer.json()["results"]) == (200, []), (owner, name, asked)


def test_the_desk_of_another_agency_is_empty(house: House) -> None:
    client = house.browser(people.an_official(people.an_agency("police"), "supervisor"))
    Dispatch.objects.filter(pk=house.dispatch.pk).update(state="stopped", failure="refused_access")
    reference = str(house.submission.reference)
    for name, asked in (
        ("queue", {"q": reference, "state": "all"}),
        ("queue", {"q": house.inventory.order_no, "state": "all"}),
        ("queue", {"sender": house.company("G").name, "state": "all"}),
        ("dispatches", {}),
        ("dispatches", {"agency": "customs"}),
        ("inbox", {}),
        ("agencies", {}),
        ("exemptions", {}),
        ("inward_payments", {"which": "all"}),
        ("inward_payments", {"which": "all", "q": house.payment.declaration_no}),
    ):
        answer = client.get(reverse(f"admin:{name}"), asked)
        assert answer.status_code == 200, name
        assert leaks(house, answer, asked=asked.get("q", "")) == [], (name, asked)
    assert client.get(reverse("admin:replies")).status_code == 404


def test_forms_with_anothers_numbers_change_nothing(house: House) -> None:
    Dispatch.objects.filter(pk=house.dispatch.pk).update(state="stopped")
    police = house.browser(people.an_official(people.an_agency("police"), "supervisor"))
    before = _states(house)
    for name, given in (
        ("queue_take", {"case": str(house.case.pk)}),
        ("queue_put_back", {"one": str(house.case.pk)}),
        ("queue_reassign", {"case": str(house.case.pk)}),
        ("send_again", {"dispatch": str(house.dispatch.pk)}),
        ("send_again", {"everything": "1", "agency": "customs"}),
    ):
        answer = police.post(reverse(f"admin:{name}"), given, follow=True)
        assert leaks(house, answer) == [], name
    switch = {"to": "off", "because": "x", "notice_zh": "停", "notice_en": "off"}
    assert police.post(reverse("admin:agency", args=["customs"]), switch).status_code == 404
    outage = {
        "starts_at": "2099-01-01T08:00",
        "ends_at": "2099-01-01T09:00",
        "words_zh": "停",
        "words_en": "off",
    }
    for given in (outage, {"cancel": "1", "reason": "x"}):
        assert police.post(reverse("admin:agency_outage", args=["customs"]), given).status_code == 404
    contact = reverse("admin:agency_contact", args=["customs"])
    assert police.post(contact, {"telephone": "110"}).status_code == 404
    stranger = house.of("F")
    stranger.post(reverse("notices_read"), {"notice": str(house.notice.pk)})
    stranger.post(reverse("notices_read"), {"all": "yes", "until": "2099-01-01T00:00:00+08:00"})
    assert stranger.get(reverse("notice", args=[house.notice.pk])).status_code == 404
    assert _states(house) == before


def _states(house: House) -> list[Any]:
    house.notice.refresh_from_db()
    house.customs.refresh_from_db()
    rows = Referral.objects.filter(pk=house.case.pk).values_list("state", "taken_by")
    sent = Dispatch.objects.filter(pk=house.dispatch.pk).values_list("state", flat=True)
    return [house.notice.read_at, house.customs.is_open, *rows, *sent]


def test_nobody_acts_as_a_company_that_is_not_theirs(house: House) -> None:
    client = house.of("F", "company_admin")
    answer = client.post(
        reverse("switch_company"), {"company": house.company("G").pk, "next": "/submissions/"}
    )
    assert answer.status_code == 403
    session = client.session
    session["company_id"] = house.company("G").pk  # were it set some other way
    session.save()
    for name in ("submissions", "customs_lists", "export_lists", "notices", "mandates"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert leaks(house, answer) == [], name


def test_a_mandate_is_given_in_ones_own_name_whatever_the_form_says(house: House) -> None:
    agent = house.company("H")
    given = {"agent": agent.uscc, "service": "import-declaration", "principal": house.company("G").pk}
    house.of("F", "company_admin").post(reverse("mandates"), {**given, "revoked_at": ""})
    assert Mandate.objects.get(agent=agent).principal == house.company("F")


def test_no_machine_hands_in_for_another_company(house: House) -> None:
    before, message = Submission.objects.count(), story_message("O02", "CEB621")
    client = house.machine_of(house.company("F"), *COMPANY_SCOPES)
    with transaction.atomic():
        answer = client.post(reverse("api-ceb-messages"), message, content_type="application/xml")
    assert answer.status_code in (403, 422)
    assert Submission.objects.count() == before


def test_an_idempotency_key_answers_its_own_caller_alone(house: House) -> None:
    url, message, key = (
        reverse("api-ceb-messages"),
        story_message("O02", "CEB621"),
        {"Idempotency-Key": "k-1"},
    )
    sent = {"content_type": "application/xml", "headers": key}
    own = house.machine_of(house.company("G"), *COMPANY_SCOPES).post(url, message, **sent)
    assert own.status_code == 202, own.content
    with transaction.atomic():
        other = house.machine_of(house.company("F"), *COMPANY_SCOPES).post(url, message, **sent)
    assert other.status_code in (403, 422)
    assert own.json()["reference"] not in other.content.decode()


# --- parties to a list ------------------------------------------------------------------------------------


def test_the_logistics_firm_sees_its_own_document_alone(house: House) -> None:
    page = house.of("D").get(reverse("inventory", args=[house.inventory.pk]))
    assert set(page.context["page"].columns) == {"waybill"}


@pytest.mark.parametrize("firm", ["C", "D"])
def test_payment_and_logistics_firm_see_nothing_of_the_others(house: House, firm: str) -> None:
    one, client = house.inventory, house.of(firm)
    page = client.get(reverse("inventory", args=[one.pk]))
    html = page.content.decode()
    for foreign in (str(one.tax_total), one.cop_no, BUYER.name, BUYER.id_number, "certificate.pdf"):
        assert foreign not in html, foreign
    assert client.get(reverse("certificate", args=[one.pk])).status_code == 404


@pytest.mark.parametrize("firm", ["C", "D"])
def test_tables_and_rest_tell_them_no_more_than_the_page(house: House, firm: str) -> None:
    Inventory.objects.filter(pk=house.inventory.pk).update(return_info="words to the declarant")
    told = [str(house.inventory.tax_total), str(house.inventory.vat), "words to the declarant"]
    client = house.machine_of(house.company(firm), *COMPANY_SCOPES)
    answers = [
        house.of(firm).get(reverse("customs_lists")),
        client.get(reverse("api-inventories")),
        client.get(reverse("api-inventory", args=[house.inventory.pk])),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert [one for one in told if one in text] == [], answer.request["PATH_INFO"]


@pytest.mark.parametrize("firm", ["A", "B", "C", "D", "E"])
def test_the_acknowledgement_is_the_applicants(house: House, firm: str) -> None:
    url = reverse("acknowledgement", args=[house.submission.reference])
    assert house.of(firm).get(url).status_code == 404
    assert house.browser(house.people["viewer"]).get(url).status_code == 200


@pytest.mark.parametrize("firm", ["A", "B", "G"])
def test_declarant_seller_and_platform_see_it_whole(house: House, firm: str) -> None:
    one = house.inventory
    client = house.machine_of(house.company(firm), *COMPANY_SCOPES)
    assert client.get(reverse("api-inventory", args=[one.pk])).json()["tax_total"] == str(one.tax_total)
    browser = house.of(firm)
    assert str(one.tax_total) in browser.get(reverse("customs_lists")).content.decode()
    assert browser.get(reverse("certificate", args=[one.pk])).status_code == 200


# --- mandates ---------------------------------------------------------------------------------------------


def test_a_mandate_opens_and_its_end_closes_at_the_next_request(house: House) -> None:
    agent = house.mandate.agent
    browser = house.browser(people.a_member(agent))
    machine = house.machine_of(agent, *COMPANY_SCOPES)
    one, reference = house.inventory.pk, house.submission.reference
    pages = [reverse("inventory", args=[one]), reverse("submission", args=[reference])]
    ends = [reverse("api-inventory", args=[one]), reverse("api-submission", args=[reference])]
    asked = [*((browser, url) for url in pages), *((machine, url) for url in ends)]
    assert [client.get(url).status_code for client, url in asked] == [200] * 4
    revoke_mandate(house.mandate, by=people.TESTER)
    assert [client.get(url).status_code for client, url in asked] == [404] * 4
