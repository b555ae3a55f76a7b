"""Rules and rates of a day, from the portal's own data files: no database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from customs.import_tax.rates import rate_of
from customs.import_tax.values import Rate
from reference.datafiles import code_rows, parameter_rows
from reference.parameters import Parameters, in_force
from reference.tariff_file import TARIFF, read_tariff

ParametersOn = Callable[[date], Parameters]


@pytest.fixture(scope="session")
def parameters_on() -> ParametersOn:
    rows = parameter_rows()
    return lambda on: in_force(rows, on)


@pytest.fixture(scope="session")
def today(parameters_on: ParametersOn) -> Parameters:
    """The rules of the story's day."""
    return parameters_on(date(2026, 11, 23))


@pytest.fixture(scope="session")
def story_rates() -> dict[str, Rate]:
    """Rates of the ten goods of the demo data."""
    units = {row.code for row in code_rows() if row.table == "unit"}
    rows, problems = read_tariff(TARIFF, units)
    assert not problems
    return {row.hs10: rate_of(row) for row in rows}
