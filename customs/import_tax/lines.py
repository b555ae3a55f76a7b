"""The taxes of one line: rates that apply, the tests by unit value, the arithmetic and its working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from customs.import_tax.measures import Content, convert, for_threshold
from customs.import_tax.money import rounded
from customs.import_tax.values import ZERO, LineAssessment, OrderLine, Rate, Regime, Step
from reference.parameters import Parameters
from reference.problems import Problem

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class TaxBase:
    """What the taxes of a line are computed from, all conditions decided."""

    line: OrderLine
    value: Decimal
    charges: Decimal
    vat: Decimal
    ct: Decimal
    tariff: Decimal
    specific: Decimal = ZERO
    unit_value: Decimal | None = None
    unit: str = ""
    threshold_met: bool | None = None

    @property
    def dutiable_value(self) -> Decimal:
        return self.value + self.charges


def rate_for(line: OrderLine, rates: Mapping[str, Rate]) -> Rate:
    """The table's rate with what the line itself states put over it."""
    table = rates.get(line.hs)
    return Rate(
        hs=line.hs,
        vat=line.vat_rate if line.vat_rate is not None or table is None else table.vat,
        ct=line.ct_rate if line.ct_rate is not None or table is None else table.ct,
        tariff=line.tariff_rate if line.tariff_rate is not None or table is None else table.tariff,
        ct_specific=table.ct_specific if table else ZERO,
        ct_specific_unit=table.ct_specific_unit if table else None,
        ct_threshold=table.ct_threshold if table else None,
        ct_threshold_unit=table.ct_threshold_unit if table else "",
        source=table.source if table else "",
        standing=table.standing if table else "unverified",
    )


def base_of(
    index: int,
    line: OrderLine,
    *,
    money: tuple[Decimal, Decimal],
    rates: Mapping[str, Rate],
    regime: Regime,
    params: Parameters,
) -> TaxBase | list[Problem]:
    """The tax base of line `index` with `money` = (value, charges), or everything that is missing for it."""
    rate = rate_for(line, rates)
    path = f"/lines/{index}"
    problems = _missing_rates(path, rate, regime, params)
    problems += _missing_content(path, line, rate)
    if problems or rate.vat is None or rate.ct is None:
        return problems
    within = regime == "within_limit"
    value, charges = money
    unit_value, unit = _unit_value(line, rate, value, charges, params)
    met = None if unit_value is None or rate.ct_threshold is None else unit_value >= rate.ct_threshold
    taxed = met is not False
    return TaxBase(
        line=line,
        value=value,
        charges=charges,
        vat=rate.vat,
        ct=rate.ct if taxed else ZERO,
        tariff=(rate.tariff or ZERO) * (params.tariff_factor_within_limits.value if within else 1),
        specific=_specific(line, rate) if taxed else ZERO,
        unit_value=unit_value,
        unit=unit,
        threshold_met=met,
    )


def _missing_rates(path: str, rate: Rate, regime: Regime, params: Parameters) -> list[Problem]:
    needed: dict[str, Decimal | None] = {"vat_rate": rate.vat, "consumption_tax_rate": rate.ct}
    if regime == "full_tax" or params.tariff_factor_within_limits.value:
        needed["tariff_rate"] = rate.tariff
    missing = [name for name, value in needed.items() if value is None]
    if not missing:
        return []
    message = gettext_noop("No {rates} is known for the HS code “{hs}” on {date}.")
    values = {"rates": ", ".join(missing), "hs": rate.hs, "date": params.on.isoformat()}
    return [Problem("import_tax.rate_missing", f"{path}/hs", message, values)]


def _missing_content(path: str, line: OrderLine, rate: Rate) -> list[Problem]:
    if rate.ct_threshold is None and not rate.ct_specific:
        return []
    if line.content is None or line.content_unit is None:
        if line.ct_rate is not None:  # The caller has decided: the rate is taken as stated.
            return []
        message = gettext_noop(
            "Consumption tax on the HS code {hs} depends on what one unit holds; state its content."
        )
        return [Problem("import_tax.content_missing", f"{path}/content", message, {"hs": line.hs})]
    content = Content(line.content, line.content_unit)
    fits_threshold = rate.ct_threshold is None or for_threshold(content, rate.ct_threshold_unit)
    fits_amount = not rate.ct_specific or _in_specific_unit(line, rate) is not None
    if fits_threshold and fits_amount:
        return []
    message = gettext_noop("Consumption tax on the HS code {hs} is counted by {wanted}, not by “{unit}”.")
    wanted = (rate.ct_specific_unit if not fits_amount else rate.ct_threshold_unit) or ""
    values = {"hs": line.hs, "wanted": wanted.replace("ml_or_g", "ml / g"), "unit": line.content_unit}
    return [Problem("import_tax.content_unit", f"{path}/content_unit", message, values)]


def _unit_value(
    line: OrderLine, rate: Rate, value: Decimal, charges: Decimal, params: Parameters
) -> tuple[Decimal | None, str]:
    """CNY per ml, g, sheet or piece (R1.17), unrounded; None where nothing hangs on it."""
    if rate.ct_threshold is None or line.content is None or line.content_unit is None:
        return None, ""
    content = for_threshold(Content(line.content, line.content_unit), rate.ct_threshold_unit)
    if content is None or not content.amount * line.quantity:
        return None, ""
    counted = value + charges if params.threshold_includes_freight.value else value
    return counted / (content.amount * line.quantity), content.unit


def _in_specific_unit(line: OrderLine, rate: Rate) -> Decimal | None:
    if line.content is None or line.content_unit is None or rate.ct_specific_unit is None:
        return None
    return convert(line.content, line.content_unit, rate.ct_specific_unit)


def _specific(line: OrderLine, rate: Rate) -> Decimal:
    content = _in_specific_unit(line, rate) if rate.ct_specific else None
    return ZERO if content is None else content * line.quantity * rate.ct_specific


def taxed(base: TaxBase, regime: Regime, params: Parameters) -> LineAssessment:
    """Tariff, consumption tax and VAT of one line, each rounded once at the end (R1.05, R1.06, R1.12)."""
    within = regime == "within_limit"
    factor = params.tax_factor_within_limits.value if within else Decimal(1)
    tariff = base.dutiable_value * base.tariff
    # Consumption tax is part of its own base: hence the division, and never 0.7 × (ct + vat).
    taxable = (base.dutiable_value + tariff + base.specific) / (1 - base.ct)
    amounts = (
        rounded(tariff, params),
        rounded((taxable * base.ct + base.specific) * factor, params),
        rounded(taxable * base.vat * factor, params),
    )
    return LineAssessment(
        hs=base.line.hs,
        name=base.line.name,
        value=base.value,
        charges=base.charges,
        dutiable_value=base.dutiable_value,
        tariff=amounts[0],
        consumption_tax=amounts[1],
        vat=amounts[2],
        total=sum(amounts, Decimal("0.00")),
        unit_value=None if base.unit_value is None else base.unit_value.quantize(FOUR_PLACES),
        threshold_met=base.threshold_met,
        steps=tuple(_steps(base, amounts, taxable, factor, params)),
    )


def _plain(figure: Decimal) -> str:
    """A figure as a person writes it: 0.13, not 0.13000; whole numbers without a point."""
    return f"{figure.normalize():f}"


def _steps(
    base: TaxBase,
    amounts: tuple[Decimal, Decimal, Decimal],
    taxable: Decimal,
    reduction: Decimal,
    params: Parameters,
) -> list[Step]:
    line, dv, shown = base.line, base.dutiable_value, taxable.quantize(FOUR_PLACES)
    factor = "" if reduction == 1 else f" × {_plain(reduction)}"
    specific = f" + {_plain(base.specific)}" if base.specific else ""
    steps = [
        Step(
            gettext_noop("Dutiable value"),
            f"{_plain(line.price)} × {_plain(line.quantity)} + {base.charges}",
            dv,
        )
    ]
    if amounts[0]:
        steps.append(Step(gettext_noop("Tariff"), f"{dv} × {_plain(base.tariff)}", amounts[0]))
    if base.unit_value is not None and line.content is not None:
        content = _plain(line.content)
        counted = dv if params.threshold_includes_freight.value else base.value
        working = f"{counted} ÷ ({_plain(line.quantity)} × {content} {line.content_unit})"
        result = base.unit_value.quantize(FOUR_PLACES)
        steps.append(Step(gettext_noop("Unit value"), working, result, f"CNY/{base.unit}"))
    if base.ct or base.specific or amounts[0]:
        below = f" ÷ (1 − {_plain(base.ct)})" if base.ct else ""
        working = f"({dv} + {amounts[0]}{specific}){below}"
        steps.append(Step(gettext_noop("Taxable base"), working, shown))
    if base.ct or base.specific:
        working = f"({shown} × {_plain(base.ct)}{specific}){factor}"
        steps.append(Step(gettext_noop("Consumption tax"), working, amounts[1]))
    steps.append(Step(gettext_noop("VAT"), f"{shown} × {_plain(base.vat)}{factor}", amounts[2]))
    return steps
