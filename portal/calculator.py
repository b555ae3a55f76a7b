"""The import tax of an order that need not exist, as a form of several lines; nothing is stored.

The question stands in the address, so that it can be passed on; it names goods, never persons.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customs.import_tax.rates import rates_of
from customs.import_tax.rules import assess
from customs.import_tax.values import CONTENT_UNITS, Assessment, OrderLine, OrderValue
from reference import selectors
from reference.models import TariffLine
from submissions.forms import DayInput

MOST_LINES = 20
OFFERED = 1000
UNITS = {"g": "g", "kg": "kg", "ml": "ml", "l": "l", "sheet": _("sheets"), "piece": _("pieces")}


def _amount(label: Any, digits: int, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=digits, decimal_places=5, min_value=Decimal(0), **options
    )


class LineForm(forms.Form):
    """Goods of one line."""

    hs = forms.RegexField(
        r"^[0-9]{10}$",
        label=_("HS code"),
        error_messages={"invalid": _("Ten digits, or choose the goods from the list.")},
        widget=forms.TextInput(attrs={"list": "tariff", "inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Goods"), required=False, max_length=250)
    price = _amount(_("Price of one, CNY"), 14)
    quantity = _amount(_("Quantity"), 11, initial=1)
    content = _amount(_("What one holds"), 14, required=False)
    content_unit = forms.ChoiceField(
        label=_("in"), required=False, choices=[("", "–"), *((code, UNITS[code]) for code in CONTENT_UNITS)]
    )

    def clean_quantity(self) -> Decimal:
        """Nothing sold is no line."""
        quantity: Decimal = self.cleaned_data["quantity"]
        if not quantity:
            raise ValidationError(_("The quantity must be above 0."))
        return quantity

    def clean(self) -> dict[str, Any]:
        """Content and its unit go together."""
        given = super().clean() or {}
        content, unit = given.get("content"), given.get("content_unit")
        if content == 0:
            self.add_error("content", _("The content must be above 0."))
        elif "content" in given and "content_unit" in given and (content is None) != (not unit):
            missing = "content" if content is None else "content_unit"
            self.add_error(missing, _("Content and its unit go together: give both or neither."))
        return given


class OrderForm(forms.Form):
    """What concerns the whole order."""

    day = forms.DateField(label=_("Rules of the day"), required=False, widget=DayInput())
    freight = _amount(_("Freight, CNY"), 14, required=False)
    insurance = _amount(_("Insurance, CNY"), 14, required=False)
    used = forms.DecimalField(
        label=_("Used by the buyer this year, CNY"),
        required=False,
        max_digits=11,
        decimal_places=2,
        min_value=Decimal(0),
    )


Lines = forms.formset_factory(LineForm, extra=0, min_num=1, max_num=MOST_LINES, validate_max=True)


def one_more(asked: QueryDict) -> QueryDict:
    """The same question with an empty line at its end, as long as there may be one."""
    given = asked.copy()
    count = given.get("form-TOTAL_FORMS", "1")
    lines = int(count) if count.isascii() and count.isdigit() and len(count) <= len("99") else 1
    given["form-TOTAL_FORMS"] = str(min(lines + 1, MOST_LINES))
    return given


def quote(lines: list[dict[str, Any]], order: dict[str, Any], on: date) -> Assessment:
    """Assess checked input; `ParameterMissing` when no rules are known for that day."""
    rates = rates_of(selectors.tariff({line["hs"] for line in lines}, on))
    value = OrderValue(
        lines=tuple(
            OrderLine(
                hs=line["hs"],
                name=line["name"],
                price=line["price"],
                quantity=line["quantity"],
                content=line["content"],
                content_unit=line["content_unit"] or None,
            )
            for line in lines
        ),
        freight=order["freight"] or Decimal(0),
        insurance=order["insurance"] or Decimal(0),
    )
    return assess(value, rates, selectors.parameters(on), order["used"] or Decimal(0))


def goods_on_offer(on: date) -> list[TariffLine]:
    """The tariff lines in force, for choosing by name."""
    return list(TariffLine.objects.in_force(on, "hs10").order_by("hs10")[:OFFERED])
