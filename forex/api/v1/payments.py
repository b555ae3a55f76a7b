"""`/api/v1/forex/inward-payments`: banks push, companies read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from forex import intake
from forex.models import InwardPayment, PaymentState
from forex.payment_rules import repeated
from forex.selectors import payments_visible_to
from reference.problem_documents import problem_response, refused
from reference.problems import Problem
from submissions.api.bodies import LimitedBody
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import ProblemSerializer, problems
from submissions.api.v1.views import caller

MOST_BYTES = 2_000_000
MOST = 500  # payments in a batch


class PushedPaymentSerializer(serializers.Serializer):
    """One inward payment. Amounts are decimal strings; currency and country are alpha-3."""

    declaration_no = serializers.CharField(help_text="22 characters, given by the bank.")
    account_holder = serializers.CharField(help_text="Unified social credit code.")
    account = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.CharField()
    received_on = serializers.DateField()
    payer = serializers.CharField()
    payer_country = serializers.CharField()


class PushedBatchSerializer(serializers.Serializer):
    """Up to 500; each stands for itself."""

    payments = PushedPaymentSerializer(many=True)


class TakenSerializer(serializers.Serializer):
    """What became of one payment. `flags`: taken all the same, but to be looked at."""

    declaration_no = serializers.CharField()
    status = serializers.ChoiceField(["taken", "repeated", "conflict", "refused"], required=False)
    id = serializers.UUIDField(required=False)
    flags = ProblemSerializer(many=True, required=False)
    problems = ProblemSerializer(many=True, required=False)


class TakenBatchSerializer(serializers.Serializer):
    """In the order of the batch."""

    results = TakenSerializer(many=True)


class InwardPaymentSerializer(serializers.Serializer):
    """One inward payment as its account holder or its bank sees it; the account by its last digits."""

    id = serializers.UUIDField()
    declaration_no = serializers.CharField()
    bank = serializers.CharField(source="bank.code")
    account_holder = serializers.CharField(source="company.uscc")
    currency = serializers.CharField()
    amount = serializers.DecimalField(18, 2)
    matched = serializers.DecimalField(18, 2)
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    received_on = serializers.DateField()
    due_on = serializers.DateField()
    payer = serializers.CharField()
    payer_country = serializers.CharField()
    account_tail = serializers.CharField()
    in_directory = serializers.BooleanField()


class InwardPaymentPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last."""

    results = InwardPaymentSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def _flags(payment: InwardPayment) -> list[dict[str, str]]:
    if payment.in_directory:
        return []
    message = gettext_noop("The account holder is not in the FX directory as far as the portal knows.")
    return [Problem("payment.not_in_directory", "/account_holder", message, level="warning").as_dict()]


def _told(taken: intake.Taken) -> dict[str, Any]:
    body: dict[str, Any] = {"declaration_no": taken.declaration_no}
    if taken.payment is not None:
        body |= {"id": str(taken.payment.pk), "flags": _flags(taken.payment)}
    if taken.problems:
        body["problems"] = [problem.as_dict() for problem in taken.problems]
    return body


class InwardPaymentsView(LimitedBody):
    """Pushed by banks, read by who they concern."""

    required_scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_SEND}
    most_bytes = MOST_BYTES

    @extend_schema(
        operation_id="forex_inward_payments_list",
        parameters=[
            OpenApiParameter("state", enum=PaymentState.values),
            *PAGING,
        ],
        responses={200: InwardPaymentPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        state = asked.one_of("state", PaymentState.values)
        asked.checked()
        rows = payments_visible_to(caller(request))
        rows = rows.filter(state=state) if state else rows
        return paged(rows, InwardPaymentSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="forex_inward_payments_push",
        request=PolymorphicProxySerializer(
            component_name="PushedPayments",
            serializers=[PushedPaymentSerializer, PushedBatchSerializer],
            resource_type_field_name=None,
        ),
        responses={201: TakenSerializer, 200: TakenBatchSerializer, **problems(400, 409, 413, 422)},
    )
    def post(self, request: Request) -> Response:
        """One payment, or a batch as `{"payments": […]}`. The same again gets the same answer, other words 409."""
        body = request.data
        if isinstance(body, dict) and isinstance(body.get("payments"), list):
            return self._batch(request, body["payments"])
        if not isinstance(body, dict):
            raise serializers.ValidationError({"": [_("One payment, or a batch under “payments”.")]})
        return self._single(request, body)

    def _single(self, request: Request, body: dict[str, Any]) -> Response:
        who = caller(request)
        if who.agency is None:
            raise serializers.ValidationError({"": [_("Only a bank pushes inward payments.")]})
        taken = intake.push(who.agency, body, by=who.actor)
        if taken.status == "refused":
            return refused(taken.problems)
        if taken.status == "conflict":
            title = _("This declaration number was used for another payment")
            return problem_response(status_code=409, code="declaration_number_reused", title=title)
        return Response(_told(taken), status=201)

    def _batch(self, request: Request, items: list[Any]) -> Response:
        who = caller(request)
        bodies = [item if isinstance(item, dict) else {} for item in items]
        wrong = repeated([str(body.get("declaration_no", "")) for body in bodies], "/payments")
        if not 0 < len(items) <= MOST:
            message = gettext_noop("A batch holds 1 to 500 payments.")
            wrong.append(Problem("payment.batch", "/payments", message))
        if wrong or who.agency is None:
            return refused(wrong)
        results = [
            intake.push(who.agency, body, by=who.actor, path=f"/payments/{index}")
            for index, body in enumerate(bodies)
        ]
        return Response({"results": [{**_told(one), "status": one.status} for one in results]})
