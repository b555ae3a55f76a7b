"""Loading and reading back, on the real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from reference import selectors
from reference.datafiles import calendar_rows, code_rows, parameter_rows, rate_rows
from reference.models import Code, Parameter, TariffLine
from reference.parameters import ParameterMissing, in_force
from reference.services import load_reference
from reference.tariff_file import TARIFF
from trail.models import Entry

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture
def loaded() -> None:
    load_reference()


def test_the_same_data_twice_changes_nothing() -> None:
    first = load_reference()
    entries = Entry.objects.count()
    second = load_reference()
    shipped = [len(list(code_rows())), len(parameter_rows()), len(calendar_rows()), len(rate_rows()), 10]
    assert [done.created for done in first] == shipped
    assert [(done.created, done.changed) for done in second] == [(0, 0)] * 5
    assert [done.unchanged for done in second] == [done.created for done in first]
    assert Entry.objects.count() == entries == 5


def test_a_row_changed_by_hand_is_mended_and_counted(loaded: None) -> None:
    Code.objects.filter(table="unit", code="035").update(name_zh="公斤")
    assert [done.changed for done in load_reference()] == [1, 0, 0, 0, 0]
    assert selectors.code_name("unit", "035", TODAY) == "千克"


def test_an_official_tariff_line_is_not_overwritten_by_the_shipped_one(loaded: None) -> None:
    TariffLine.objects.filter(hs10="2208300000").update(evidence="official", mfn_rate="0.05")
    load_reference()
    assert TariffLine.objects.get(hs10="2208300000").mfn_rate == Decimal("0.05")


def test_a_code_holds_from_its_day_until_it_is_withdrawn(loaded: None) -> None:
    assert "9810" not in selectors.code_sets(date(2020, 6, 30))["trade_mode"]
    assert "9810" in selectors.code_sets(date(2020, 7, 1))["trade_mode"]
    Code.objects.create(
        table="trade_mode",
        code="9810",
        valid_from=date(2027, 1, 1),
        name_zh="停用",
        trust="high",
        source="test",
        withdrawn=True,
    )
    selectors.forget()
    assert "9810" in selectors.code_sets(date(2026, 12, 31))["trade_mode"]
    assert "9810" not in selectors.code_sets(date(2027, 1, 1))["trade_mode"]


def test_code_sets_are_read_once_a_process_and_afresh_after_a_load(
    loaded: None, django_assert_num_queries
) -> None:
    selectors.forget()
    with django_assert_num_queries(1):
        assert "142" in selectors.code_sets(TODAY)["country"]
        assert "SUR" not in selectors.code_sets(TODAY)["currency"]
        assert selectors.code_name("country", "142", TODAY)
    Code.objects.filter(table="country", code="142").delete()
    load_reference()
    assert "142" in selectors.code_sets(TODAY)["country"]


def test_withdrawn_currencies_are_not_offered(loaded: None) -> None:
    assert "332" not in selectors.code_sets(TODAY)["currency"]
    assert selectors.code_name("currency", "332", TODAY) == ""


def test_names_follow_the_language(loaded: None) -> None:
    with translation.override("en"):
        assert selectors.code_name("country", "142", TODAY) == "China"
        assert selectors.code_name("unit", "004", TODAY) == "vessel"
        assert selectors.code_name("customs_office", "0100", TODAY) == "北京关区"  # there is no English name
    with translation.override("zh-hans"):
        assert selectors.code_name("country", "142", TODAY) == "中国"
        assert selectors.code_names("wrap_type", TODAY)["2"] == "纸箱"


def test_an_empty_table_is_not_cached() -> None:
    assert selectors.code_sets(TODAY) == {}
    load_reference()
    assert "unit" in selectors.code_sets(TODAY)


def test_the_tariff_of_a_day_in_one_query(loaded: None, django_assert_num_queries) -> None:
    newer = TariffLine.objects.get(hs10="2208300000")
    newer.pk, newer.valid_from, newer.mfn_rate = None, date(2027, 1, 1), "0.08"
    newer.save()
    wanted = ["2208300000", "1509200000", "0000000000"]
    with django_assert_num_queries(1):
        today = selectors.tariff(wanted, TODAY)
    assert set(today) == {"2208300000", "1509200000"}
    assert str(today["2208300000"].mfn_rate) == "0.10000"
    assert str(selectors.tariff(wanted, date(2027, 1, 1))["2208300000"].mfn_rate) == "0.08000"
    assert selectors.tariff(wanted, date(2025, 12, 31)) == {}


def test_parameters_from_the_table_are_those_of_the_file(loaded: None) -> None:
    for on in (date(2016, 4, 8), date(2018, 12, 31), TODAY):
        assert selectors.parameters(on) == in_force(parameter_rows(), on)


def test_without_data_there_are_no_parameters() -> None:
    with pytest.raises(ParameterMissing):
        selectors.parameters(TODAY)


def test_the_database_keeps_rows_apart_and_whole(loaded: None) -> None:
    row = Parameter.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    for wrong in ({"hs10": "22083000"}, {"vat_rate": "1"}, {"ct_specific_unit": ""}, {"ct_threshold": "5"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TariffLine.objects.filter(hs10="2208300000").update(**wrong)


def test_load_reference_says_what_it_did() -> None:
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert "tariffline: 10 created, 0 changed, 0 unchanged" in out.getvalue()


def run_load_tariff(path: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("load_tariff", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        return "", f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    text = TARIFF.read_text(encoding="utf-8").replace("2026-01-01", "2027-01-01")
    path = tmp_path / "tariff.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_tariff_is_loaded_once(loaded: None, good_file: Path) -> None:
    assert "10 created, 0 changed, 0 unchanged" in run_load_tariff(good_file)[0]
    assert "0 created, 0 changed, 10 unchanged" in run_load_tariff(good_file)[0]


def test_one_fault_and_nothing_is_loaded(loaded: None, good_file: Path) -> None:
    bad = good_file.read_text(encoding="utf-8").replace(",0.09,", ",9,").replace("4202210090", "42022100")
    good_file.write_text(bad, encoding="utf-8")
    _, said = run_load_tariff(good_file)
    assert "/line[2]/vat_rate" in said
    assert "/line[11]/hs10" in said
    assert "2 faults in 10 lines: nothing was loaded." in said
    assert TariffLine.objects.count() == 10


def test_a_dry_run_loads_nothing(loaded: None, good_file: Path) -> None:
    assert "10 lines without fault" in run_load_tariff(good_file, "--dry-run")[0]
    assert TariffLine.objects.count() == 10


def test_load_tariff_without_units_or_file(good_file: Path, tmp_path: Path) -> None:
    assert "run load_reference first" in run_load_tariff(good_file)[1]
    assert "no such file" in run_load_tariff(tmp_path / "none.csv")[1]
