"""Import tax of loaded lists: contents, days, missing rates, the working kept."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from customs import tax
from customs.demo import envelope, story_message
from customs.demo.story import story_document
from customs.import_tax.values import Rate
from customs.models import Inventory, InventoryLine
from customs.tax_view import working_of
from reference.models import TariffLine
from tests.customs.factories import World, findings

SHEETS = Rate("1", D("0.13"), D("0.15"), D("0.01"), ct_threshold=D(15), ct_threshold_unit="sheet")
BY_WEIGHT = Rate("1", D("0.13"), D("0.15"), D("0.01"), ct_threshold=D(10), ct_threshold_unit="ml_or_g")
BY_LITRE = Rate("1", D("0.13"), D("0.20"), D("0.1"), ct_specific=D("0.912"), ct_specific_unit="l")


def line(**values: object) -> dict[str, object]:
    return {
        "gnum": 1, "qty": D(2), "unit1": "035", "qty1": D("0.1"), "unit2": "", "qty2": None,
        "gmodel": "规格：50 g/瓶", **values,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "values", "content"),
    [
        (BY_WEIGHT, {}, "0.05 kg"),
        (SHEETS, {"gmodel": "规格：5 片/盒"}, "5 sheet"),
        (BY_LITRE, {"unit1": "095", "qty1": D("1.4")}, "0.7 l"),
        (BY_LITRE, {"unit2": "095", "qty2": D("1.4")}, "0.7 l"),
        (BY_LITRE, {"gmodel": "700 ml"}, "700 ml"),
        (BY_LITRE, {"gmodel": "-"}, None),
        (None, {}, None),
    ],
)
def test_content_comes_in_a_unit_that_the_rate_asks_for(rate, values, content) -> None:
    found = tax.content_of(line(**values), rate)
    assert (found and f"{found.amount:f} {found.unit}") == content


def warned(*, rate=BY_WEIGHT, **values: object) -> list[str]:
    return [problem.code for problem in tax._label(line(**values), rate)]


def test_a_statutory_quantity_unlike_the_label_is_pointed_out() -> None:
    assert warned() == []
    assert warned(qty1=D("0.167")) == ["tax.content_differs"]
    assert warned(gmodel="30 ml", qty1=D("0.06")) == []  # 1 ml counts as 1 g
    assert warned(gmodel="no figure", qty1=D("0.167")) == []
    assert warned(rate=SHEETS, qty1=D("0.167")) == []


@pytest.mark.django_db
def test_mis_stated_quantity_flips_the_tax_and_is_pointed_out(here: World) -> None:
    lines = {1: {"qty1": "0.0835"}}
    one = here.declared("O02", CEB621={"lines": lines})
    assert one.consumption_tax == 0
    assert {"tax.content_differs", "tax.withheld"} == set(findings(one))


@pytest.mark.django_db
def test_a_missing_rate_is_pointed_out_and_holds_nothing_up(here: World) -> None:
    TariffLine.objects.filter(hs10="2106909090").delete()
    one = here.declared("O01")
    assert (one.state, findings(one)) == ("ready", ["import_tax.rate_missing"])
    assert one.findings[0]["path"] == "/InventoryList[2]/gcode"
    assert (one.dutiable_value, one.tax_total) == (D("1566.00"), None)


@pytest.mark.django_db
def test_a_day_before_the_rules_began(here: World) -> None:
    one = here.declared("O01", CEB621={"declTime": "20100101"})
    assert findings(one) == ["tax.no_rules"]
    assert (one.tax_regime, working_of(one), one.dutiable_value) == ("", {}, None)


@pytest.mark.django_db
def test_lists_of_two_days_in_one_message_have_each_their_rules(here: World) -> None:
    TariffLine.objects.filter(hs10="2106909090").update(valid_from="2026-11-05")
    documents = [story_document("O01", "CEB621"), story_document("O10", "CEB621")]
    here.load("CEB621", envelope("CEB621", documents))
    found = dict(Inventory.objects.values_list("order_no", "tax_total"))
    assert found == {"HY20261103O01": None, "HY20261116O10": D("11.74")}


@pytest.mark.django_db
def test_a_value_beyond_all_purchases_is_a_fault(here: World) -> None:
    huge = {1: {"qty": "999999999", "price": "999999999.00", "totalPrice": "999999999.00"}}
    here.load("CEB621", story_message("O01", "CEB621", lines=huge))
    assert "tax.beyond" in findings(Inventory.objects.get(), "error")


@pytest.mark.django_db
def test_taxes_stand_on_the_lines_and_the_working_beside_them(here: World) -> None:
    one = here.declared("O07")
    only = InventoryLine.objects.get()
    assert (only.dutiable_value, only.tariff, only.consumption_tax, only.vat) == (
        D("301.00"), D("0.00"), D("37.18"), D("32.22"),
    )  # fmt: skip
    working = working_of(one)
    assert (working["used_before"], working["used_after"]) == ("0.00", "301.00")
    assert {rule["code"] for rule in working["rules"]} >= {"R1.03", "R1.05", "R1.17"}
    (kept,) = working["lines"]
    assert (kept["gnum"], kept["charges"], kept["threshold_met"]) == (1, "5.00", True)
    assert D(kept["unit_value"]).quantize(D("0.01")) == D("10.03")
    assert {"message", "working", "result", "unit"} == set(kept["steps"][0])
