"""Published and derived cases, to the fen and at their dates; they lie beside customs' files."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from customs.import_tax.rules import assess
from customs.import_tax.values import Assessment, OrderLine, OrderValue

PUBLISHED_CASES = 14


def read_cases(ceb_reference: Path) -> list[dict[str, str]]:
    with (ceb_reference.parent / "tax-examples.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assess_case(case: dict[str, str], parameters_on) -> Assessment:
    line = OrderLine(
        hs=case["hs"],
        price=Decimal(case["price"]),
        quantity=Decimal(case["qty"]),
        vat_rate=Decimal(case["vat_rate"]),
        ct_rate=Decimal(case["consumption_rate"]),
        tariff_rate=Decimal(case["tariff_rate"]),
    )
    order = OrderValue((line,), Decimal(case["freight"]), Decimal(case["insurance"]))
    return assess(order, {}, parameters_on(date.fromisoformat(case["date"])))


def figures(result: Assessment) -> tuple[object, ...]:
    return (
        result.regime,
        result.dutiable_value,
        result.tariff,
        result.consumption_tax,
        result.vat,
        result.total,
    )


@pytest.mark.customs_files
def test_every_case_to_be_asserted_comes_out_to_the_fen(ceb_reference: Path, parameters_on) -> None:
    cases = [case for case in read_cases(ceb_reference) if case["use_as"] == "assert"]
    assert len(cases) == PUBLISHED_CASES
    for case in cases:
        expected = (
            case["regime"],
            *(
                Decimal(case[f"expected_{name}"])
                for name in ("dutiable_value", "tariff", "consumption_tax", "vat", "total")
            ),
        )
        assert figures(assess_case(case, parameters_on)) == expected, case["case_id"]


@pytest.mark.customs_files
def test_the_inconsistent_published_case_is_not_reproduced(ceb_reference: Path, parameters_on) -> None:
    case = next(case for case in read_cases(ceb_reference) if case["case_id"] == "N01")
    result = assess_case(case, parameters_on)
    assert result.total == Decimal("60.06")
    assert result.total != Decimal("85.15")


def test_cosmetics_are_not_taxed_at_the_sum_of_the_rates(today) -> None:
    """0.7 × (ct + vat) is a common published error: the base contains the consumption tax."""
    line = OrderLine("", Decimal(100), Decimal(1), vat_rate=Decimal("0.13"), ct_rate=Decimal("0.15"))
    total = assess(OrderValue((line,)), {}, today).total
    assert total == Decimal("23.06")
    assert total != Decimal("19.60")
