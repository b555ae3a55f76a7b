"""What the API gives out about integrity records."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.models import Company
from credit import selectors


class FactSerializer(serializers.Serializer):
    """One record; texts in the language of `Accept-Language`."""

    document_no = serializers.CharField(source="fact.document_no")
    type = serializers.CharField(source="fact.type")
    type_text = serializers.CharField(source="fact.type_name")
    severity = serializers.CharField(source="fact.severity")
    ruled_on = serializers.DateField(source="fact.ruled_on")
    agency = serializers.CharField(source="fact.agency.code")
    words = serializers.CharField(source="fact.words")
    basis = serializers.CharField(source="fact.basis")
    public_until = serializers.DateField(allow_null=True)
    state = serializers.CharField()


class CompanyRecordsSerializer(serializers.Serializer):
    """A company: customs' level as received and the zone's own score are two separate things."""

    uscc = serializers.CharField()
    customs_code = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    name_en = serializers.CharField()
    in_pilot_zone = serializers.BooleanField()
    customs_level = serializers.CharField(
        help_text="Code of the level customs gave; empty when none was received."
    )
    customs_level_since = serializers.DateField(allow_null=True)
    integrity_score = serializers.DecimalField(max_digits=5, decimal_places=1)
    formula_version = serializers.CharField()
    records = FactSerializer(many=True)


class CompanyRecordsPageSerializer(serializers.Serializer):
    """At most 20 companies; `more` says that the question should be narrowed."""

    results = CompanyRecordsSerializer(many=True)
    more = serializers.BooleanField()


def shape(company: Company, standing: selectors.Standing, rows: list[selectors.Row]) -> dict[str, Any]:
    """One company for the serializer."""
    return {
        "uscc": company.uscc,
        "customs_code": company.customs_code,
        "name": company.name,
        "name_en": company.name_en,
        "in_pilot_zone": company.in_pilot_zone,
        "customs_level": standing.customs_level,
        "customs_level_since": standing.level_since,
        "integrity_score": standing.score,
        "formula_version": standing.formula_version,
        "records": rows,
    }


def public_shape(company: Company) -> dict[str, Any]:
    """What anybody may read today."""
    today = timezone.localdate()
    return shape(company, selectors.standing(company, today), selectors.public_rows(company, today))
