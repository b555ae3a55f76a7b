"""Who sees which lists, and what the page of a list shows to whom."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Agency, Company, Mandate
from accounts.principals import Principal
from customs import tasks
from customs.demo import BUYERS, story_batch, story_message, story_set
from customs.lifecycle import advance
from customs.models import Inventory
from customs.selectors import (
    ListFilter,
    ListPage,
    filtered,
    list_page,
    lists_visible_to,
    unknown_replies,
)
from tests.customs import replying, rows
from tests.customs.factories import World
from tests.customs.replying import reply, said, time
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db


def declared(here: World, key: str = "O10") -> Inventory:
    for type_, data in story_set(key).items():
        tasks.load(str(here.hand_in(type_, data).submission.pk))
    return Inventory.objects.get()


def officer(here: World, code: str = "customs") -> Principal:
    agency, _made = Agency.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})
    return replace(here.principal("A"), company=None, companies=(), agency=agency)


def page_of(one: Inventory, principal: Principal) -> ListPage:
    page = list_page(one.pk, principal)
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("key", "sees"), [*((key, True) for key in "ABCDEG"), *((key, False) for key in "FH")]
)
def test_a_list_is_seen_by_the_companies_it_and_its_payment_name(here: World, key: str, sees: bool) -> None:
    declared(here)
    assert lists_visible_to(here.principal(key)).exists() is sees


def test_nobody_and_other_agencies_see_nothing(here: World) -> None:
    one = declared(here)
    assert not lists_visible_to(None).exists()
    assert list_page(one.pk, None) is None
    assert not lists_visible_to(officer(here, "tax")).exists()
    assert list_page(one.pk, officer(here, "tax")) is None
    assert lists_visible_to(officer(here)).get() == one


def test_a_mandate_opens_and_its_end_closes_at_once(here: World) -> None:
    one = declared(here)
    stranger = here.principal("H")
    mandate = Mandate.objects.create(
        principal=here.companies["B"],
        agent=here.companies["H"],
        service="import-declaration",
        valid_from="2026-01-01",
    )
    assert lists_visible_to(stranger).get() == one
    assert page_of(one, stranger).scope == "all"
    mandate.revoked_at = "2026-11-23T00:00:00Z"
    mandate.save()
    assert not lists_visible_to(stranger).exists()
    assert list_page(one.pk, stranger) is None


@pytest.mark.parametrize(
    ("key", "scope", "columns"),
    [
        ("A", "all", {"inventory", "order", "payment", "waybill"}),
        ("B", "all", {"inventory", "order", "payment", "waybill"}),
        ("G", "all", {"inventory", "order", "payment", "waybill"}),
        ("C", "payment", {"payment"}),
        ("D", "waybill", {"waybill"}),
        ("E", "inventory", {"inventory"}),
    ],
)
def test_each_sees_its_share(here: World, key: str, scope: str, columns: set[str]) -> None:
    one = declared(here)
    page = page_of(one, here.principal(key))
    assert page.scope == scope
    assert set(page.columns) == set(page.documents) == columns
    assert {cell.column for row in page.rows for cell in row.cells} == columns
    assert bool(page.raw) is (scope == "all")
    assert (page.tax is not None) is (scope in ("all", "inventory"))


def test_naming_somebody_elses_order_opens_nothing_of_it(here: World) -> None:
    """H declares for itself under the platform's number of an order that B sold: a number can be guessed."""
    messages = story_set("O01")
    firm = here.companies["H"]
    firm.roles = [*firm.roles, "declarant", "ecommerce_firm"]
    firm.save()
    own = {"ebcCode": firm.uscc, "ebcName": firm.name, "agentCode": firm.uscc, "agentName": firm.name}
    messages["CEB621"] = story_message("O01", "CEB621", sender="H", **own)
    for type_, data in messages.items():
        by = "H" if type_ == "CEB621" else ""
        tasks.load(str(here.hand_in(type_, data, by=by).submission.pk))
    one = Inventory.objects.get()
    page = page_of(one, here.principal("H"))
    assert set(page.documents) == {"inventory"}
    assert all(pair.ordered is None for pair in page.line_pairs)
    assert {cell.text for row in page.rows for cell in row.cells if cell.column != "inventory"} == {None}
    assert [p.code for p in page.findings if not p.code.startswith("ceb.")] == ["match.ebc"]
    assert one.state == "faulted"
    assert set(page_of(one, here.principal("A")).documents) == {"inventory", "order", "payment", "waybill"}
    assert set(page_of(one, officer(here)).documents) == {"inventory", "order", "payment", "waybill"}


def test_strangers_do_not_learn_that_it_exists(here: World) -> None:
    one = declared(here)
    assert list_page(one.pk, here.principal("F")) is None
    assert list_page(uuid4(), here.principal("G")) is None


def test_the_payment_firm_reads_its_finding_and_no_other(here: World) -> None:
    one = declared(here)
    found = page_of(one, here.principal("C")).findings
    assert [problem.code for problem in found] == ["1332"]
    assert page_of(one, here.principal("D")).findings == ()


def test_differences_are_marked_and_persons_masked(here: World) -> None:
    one = declared(here)
    with override("en"):
        page = page_of(one, here.principal("G"))
    by_label = {row.label: row for row in page.rows}
    paid = by_label["Amount paid"]
    assert paid.differs
    assert {cell.column: (cell.text, cell.differs) for cell in paid.cells} == {
        "inventory": (None, False),
        "order": ("140.74", False),
        "payment": ("129.00", True),
        "waybill": (None, False),
    }
    assert not by_label["Order number"].differs
    assert by_label["Identity number"].cells[0].text == "1201**********0371"
    everything = repr(page.rows) + page.raw
    assert BUYERS["P2"].id_number not in everything
    assert BUYERS["P2"].name not in everything
    assert BUYERS["P2"].telephone not in everything


def test_the_page_has_tax_with_its_working_and_doubtful_rules(here: World) -> None:
    one = declared(here, "O07")
    tax = page_of(one, here.principal("G")).tax
    assert tax is not None
    assert (str(tax.dutiable_value), str(tax.consumption_tax), str(tax.vat), str(tax.total)) == (
        "301.00",
        "37.18",
        "32.22",
        "69.40",
    )
    assert "contested" in {rule.standing for rule in tax.rules}
    assert tax.lines[0].steps


def test_lines_are_paired_with_their_differences(here: World) -> None:
    cheaper = {"price": "128.00", "totalPrice": "256.00"}
    messages = story_set("O01") | {"CEB621": story_message("O01", "CEB621", lines={2: cheaper})}
    for type_, data in messages.items():
        tasks.load(str(here.hand_in(type_, data).submission.pk))
    pairs = page_of(Inventory.objects.get(), here.principal("A")).line_pairs
    assert [pair.differs for pair in pairs] == [frozenset(), frozenset({"price", "total_price"})]


def test_the_timeline_says_who_said_what(here: World) -> None:
    one = declared(here)
    advance("inventory", [one.pk], verb="send", by=SYSTEM)
    reply(one, "2", time(5), "清单新增申报成功")
    reply(one, "100", time(6), "[Code:1332;Desc:支付金额与订单不一致]")
    reply(one, "120", time(4))
    with override("en"):
        page = page_of(one, here.principal("G"))
    lines = [(line.actor, line.state) for line in page.timeline]
    assert lines[-3:] == [("E-port", "declaring"), ("customs", "returned"), ("customs", "")]
    returned = page.timeline[-2]
    assert returned.words == "[Code:1332;Desc:支付金额与订单不一致]"
    assert returned.reasons[0].code == "1332"
    assert "amount paid" in returned.reasons[0].plain.lower()
    assert page.timeline[-1].effect
    assert page.next_sentence == "The declarant corrects the document and declares it again."


def test_of_a_message_with_many_lists_only_this_one_is_shown(here: World) -> None:
    tasks.load(str(here.hand_in("CEB621", story_batch(["O01", "O02"], "CEB621")).submission.pk))
    first = Inventory.objects.get(index=1)
    other = Inventory.objects.get(index=2)
    raw = page_of(first, here.principal("G")).raw
    assert first.order_no in raw
    assert other.order_no not in raw


def test_filters_match_real_questions(here: World) -> None:
    one = rows.inventory("N1", state="returned", return_code="1332", invt_no="02132026I000000001")
    two = rows.inventory("N2", state="stored")
    everyone = lists_visible_to(officer(here))

    def found(**asked: object) -> list[str]:
        return [row.order_no for row in filtered(everyone, ListFilter(**asked))]

    assert found() == ["N2", "N1"]
    assert found(tab="action") == ["N1"]
    assert found(tab="progress") == ["N2"]
    assert found(tab="done") == []
    assert found(state="stored") == ["N2"]
    assert found(order_no=" N1 ") == ["N1"]
    assert found(invt_no="02132026I000000001") == ["N1"]
    assert found(logistics_no="WN2") == ["N2"]
    assert found(return_code="1332") == ["N1"]
    assert found(reference=two.message.submission.reference) == ["N2"]
    assert found(since=one.message.received_at.date()) == ["N2", "N1"]
    assert found(until="2016-04-08") == []


def test_unknown_numbers(here: World) -> None:
    entry = said(rows.order(), "120", time(1)) | {"orderNo": "nobody's"}
    replying.arrive("CEB312", entry)
    assert [row.number for row in unknown_replies()] == ["nobody's"]


def test_the_page_takes_a_bounded_number_of_queries(here: World) -> None:
    one = declared(here, "O01")
    for minute in range(1, 10):
        reply(one, "2", time(minute))
    page_of(one, here.principal("G"))  # code tables into the cache
    with CaptureQueriesContext(connection) as queries:
        page_of(one, here.principal("G"))
    assert len(queries) <= 13


def test_workbench_counters_count_what_the_tabs_show(here: World) -> None:
    from customs.workbench import counters

    rows.company(rows.G)
    rows.inventory("W1", state="returned")
    rows.inventory("W2", state="stored")
    rows.inventory("W3", state="released")
    rows.inventory("W4", state="superseded")
    principal = replace(here.principal("G"), company=Company.objects.get(uscc=rows.G))
    imports = [one for one in counters() if one.code.startswith("customs-lists-")]
    assert {one.tab: one.count(principal) for one in imports} == {"action": 1, "progress": 1, "done": 1}
