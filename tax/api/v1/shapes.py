"""What the API gives out about exemptions. Amounts are decimal strings; each reader gets its own fields."""

from __future__ import annotations

from rest_framework import serializers

from submissions.api.v1.shapes import ProblemSerializer


class ExclusionReasonSerializer(serializers.Serializer):
    """Why a line is not exempt. `basis`: where the rule stands; `standing`: firm, contested or unverified."""

    code = serializers.CharField()
    text = serializers.CharField()
    fix = serializers.CharField()
    basis = serializers.CharField(source="basis.source")
    standing = serializers.CharField(source="basis.standing")


class ExportLineSerializer(serializers.Serializer):
    """What customs knows of a declared line, and how the exemption stands: the fields of customs."""

    kind = serializers.CharField(help_text="exempt or reversal")
    list_no = serializers.CharField()
    gnum = serializers.IntegerField()
    quantity = serializers.DecimalField(19, 5)
    unit = serializers.CharField()
    amount = serializers.DecimalField(17, 2)
    currency = serializers.CharField()
    outcome = serializers.CharField()
    stands = serializers.BooleanField()


class DeclaredLineSerializer(ExportLineSerializer):
    """The whole line: for the company and the tax authority. `exempt_cny`: what it comes to after the comparison."""

    export_date = serializers.DateField()
    goods_name = serializers.CharField()
    hs10 = serializers.CharField()
    unit_price = serializers.DecimalField(19, 5)
    rate = serializers.DecimalField(12, 6)
    cny = serializers.DecimalField(17, 2)
    customs_amount = serializers.DecimalField(17, 2, allow_null=True)
    decision = serializers.CharField()
    exempt_cny = serializers.DecimalField(17, 2)


class SheetLineSerializer(serializers.Serializer):
    """A line of the month's lists as it is judged now; `reasons` empty: exempt."""

    list_no = serializers.CharField(source="candidate.list_no")
    gnum = serializers.IntegerField(source="candidate.gnum")
    export_date = serializers.DateField(source="candidate.export_date", allow_null=True)
    closed_on = serializers.DateField(source="candidate.closed_on", allow_null=True)
    goods_name = serializers.CharField(source="candidate.goods_name")
    hs10 = serializers.CharField(source="candidate.hs10")
    unit = serializers.CharField(source="candidate.unit")
    quantity = serializers.DecimalField(19, 5, source="candidate.quantity", allow_null=True)
    unit_price = serializers.DecimalField(19, 5, source="candidate.unit_price", allow_null=True)
    amount = serializers.DecimalField(17, 2, source="candidate.amount", allow_null=True)
    currency = serializers.CharField(source="candidate.currency")
    cny = serializers.DecimalField(17, 2, allow_null=True)
    exempt = serializers.BooleanField(source="is_exempt")
    reasons = ExclusionReasonSerializer(many=True)


class CustomsExemptionSerializer(serializers.Serializer):
    """A version of a month's declaration as customs sees it."""

    id = serializers.UUIDField()
    company = serializers.CharField(source="company.uscc")
    month = serializers.DateField(format="%Y-%m")
    version = serializers.IntegerField()
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    line_count = serializers.IntegerField()
    compared_at = serializers.DateTimeField(allow_null=True)


class ExemptionSerializer(CustomsExemptionSerializer):
    """The same for the company and the tax authority."""

    reference = serializers.CharField(source="submission.reference")
    company_name = serializers.CharField(source="company.display_name")
    cny = serializers.DecimalField(17, 2)
    due_on = serializers.DateField()
    declared_at = serializers.DateTimeField()
    comparison_no = serializers.CharField()
    reason = serializers.CharField()


class ExemptionPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last. Customs gets fewer fields."""

    results = ExemptionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ExemptionDetailSerializer(ExemptionSerializer):
    """With its lines, and those of the month's lists that were not declared. Customs gets fewer fields."""

    settled = serializers.CharField(help_text="The reason with which differences were settled, or empty.")
    lines = DeclaredLineSerializer(many=True)
    not_declared = SheetLineSerializer(many=True)


class MonthSerializer(serializers.Serializer):
    """A month before it is declared. `digest` names exactly these lines and figures."""

    month = serializers.CharField()
    company = serializers.CharField()
    due_on = serializers.DateField()
    may_declare = serializers.BooleanField()
    digest = serializers.CharField()
    cny = serializers.DecimalField(17, 2)
    lines = SheetLineSerializer(many=True)
    problems = ProblemSerializer(many=True)


class DeclareMonthSerializer(serializers.Serializer):
    """What is asked to declare a month."""

    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$", help_text="2026-10")
    company = serializers.CharField(
        required=False, help_text="USCC of the company one acts for; the own one without."
    )
    digest = serializers.CharField(
        required=False, help_text="Of the month as it was looked at; then nothing else is declared."
    )
    reason = serializers.CharField(
        required=False, max_length=1000, help_text="Why it is corrected; for later versions."
    )
    remark = serializers.CharField(required=False, max_length=200, help_text="To the tax authority.")
