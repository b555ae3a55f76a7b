"""The shipped data files: complete, well formed, and the tariff reader that guards them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from reference.datafiles import DATA, code_rows
from reference.parameters import Parameters
from reference.tariff_file import COLUMNS, TARIFF, read_tariff

CODES = list(code_rows())
UNITS = {row.code for row in CODES if row.table == "unit"}
GOOD = {
    "hs10": "2208300000",
    "valid_from": "2026-01-01",
    "name_zh": "威士忌酒",
    "name_en": "Whisky",
    "unit1": "095",
    "unit2": "035",
    "mfn_rate": "0.10",
    "vat_rate": "0.13",
    "ct_rate": "0.20",
    "ct_specific": "0.912",
    "ct_specific_unit": "095",
    "ct_threshold": "",
    "ct_threshold_unit": "",
    "evidence": "official",
    "source": "tariff of the year",
}


def test_no_code_is_there_twice_and_every_one_says_where_it_comes_from() -> None:
    assert len({(row.table, row.code, row.valid_from) for row in CODES}) == len(CODES)
    for row in CODES:
        assert row.name_zh, row
        assert row.source, row
        assert row.trust in {"high", "medium"}, row
        assert row.code == row.code.strip()


def test_what_people_choose_from_has_a_name_in_both_languages() -> None:
    """Not so: customs' own 4-digit offices and modes, which bring Chinese names only."""
    chinese_only = {"customs_office", "trade_mode"}
    assert [row for row in CODES if not row.name_en and row.table not in chinese_only] == []
    names = [row.name_en for row in CODES if row.table == "unit"]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("table", "length"),
    [
        ("country", 3),
        ("currency", 3),
        ("unit", 3),
        ("customs_office", 4),
        ("trade_mode", 4),
        ("wrap_type", 1),
    ],
)
def test_the_length_of_codes(table: str, length: int) -> None:
    lengths = {len(row.code) for row in CODES if row.table == table}
    assert lengths == {length}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("country", "142"),
        ("country", "502"),
        ("currency", "142"),
        ("unit", "035"),
        ("customs_office", "0213"),
        ("customs_office", "0202"),
        ("trade_mode_import_list", "1210"),
        ("trade_mode_export_list", "9810"),
        ("return_status", "800"),
        ("customs_reply_code", "1332"),
        ("import_error", "-621018"),
        ("traf_mode", "2"),
    ],
)
def test_codes_that_the_demo_data_needs(table: str, code: str) -> None:
    assert (table, code) in {(row.table, row.code) for row in CODES}


def test_the_shipped_tariff_is_without_fault() -> None:
    rows, problems = read_tariff(TARIFF, UNITS)
    assert problems == []
    assert len(rows) == 10


@pytest.mark.customs_files
def test_every_import_error_of_the_specification_has_a_meaning_of_our_own(ceb_reference: Path) -> None:
    path = ceb_reference / "codes" / "error_codes_business_import.csv"
    with path.open(encoding="utf-8", newline="") as file:
        theirs = {row["code"]: row["name_zh"] for row in csv.DictReader(file)}
    ours = {row.code: row for row in CODES if row.table == "import_error"}
    assert set(ours) == set(theirs)
    assert all(row.name_en for row in ours.values())
    long_ones = [c for c, row in ours.items() if row.name_zh == theirs[c] and len(row.name_zh) > 6]
    assert long_ones == [], "meanings are ours, not customs' sentences"


def written(folder: Path, *lines: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "tariff.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**GOOD, **line} for line in lines)
    return path


def faults(path: Path) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in read_tariff(path, UNITS)[1]]


def test_a_good_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    rows, problems = read_tariff(written(tmp_path, {}, {"hs10": "2208200000"}), UNITS)
    assert problems == []
    assert [row.hs10 for row in rows] == ["2208300000", "2208200000"]


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"hs10": "22083000"}, "tariff.hs10", "hs10"),
        ({"hs10": "220830000０"}, "tariff.hs10", "hs10"),
        ({"valid_from": "2026-02-30"}, "tariff.date", "valid_from"),
        ({"name_zh": " "}, "tariff.empty", "name_zh"),
        ({"name_en": "x" * 301}, "tariff.length", "name_en"),
        ({"unit1": "35"}, "tariff.code", "unit1"),
        ({"unit1": ""}, "tariff.code", "unit1"),
        ({"unit2": "999"}, "tariff.code", "unit2"),
        ({"vat_rate": "13"}, "tariff.rate", "vat_rate"),
        ({"vat_rate": ""}, "tariff.empty", "vat_rate"),
        ({"vat_rate": "-0.13"}, "tariff.rate", "vat_rate"),
        ({"vat_rate": "13%"}, "tariff.number", "vat_rate"),
        ({"mfn_rate": "10"}, "tariff.rate", "mfn_rate"),
        ({"mfn_rate": "NaN"}, "tariff.number", "mfn_rate"),
        ({"ct_rate": "0.1234567"}, "tariff.rate", "ct_rate"),
        ({"ct_specific": "-1"}, "tariff.amount", "ct_specific"),
        ({"ct_specific": ""}, "tariff.pair", "ct_specific_unit"),
        ({"ct_specific_unit": ""}, "tariff.pair", "ct_specific_unit"),
        ({"ct_threshold": "10"}, "tariff.pair", "ct_threshold_unit"),
        ({"ct_threshold": "10", "ct_threshold_unit": "ml"}, "tariff.code", "ct_threshold_unit"),
        ({"evidence": "sure"}, "tariff.code", "evidence"),
        ({"source": ""}, "tariff.empty", "source"),
    ],
)
def test_each_fault_is_named_with_its_line_and_column(
    cells: dict[str, str], code: str, column: str, tmp_path: Path
) -> None:
    path = written(tmp_path, {"hs10": "2208200000"}, cells)
    assert (code, f"/line[3]/{column}") in faults(path)
    assert {where.split("/")[1] for _, where in faults(path)} == {"line[3]"}


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, {"vat_rate": "13", "unit1": "x"}, {"hs10": "1"}, {"hs10": "2"})
    assert len(faults(path)) == 4


def test_a_line_written_twice(tmp_path: Path) -> None:
    assert faults(written(tmp_path, {}, {})) == [("tariff.repeated", "/line[3]/hs10")]


def test_a_missing_column_and_a_file_that_is_no_text(tmp_path: Path) -> None:
    assert faults(written(tmp_path, {}, columns=COLUMNS[:-1])) == [("tariff.columns", "/line[1]")]
    path = tmp_path / "gbk.csv"
    path.write_bytes("税则".encode("gbk"))
    assert [code for code, _ in faults(path)] == ["tariff.file"]


def test_the_data_folder_holds_nothing_unread() -> None:
    assert {path.name for path in DATA.iterdir()} == {
        "codes",
        "parameters.toml",
        "tariff.csv",
        "calendar.csv",
        "exchange_rates.csv",
    }


def test_the_manual_names_every_table_parameter_and_column() -> None:
    manual = (DATA.parent.parent / "docs" / "reference-data.md").read_text(encoding="utf-8")
    known = {row.table for row in CODES} | set(Parameters.names()) | set(COLUMNS)
    assert {name for name in known if f"`{name}`" not in manual} == set()
