"""What the quote takes and gives: serializers and the example of the API description."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from customs.import_tax.values import CONTENT_UNITS

MAX_LINES = 99  # As many as an order message may hold.


def _rate(**options: Any) -> serializers.DecimalField:
    """A rate as a fraction, 0.13 for 13 per cent."""
    return serializers.DecimalField(
        max_digits=7, decimal_places=5, min_value=Decimal(0), required=False, allow_null=True, **options
    )


def _amount(digits: int, *, places: int = 5, **options: Any) -> serializers.DecimalField:
    """A quantity or CNY, not negative; customs' messages allow five decimals."""
    return serializers.DecimalField(max_digits=digits, decimal_places=places, min_value=Decimal(0), **options)


class QuoteLineInSerializer(serializers.Serializer):
    """One line of the order to be quoted."""

    hs = serializers.RegexField(
        r"^[0-9]{4,10}$", allow_blank=True, default="", help_text=_("Ten-digit HS code.")
    )
    name = serializers.CharField(max_length=250, allow_blank=True, default="")
    price = _amount(14, help_text=_("CNY per unit sold."))
    quantity = _amount(11, help_text=_("Number of units sold."))
    content = _amount(
        14,
        required=False,
        allow_null=True,
        help_text=_("What one unit sold holds; needed where consumption tax depends on it."),
    )
    content_unit = serializers.ChoiceField(choices=CONTENT_UNITS, required=False, allow_null=True)
    vat_rate = _rate(max_value=Decimal("0.99999"), help_text=_("Fraction; replaces the table's rate."))
    consumption_tax_rate = _rate(
        max_value=Decimal("0.99999"), help_text=_("Fraction; replaces the table's rate.")
    )
    tariff_rate = _rate(max_value=Decimal(10), help_text=_("Fraction; replaces the table's rate."))

    def validate_quantity(self, value: Decimal) -> Decimal:
        """Nothing sold is no line."""
        if not value:
            raise serializers.ValidationError(_("The quantity must be above 0."), code="min_value")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Content and its unit go together."""
        if (attrs.get("content") is None) != (attrs.get("content_unit") is None):
            missing = "content" if attrs.get("content") is None else "content_unit"
            message = _("Content and its unit go together: give both or neither.")
            raise serializers.ValidationError({missing: [message]}, code="required")
        if attrs.get("content") == 0:
            message = _("The content must be above 0.")
            raise serializers.ValidationError({"content": [message]}, code="min_value")
        return attrs


class QuoteInSerializer(serializers.Serializer):
    """The order to be quoted."""

    date = serializers.DateField(required=False, help_text=_("Day whose rules apply; today by default."))
    lines = serializers.ListField(
        child=QuoteLineInSerializer(), allow_empty=False, min_length=1, max_length=MAX_LINES
    )
    freight = _amount(14, default=Decimal(0), help_text=_("CNY for the whole order."))
    insurance = _amount(14, default=Decimal(0), help_text=_("CNY for the whole order."))
    used_this_year = _amount(
        11,
        places=2,
        default=Decimal(0),
        help_text=_("CNY that the buyer has used of the yearly limit before."),
    )


class QuoteStepSerializer(serializers.Serializer):
    """One line of the working."""

    text = serializers.CharField()
    working = serializers.CharField()
    result = serializers.CharField()
    unit = serializers.CharField()


class QuoteLineOutSerializer(serializers.Serializer):
    """One line's share. Amounts are CNY as decimal strings, null when the order is refused."""

    hs = serializers.CharField()
    name = serializers.CharField()
    dutiable_value = serializers.CharField()
    tariff = serializers.CharField(allow_null=True)
    consumption_tax = serializers.CharField(allow_null=True)
    vat = serializers.CharField(allow_null=True)
    total = serializers.CharField(allow_null=True)
    unit_value = serializers.CharField(allow_null=True, help_text=_("CNY per ml, g, sheet or piece."))
    steps = QuoteStepSerializer(many=True)


class QuoteRuleSerializer(serializers.Serializer):
    """A rule that was applied, with its source and how sure it is (firm, contested, unverified)."""

    code = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    standing = serializers.CharField()


class QuoteReasonSerializer(serializers.Serializer):
    """Why the order is refused or taxed in full."""

    code = serializers.CharField()
    text = serializers.CharField()


class QuoteOutSerializer(serializers.Serializer):
    """The quote. Amounts are CNY as decimal strings; taxes are null when the order is refused."""

    regime = serializers.CharField(help_text="within_limit | full_tax | refused")
    date = serializers.DateField()
    dutiable_value = serializers.CharField()
    tariff = serializers.CharField(allow_null=True)
    consumption_tax = serializers.CharField(allow_null=True)
    vat = serializers.CharField(allow_null=True)
    total = serializers.CharField(allow_null=True)
    used_after = serializers.CharField()
    lines = QuoteLineOutSerializer(many=True)
    reasons = QuoteReasonSerializer(many=True)
    rules = QuoteRuleSerializer(many=True)


EXAMPLE_IN = OpenApiExample(
    "Face cream",
    value={
        "date": "2026-11-23",
        "lines": [
            {
                "hs": "3304990029",
                "name": "面霜 50 g",
                "price": "700.00",
                "quantity": "1",
                "content": "50",
                "content_unit": "g",
            }
        ],
        "freight": "20.00",
        "insurance": "0.00",
        "used_this_year": "0.00",
    },
    request_only=True,
)
EXAMPLE_OUT = OpenApiExample(
    "Face cream",
    value={
        "regime": "within_limit",
        "date": "2026-11-23",
        "dutiable_value": "720.00",
        "tariff": "0.00",
        "consumption_tax": "88.94",
        "vat": "77.08",
        "total": "166.02",
        "used_after": "720.00",
        "lines": [
            {
                "hs": "3304990029",
                "name": "面霜 50 g",
                "dutiable_value": "720.00",
                "tariff": "0.00",
                "consumption_tax": "88.94",
                "vat": "77.08",
                "total": "166.02",
                "unit_value": "14.4000",
                "steps": [
                    {
                        "text": "Consumption tax",
                        "working": "(847.0588 × 0.15) × 0.7",
                        "result": "88.94",
                        "unit": "CNY",
                    }
                ],
            }
        ],
        "reasons": [],
        "rules": [
            {
                "code": "R1.05",
                "text": "Within the limits: tariff × 0, VAT and consumption tax × 0.7.",
                "source": "财关税〔2016〕18号",
                "standing": "firm",
            }
        ],
    },
    response_only=True,
    status_codes=["200"],
)
