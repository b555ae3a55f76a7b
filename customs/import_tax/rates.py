"""From a line of the tariff (`reference.selectors.tariff`) to the rates that the assessment takes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from customs.import_tax.measures import CUSTOMS_UNITS
from customs.import_tax.values import ZERO, ContentUnit, Rate, ThresholdUnit
from reference.parameters import Standing

STANDING: dict[str, Standing] = {
    "official": "firm",
    "seen": "firm",
    "rules": "firm",
    "memory": "unverified",
}


def rate_of(line: Any) -> Rate:
    """The rates of one tariff line (any object with the attributes of `reference.tariff_file.TariffRow`)."""
    unit, amount = _specific(line)
    return Rate(
        hs=line.hs10,
        vat=line.vat_rate,
        ct=line.ct_rate,
        tariff=line.mfn_rate,
        ct_specific=amount,
        ct_specific_unit=unit,
        ct_threshold=line.ct_threshold,
        ct_threshold_unit=cast(ThresholdUnit, line.ct_threshold_unit),
        source=line.source,
        standing=STANDING.get(line.evidence, "unverified"),
    )


def rates_of(lines: Mapping[str, Any]) -> dict[str, Rate]:
    """The same for a whole answer of `selectors.tariff`."""
    return {hs: rate_of(line) for hs, line in lines.items()}


def _specific(line: Any) -> tuple[ContentUnit | None, Decimal]:
    """The tax by quantity per a unit in which contents are stated: 912 yuan a kilolitre is 0.912 a litre."""
    if line.ct_specific is None:
        return None, ZERO
    unit, size = CUSTOMS_UNITS.get(line.ct_specific_unit, ("piece", Decimal(1)))
    return unit, line.ct_specific / size
