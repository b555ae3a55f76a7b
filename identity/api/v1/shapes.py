"""What the API takes and gives out about identity checks. Nothing given out holds a name or a number."""

from __future__ import annotations

from rest_framework import serializers

from identity.models import Ground
from submissions.api.v1.shapes import ProblemSerializer

GROUNDS = ((Ground.ORDER.value, Ground.ORDER.label), (Ground.DECLARATION.value, Ground.DECLARATION.label))
OUTCOMES = ("match", "mismatch", "not_in_base", "unavailable")
LONGEST = 200  # of a field in the body; what a name or a number may be, the rules say


class PairSerializer(serializers.Serializer):
    """A name and an identity number."""

    name = serializers.CharField(max_length=LONGEST, allow_blank=True)
    number = serializers.CharField(max_length=LONGEST, allow_blank=True)


class WhySerializer(serializers.Serializer):
    """Why one asks: the ground, and in words what for (an order's number, say). Both are kept with the look."""

    ground = serializers.ChoiceField(GROUNDS)
    reason = serializers.CharField(max_length=300)


class CheckInSerializer(WhySerializer, PairSerializer):
    """One buyer."""


class BatchInSerializer(WhySerializer):
    """1 to 10,000 buyers."""

    pairs = PairSerializer(many=True)


class CheckSerializer(serializers.Serializer):
    """`unavailable`: no answer yet; ask again later, and let nothing pass meanwhile."""

    outcome = serializers.ChoiceField(OUTCOMES)
    answered_by = serializers.CharField(
        source="source", help_text="Code of the agency that answered; empty without an answer."
    )
    answered_at = serializers.DateTimeField(source="at", allow_null=True)


class BatchItemSerializer(serializers.Serializer):
    """One pair by its place, counted from 1."""

    place = serializers.IntegerField(source="item.index")
    outcome = serializers.ChoiceField(OUTCOMES, source="result.outcome")
    answered_by = serializers.CharField(source="result.source")
    answered_at = serializers.DateTimeField(source="result.at", allow_null=True)
    problems = ProblemSerializer(many=True)


class ProgressSerializer(serializers.Serializer):
    """A batch: pairs in all, those answered, still waiting, and those whose form is wrong and nobody is asked about."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    count = serializers.IntegerField()
    answered = serializers.IntegerField()
    waiting = serializers.IntegerField()
    faulty = serializers.IntegerField()


class BatchSerializer(ProgressSerializer):
    """The batch with a page of its results; `next`: the `after` of the next page, null on the last."""

    results = BatchItemSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class BatchesSerializer(serializers.Serializer):
    """The newest batches of the company."""

    results = ProgressSerializer(many=True)
