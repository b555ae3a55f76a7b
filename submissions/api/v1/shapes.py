"""What the API gives out about submissions and changes."""

from __future__ import annotations

from rest_framework import serializers

from reference.problem_documents import CONTENT_TYPE


class ProblemSerializer(serializers.Serializer):
    """One finding."""

    level = serializers.ChoiceField(["error", "warning"])
    code = serializers.CharField()
    path = serializers.CharField()
    text = serializers.CharField()


class ProblemDocumentSerializer(serializers.Serializer):
    """RFC 9457, with every problem at once."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    problems = ProblemSerializer(many=True, required=False)


def problems(*statuses: int) -> dict[tuple[int, str], type[ProblemDocumentSerializer]]:
    """For the schema: those errors, and the ones of every call that needs rights."""
    return {
        (status, CONTENT_TYPE): ProblemDocumentSerializer for status in sorted({*statuses, 401, 403, 429})
    }


class ReferralSerializer(serializers.Serializer):
    """One agency's share."""

    agency = serializers.CharField(source="agency.code")
    agency_name = serializers.CharField(source="agency.display_name")
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    agency_number = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class SubmissionSerializer(serializers.Serializer):
    """One submission as seen by those who may read it."""

    reference = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    title = serializers.CharField()
    applicant = serializers.CharField(source="company.uscc")
    applicant_name = serializers.CharField(source="company.display_name")
    channel = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    payload_sha256 = serializers.CharField()
    referrals = ReferralSerializer(many=True)


class SubmissionPageSerializer(serializers.Serializer):
    """A page of submissions; `next` is the cursor of the page after it, null on the last."""

    results = SubmissionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ChangeSerializer(serializers.Serializer):
    """One row of the change feed."""

    cursor = serializers.CharField()
    at = serializers.DateTimeField()
    event = serializers.CharField()
    reference = serializers.CharField()
    kind = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]


class ChangePageSerializer(serializers.Serializer):
    """A page of the feed; go on with `next`, also when the page was empty."""

    results = ChangeSerializer(many=True)
    next = serializers.CharField()


class ReceivedSerializer(serializers.Serializer):
    """The inbox has it."""

    received = serializers.BooleanField()
