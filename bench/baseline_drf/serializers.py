"""A ModelSerializer a document; many of them are created in bulk, their lines too."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bench.baseline_drf import models


class InBulk(serializers.ListSerializer):
    """All documents of a message in two statements."""

    def create(self, validated_data: list[dict[str, Any]]) -> list[Any]:
        model = self.child.Meta.model
        lines = [one.pop("lines", []) for one in validated_data]
        made = model.objects.bulk_create([model(**one) for one in validated_data])
        if any(lines):
            relation = model._meta.get_field("lines")
            rows = [
                relation.related_model(**{relation.field.name: parent}, **line)
                for parent, its in zip(made, lines, strict=True)
                for line in its
            ]
            relation.related_model.objects.bulk_create(rows)
        return made


class OrderLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = models.OrderLine
        exclude = ["order"]


class OrderSerializer(serializers.ModelSerializer):
    lines = OrderLineSerializer(many=True)

    class Meta:
        model = models.Order
        exclude = ["state"]
        list_serializer_class = InBulk


class PaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = models.Payment
        exclude = ["state"]
        list_serializer_class = InBulk


class WaybillSerializer(serializers.ModelSerializer):
    class Meta:
        model = models.Waybill
        exclude = ["state"]
        list_serializer_class = InBulk


class InventoryLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = models.InventoryLine
        exclude = ["inventory"]


class InventorySerializer(serializers.ModelSerializer):
    lines = InventoryLineSerializer(many=True)

    class Meta:
        model = models.Inventory
        exclude = ["state", "tax_total", "findings"]
        list_serializer_class = InBulk


BY_TYPE: dict[str, type[serializers.ModelSerializer]] = {
    "CEB311": OrderSerializer,
    "CEB411": PaymentSerializer,
    "CEB511": WaybillSerializer,
    "CEB621": InventorySerializer,
}
