"""The pages of export: counts equal a recount, one list with its way out, notices with their parcels, who sees what."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Agency, Company
from customs.export.bills import notice_page
from customs.export.pages import counts, export_page
from customs.models import Arrival, ExportList, Manifest
from customs.reading import EXPORTS
from customs.workbench import EXPORT_STATES, counters
from submissions.models import Referral, Submission
from tests.accounts.factories import a_member, an_official
from tests.customs.export import parcels
from tests.customs.factories import World, world
from tests.house.world import LOGIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db: None) -> World:
    return world()


def browser(company: Company, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(a_member(company, "declaring_user"), backend=LOGIN)
    return client


def shown(client: Client, name: str, *args: object, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def moved(one: ExportList, state: str, **values: object) -> None:
    ExportList.objects.filter(pk=one.pk).update(state=state, **values)


def test_workbench_and_tabs_equal_a_recount(here: World) -> None:
    parcels.mandated(here)
    from customs.demo.export import parcels as month_of

    every = [state for states in EXPORT_STATES.values() for state in sorted(states)] + ["superseded"]
    for one, state in zip(month_of(), every, strict=False):
        moved(parcels.declared(here, "CEB303", "CEB505", "CEB603", one=one), state)
    told = here.principal("G")
    found = counts(EXPORTS.visible_to(told))
    mine = {c.code.removeprefix("customs-exports-"): c.count(told) for c in counters() if "exports" in c.code}
    assert found == mine
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM customs_exportlist GROUP BY state")
        by_state = dict(cursor.fetchall())
    assert sum(found.values()) == sum(by_state.values()) - by_state["superseded"]
    assert found["done"] == by_state["closed"] + by_state["sent_back"]
    assert counts(EXPORTS.visible_to(here.principal("C"))) == dict.fromkeys(EXPORT_STATES, 0)


def test_a_list_stands_beside_everything_that_belongs_to_it(here: World) -> None:
    one = parcels.declared(here)
    moved(one, "released", released_at=one.message.received_at, invt_no="02132026E000000001")
    page = export_page(one.pk, here.principal("G"))
    assert page is not None
    assert page.columns == ("list", "order", "waybill", "arrival", "manifest", "departure")
    assert not any(row.differs for row in page.rows)
    assert [(pair.gnum, pair.differs) for pair in page.line_pairs] == [(1, frozenset())]
    assert page.tracked.wait is not None
    assert page.tracked.wait.step == "closing"
    text = shown(browser(here.companies["G"]), "export_list", one.pk)
    for value in (
        "02132026E000000001",
        parcels.FIRST.bill_no,
        parcels.FIRST.waybill_no,
        "DEMO TIDE",
        "合纤绒毯",
    ):
        assert value in text
    assert "出口清单" in shown(browser(here.companies["G"], "zh-hans"), "export_list", one.pk)


def test_a_difference_shows_both_values_and_the_fix(here: World) -> None:
    changed = {"CEB607": {"billNo": "OTHER1"}, "CEB505": {"grossWeight": "9.9"}}
    one = parcels.declared(here, changed=changed)
    with translation.override("en"):
        page = export_page(one.pk, here.principal("G"))
    assert page is not None
    found = {fault.problem.code: fault for fault in page.findings}
    assert {value for _name, value in found["way.bill"].values} == {parcels.FIRST.bill_no, "OTHER1"}
    assert {value for _name, value in found["match.weight"].values} == {"2.55", "9.90"}
    assert all(fault.fix for fault in page.findings)
    assert [row.label for row in page.rows if row.differs] == ["Master bill", "Gross weight, kg"]


def test_a_list_before_its_notices_waits_with_a_clock(here: World) -> None:
    one = parcels.declared(here, "CEB303", "CEB505", "CEB603")
    moved(one, "stored")
    page = export_page(one.pk, here.principal("G"))
    assert page is not None
    assert page.holder == one.logistics_name
    assert [step.waits for step in page.steps] == [False, True, False, False, False, False]
    assert (page.tracked.days, page.tracked.is_late, page.tracked.allowed) == (0, False, 3)
    assert "working days" in shown(browser(here.companies["G"]), "export_lists")


def test_the_logistics_firm_sees_its_waybill_and_notices_alone(here: World) -> None:
    one = parcels.declared(here)
    page = export_page(one.pk, here.principal("D"))
    assert page is not None
    assert (page.scope, page.columns) == ("waybill", ("waybill", "arrival", "departure"))
    assert page.line_pairs == ()
    text = shown(browser(here.companies["D"]), "export_list", one.pk)
    for foreign in ("14.50", one.cop_no, "SIGNATURE"):
        assert foreign not in text
    assert export_page(one.pk, here.principal("A")) is None
    assert export_page(one.pk, None) is None


def test_anothers_manifest_does_not_bind_the_list(here: World) -> None:
    one = parcels.declared(here, "CEB303", "CEB505", "CEB603", "CEB507", "CEB607")
    Manifest.objects.update(agent_code="SOMEBODYELSE")
    moved(one, "stored")
    page = export_page(one.pk, here.principal("G"))
    assert page is not None
    assert set(page.tracked.notices) == {"arrival"}


def test_filters_find_by_every_number_and_the_month_of_closing(here: World) -> None:
    one = parcels.declared(here)
    moved(one, "closed", closed_at="2026-10-31T23:59:59+08:00", invt_no="02132026E000000001")
    client, link = browser(here.companies["F"]), f'id="list-{one.pk}"'
    for asked in ({"order_no": one.order_no}, {"waybill_no": one.logistics_no}, {"list_no": "02132026E000000001"},
                  {"closed": "2026-10"}, {"tab": "done"}, {"state": "closed"}):  # fmt: skip
        assert link in shown(client, "export_lists", **asked), asked
    for asked in ({"order_no": "X"}, {"closed": "2026-11"}, {"tab": "released"}, {"state": "returned"}):
        assert link not in shown(client, "export_lists", **asked), asked


def test_a_notice_names_the_parcels_it_should_not_have(here: World) -> None:
    one = parcels.declared(here, "CEB303", "CEB505", "CEB603", "CEB507")
    arrival = Arrival.objects.get()
    arrival.lines.create(gnum=2, logistics_no="STRAY1")
    page = notice_page(arrival.pk, here.principal("D"))
    assert page is not None
    assert [(p.code, p.params["waybill"]) for p in page.findings] == [("bill.no_list", "STRAY1")]
    assert [parcel.list.pk if parcel.list else None for parcel in page.parcels] == [one.pk, None]
    text = shown(browser(here.companies["D"]), "export_notice", arrival.pk)
    assert "STRAY1" in text
    operator = notice_page(arrival.pk, here.principal("H"))
    assert operator is not None
    assert (operator.near, operator.findings) == (False, ())
    assert one.cop_no not in shown(browser(here.companies["H"]), "export_notice", arrival.pk)
    assert notice_page(arrival.pk, here.principal("B")) is None


def test_officials_of_customs_follow_a_parcel_at_their_desk(here: World) -> None:
    one = parcels.declared(here)
    client = Client(headers={"accept-language": "en"})
    client.force_login(an_official(Agency.objects.get(code="customs"), "officer"), backend=LOGIN)
    manifest = Manifest.objects.get()
    page = shown(client, "admin:export_list", one.pk)
    assert reverse("admin:export_notice", args=[manifest.pk]) in page
    page = shown(client, "admin:export_notice", manifest.pk)
    assert reverse("admin:export_list", args=[one.pk]) in page
    for kind, name, key in (
        ("export-manifests", "admin:export_notice", manifest.pk),
        ("export-declaration", "admin:export_list", one.pk),
    ):
        case = Referral.objects.get(submission__kind=kind)
        assert reverse(name, args=[key]) in shown(client, "admin:case", case.pk)


def test_documents_on_a_submission_lead_to_their_pages(here: World) -> None:
    one = parcels.declared(here)
    client = browser(here.companies["G"])
    for kind, name, key in (
        ("export-declaration", "export_list", one.pk),
        ("export-manifests", "export_notice", Manifest.objects.get().pk),
    ):
        reference = Submission.objects.get(kind=kind).reference
        assert reverse(name, args=[key]) in shown(client, "submission", reference)
