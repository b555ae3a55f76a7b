"""One export list with the same engine: from an order, with goods on file, to the message."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from customs.ceb import read
from customs.demo.export import order, parcels, waybill
from customs.demo.wire import envelope
from customs.intake import receive_message
from customs.load import load_message
from customs.models import ExportList, ExportOrder
from filing.models import GoodsFiling
from submissions.models import Submission
from submissions.services import receive, unseal_payload
from tests.customs.factories import World
from tests.customs.onelist.test_import import confirmed, form_of
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db
ONE = parcels()[0]
THE_REST = {
    "f-statisticsFlag": "A", "f-tradeMode": "9610", "f-customsCode": "0213", "f-portCode": "0202",
    "f-ieDate": "2026-10-10", "f-trafMode": "2", "f-country": "502", "f-POD": "USA", "f-wrapType": "2",
    "f-logisticsCode": "", "f-grossWeight": "3", "f-netWeight": "2.5", "l1-barCode": "无",
}  # fmt: skip


@pytest.fixture
def sold(here: World) -> ExportOrder:
    """F's order of the story's first parcel with its waybill; the good is on file."""
    for type_, make, key in (("CEB303", order, "F"), ("CEB505", waybill, "D")):
        data = envelope(type_, [make(ONE)], sender=key)
        received = receive_message(data, principal=here.principal(key), channel="test")
        load_message(received.submission.pk)
    firm = here.companies["F"]
    filing = receive(
        kind="goods-filing", company=firm, by=SYSTEM, channel="test", payload=b"{}", parties=(), agencies=(),
        content_type="application/json", title="", hold=False,
    )  # fmt: skip
    (unit1, factor1), *more = ONE.goods.units
    GoodsFiling.objects.create(
        company=firm, submission=filing, item_no=ONE.goods.sku, valid_from=date(2026, 9, 1), hs10=ONE.goods.hs,
        name_zh="合纤绒毯", specification="150×200", unit=ONE.goods.unit, unit1=unit1, factor1=factor1,
        unit2=more[0][0] if more else "", factor2=more[0][1] if more else None, origin="142", trade_modes=["9610"],
        digest="x",
    )  # fmt: skip
    return ExportOrder.objects.get()


def test_an_export_list_from_an_order(here: World, clerk: Client, sold: ExportOrder) -> None:
    answer = clerk.post(reverse("one_list_export"), {"order": sold.pk})
    draft = Submission.objects.get(pk=answer["Location"].split("/")[-2])
    values = form_of(clerk, draft)
    assert (values["l1-gcode"], values["l1-gmodel"], values["f-ownerCode"]) == (
        ONE.goods.hs, "150×200", here.companies["F"].customs_code,
    )  # fmt: skip
    carrier = here.companies["D"]
    more = THE_REST | {"f-logisticsCode": carrier.customs_code, "f-logisticsName": carrier.name}
    more |= {"f-logisticsNo": ONE.waybill_no}
    assert clerk.post(reverse("one_list", args=[draft.pk]), values | more).status_code == 302
    draft.refresh_from_db()
    assert clerk.get(reverse("one_list_check", args=[draft.pk])).context["tax"] is None
    answer = confirmed(clerk, draft)
    assert answer.status_code == 302, [(p.problem.code, p.problem.path) for p, _u in answer.context["errors"]]
    draft.refresh_from_db()
    sent = read(unseal_payload(draft)).documents[0]
    line = sent.lines[0]
    # Simplified: four digits; statutory quantity by the factor on file; the list's country.
    assert (line["gcode"], line["country"]) == (f"{ONE.goods.hs[:4]}000000", "502")
    assert Decimal(line["qty1"]) == ONE.quantity * ONE.goods.units[0][1]
    assert Decimal(line["totalPrice"]) == ONE.value
    load_message(draft.pk)
    row = ExportList.objects.get()
    assert (row.order_no, row.order_document is not None) == (sold.order_no, True)
    assert [one for one in row.findings if one["level"] == "error"] == []
    # Sent back, it is corrected and declared again under its number.
    ExportList.objects.update(state="returned")
    assert (
        f'name="list" value="{row.pk}"' in clerk.get(reverse("export_list", args=[row.pk])).content.decode()
    )
    answer = clerk.post(reverse("one_list_export"), {"list": row.pk})
    again = Submission.objects.get(pk=answer["Location"].split("/")[-2])
    assert confirmed(clerk, again).status_code == 302
    again.refresh_from_db()
    head = read(unseal_payload(again)).documents[0].head
    assert (head["appType"], head["copNo"]) == ("2", row.cop_no)


def test_a_line_is_filled_from_the_goods_on_file(here: World, clerk: Client, sold: ExportOrder) -> None:
    answer = clerk.post(reverse("one_list_export"), {"firm": here.companies["F"].pk})
    draft = Submission.objects.get(pk=answer["Location"].split("/")[-2])
    page = clerk.get(reverse("one_list", args=[draft.pk])).content.decode()
    assert f'<option value="{ONE.goods.sku}">' in page
    for number, expected in ((ONE.goods.sku, ONE.goods.hs), ("NOT-FILED", "")):
        values = form_of(clerk, draft) | {"l1-itemNo": number, "l1-gcode": "", "fill": "1"}
        clerk.post(reverse("one_list", args=[draft.pk]), values)
        assert form_of(clerk, draft)["l1-gcode"] == expected
