"""Classification: labelled samples with a stated accuracy, both ways of being wrong, and what must always hold."""

from __future__ import annotations

import csv
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.b2b.law import FIXED, PARAMETERS
from customs.b2b.rules import CBEC_B2B, GENERAL_TRADE, MODES, Facts, Law, classify, documents
from customs.b2b.texts import MET, UNMET
from customs.b2b.ways import Consignment, against_a_list, ways
from reference.datafiles import parameter_rows
from reference.parameters import ParameterMissing, setting_in_force

SAMPLES = Path(__file__).with_name("samples.csv")
STATED_ACCURACY = 0.95  # docs/b2b.md says so
# Rules over what is filled in cannot see that a field holds a word without meaning.
MISSED = {"S65", "S66"}
PARAMETER_ROWS = parameter_rows()
TODAY = date(2026, 11, 25)


def law(on: date) -> Law:
    """The law of a day out of the shipped data, without a database."""
    values = {}
    for rule, key in PARAMETERS.items():
        try:
            values[rule] = bool(setting_in_force(PARAMETER_ROWS, key, on).value)
        except ParameterMissing:
            values[rule] = False
    return Law(values["offered"], values["logistics"], values["payment"], values["filing"], dict(FIXED))


def samples() -> list[dict[str, str]]:
    """The labelled declarations."""
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(row: dict[str, str]) -> Facts:
    """A row as the rules get it."""
    names = {field.name for field in fields(Facts)} & row.keys()
    return Facts(
        on=date.fromisoformat(row["day"]),
        registered=row["registered"] == "1",
        filed_warehouse=row["filed"] == "1",
        **{name: row[name] for name in names - {"registered"}},  # type: ignore[arg-type]
    )


ROWS = samples()


def test_there_are_enough_samples_of_every_kind() -> None:
    assert len(ROWS) >= 60
    assert {(row["claimed"], row["verdict"]) for row in ROWS} >= {
        (claimed, verdict) for claimed in (*MODES, "0110") for verdict in (CBEC_B2B, GENERAL_TRADE)
    }
    assert sum(row["claimed"] != row["fitting"] for row in ROWS) >= 20


def test_the_stated_accuracy_is_reached_and_what_is_missed_is_known() -> None:
    missed = set()
    for row in ROWS:
        found = classify(facts(row), law(date.fromisoformat(row["day"])))
        if (found.verdict, found.fitting) != (row["verdict"], row["fitting"]):
            missed.add(row["id"])
    assert missed == MISSED
    assert 1 - len(missed) / len(ROWS) >= STATED_ACCURACY


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] not in MISSED], ids=lambda row: row["id"])
def test_documents_and_findings_of_a_sample(row: dict[str, str]) -> None:
    one = facts(row)
    found = classify(one, law(one.on))
    assert found.documents == row["documents"], row["note"]
    assert found.wrongly_claimed == (row["claimed"] != row["fitting"])
    if found.wrongly_claimed and one.claimed in MODES:
        assert found.missing, "a wrong claim always says what is missing"


def test_every_condition_says_what_it_means_and_where_it_stands() -> None:
    one = Facts(claimed="9710", on=TODAY)
    found = classify(one, law(TODAY))
    assert {reason.rule for reason in found.reasons if not reason.met} >= {"platform", "order", "business"}
    assert set(MET) == set(UNMET) == set(FIXED) | set(PARAMETERS)
    for reason in found.reasons:
        assert reason.problem.text
        assert reason.rule in PARAMETERS or reason.source.text


WORDS = st.sampled_from(["", "A", "B"])
ANY = st.builds(
    Facts,
    claimed=st.sampled_from(["9710", "9810", "0110"]),
    on=st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    country=st.sampled_from(["", "142", "502"]),
    registered=st.booleans(),
    platform=WORDS,
    order_no=WORDS,
    buyer=st.sampled_from(["", "firm", "person"]),
    booking_no=WORDS,
    warehouse=WORDS,
    filed_warehouse=st.booleans(),
    logistics_no=WORDS,
    logistics_refers=WORDS,
    payment_no=WORDS,
    payment_refers=WORDS,
)
LAWS = st.builds(Law, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.just({}))
DOCUMENTS = ("platform", "order_no", "booking_no", "warehouse", "logistics_no", "payment_no")
REFERENCES = ("logistics_refers", "payment_refers")


@given(ANY, LAWS, st.sampled_from(DOCUMENTS + REFERENCES), st.sampled_from(["A", "B", "C"]))
def test_a_document_that_was_missing_never_makes_general_trade(
    one: Facts, held: Law, name: str, value: str
) -> None:
    if getattr(one, name):
        return
    before = classify(one, held)
    after = classify(replace(one, **{name: value}), held)
    if before.verdict == CBEC_B2B:
        assert after.verdict == CBEC_B2B
    order = ("lacking", "two", "three")
    assert order.index(after.documents) >= order.index(before.documents)


@given(ANY, LAWS)
def test_the_verdict_is_what_the_conditions_say(one: Facts, held: Law) -> None:
    found = classify(one, held)
    whole = [
        mode
        for mode in MODES
        if (own := [r for r in found.reasons if r.mode == mode]) and all(r.met for r in own)
    ]
    assert (found.verdict == CBEC_B2B) == bool(whole) == (found.fitting in MODES)
    assert found.wrongly_claimed == (found.claimed != found.fitting)
    if one.claimed in whole:
        assert found.fitting == one.claimed
    assert found.documents == documents(one)


@given(ANY, LAWS)
def test_a_stricter_law_never_makes_more_b2b(one: Facts, held: Law) -> None:
    stricter = replace(held, logistics_needed=True, payment_needed=True, warehouse_filing=True)
    if classify(one, stricter).verdict == CBEC_B2B:
        assert classify(one, held).verdict == CBEC_B2B


PLAIN = Consignment(Decimal("5000.00"), Decimal(5000), licence=False, inspection=False, tax=False)


def test_how_a_consignment_may_be_declared() -> None:
    assert ways(PLAIN) == ("h2018", "list")
    assert ways(replace(PLAIN, value=Decimal("5000.01"))) == ("h2018",)
    assert against_a_list(replace(PLAIN, value=Decimal("219960.00"), tax=True)) == ["way.value", "way.tax"]
    assert against_a_list(replace(PLAIN, value=None)) == ["way.value_unknown"]
    assert against_a_list(replace(PLAIN, licence=None)) == ["way.unanswered"]
    all_of_it = Consignment(Decimal(6000), Decimal(5000), licence=True, inspection=True, tax=True)
    assert against_a_list(all_of_it) == ["way.value", "way.licence", "way.inspection", "way.tax"]


def test_the_dated_rules_as_shipped() -> None:
    limits = setting_in_force(PARAMETER_ROWS, "b2b_list_limit", TODAY)
    assert (limits.value, limits.standing) == (Decimal(5000), "unverified")
    assert not law(date(2020, 6, 30)).offered
    assert law(date(2020, 7, 1)).offered
    assert law(date(2024, 12, 14)).warehouse_filing
    assert not law(date(2024, 12, 15)).warehouse_filing
    for key in ("b2b_logistics_needed", "b2b_payment_needed", "b2b_return_9710"):
        assert setting_in_force(PARAMETER_ROWS, key, TODAY).standing == "contested"
