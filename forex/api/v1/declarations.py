"""`/api/v1/forex/bop-declarations`: a company declares, corrects and reads; its bank reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from forex import declarations
from forex.bop_rules import Declaration
from forex.models import BopDeclaration, BopState, InwardPayment
from forex.natures import NATURES
from forex.selectors import declarations_visible_to, payments_visible_to
from reference.problem_documents import refused
from reference.problems import Refused
from submissions.api.bodies import check_body
from submissions.api.idempotency import idempotent
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller

MOST_BYTES = 100_000
NOTHING = Decimal(0)


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(18, 2, required=False, **options)


class DeclareSerializer(serializers.Serializer):
    """What the declarant says; payment, account, payer and gross amounts are the portal's (statements matched).

    `settled`, `held` and `other` come to the amount received; all three left out, it is all settled.
    """

    declaration_no = serializers.CharField(max_length=22, help_text="Of the inward payment.")
    code = serializers.CharField(max_length=6, help_text="Transaction code, six digits.")
    remark = serializers.CharField(max_length=200)
    nature = serializers.ChoiceField(NATURES, default="goods")
    settled = _amount()
    held = _amount()
    other = _amount()
    bonded = serializers.BooleanField(default=False)
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=50,
        help_text="Codes of warnings one has read: a declaration goes on only when each is confirmed.",
    )


class BopDeclarationSerializer(serializers.Serializer):
    """One version. `words`: what the bank said when it returned or accepted it."""

    reference = serializers.CharField(source="submission.reference")
    declaration_no = serializers.CharField(source="payment.declaration_no")
    bank = serializers.CharField(source="payment.bank.code")
    account_holder = serializers.CharField(source="payment.company.uscc")
    version = serializers.IntegerField()
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    code = serializers.CharField()
    in_statistics = serializers.BooleanField()
    currency = serializers.CharField()
    actual = serializers.DecimalField(18, 2)
    gross_in = serializers.DecimalField(18, 2)
    gross_out = serializers.DecimalField(18, 2)
    cny = serializers.DecimalField(18, 2, allow_null=True)
    confirmed = serializers.ListField(child=serializers.CharField())
    safe_no = serializers.CharField()
    forwarded_on = serializers.DateField(allow_null=True)
    submitted_at = serializers.DateTimeField(source="submission.submitted_at")
    words = serializers.SerializerMethodField()

    def get_words(self, row: BopDeclaration) -> str:
        """Of the bank, on this version."""
        return next((one.words for one in row.submission.referrals.all()), "")


class BopDeclarationPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last."""

    results = BopDeclarationSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class BopDeclarationsView(APIView):
    """Declarations of inward payments."""

    required_scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.FOREX_WRITE}

    @extend_schema(
        operation_id="forex_bop_declarations_list",
        parameters=[
            OpenApiParameter("state", enum=BopState.values),
            OpenApiParameter("declaration_no", description="Of one payment: all its versions."),
            *PAGING,
        ],
        responses={200: BopDeclarationPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        narrowed = {
            "state": asked.one_of("state", BopState.values),
            "payment__declaration_no": asked.text("declaration_no"),
        }
        asked.checked()
        rows = declarations_visible_to(caller(request)).prefetch_related("submission__referrals")
        rows = rows.filter(**{name: value for name, value in narrowed.items() if value})
        return paged(rows, BopDeclarationSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="forex_bop_declarations_declare",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=DeclareSerializer,
        responses={201: BopDeclarationSerializer, **problems(400, 404, 409, 413, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """A first version, or the correction of a returned one. 422 with every error and unconfirmed warning."""
        check_body(request, MOST_BYTES)
        given = DeclareSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        who, values = caller(request), given.validated_data
        if who.company is None:
            raise exceptions.NotFound
        payment = get_object_or_404(payments_visible_to(who), declaration_no=values["declaration_no"])
        try:
            row = declarations.declare(
                payment.pk,
                _declaration(payment, values),
                company=payment.company,
                by=who.actor_for(payment.company),
                channel="api",
                confirmed=values.get("confirmed", ()),
                created_by=who.user,
            )
        except Refused as stopped:
            return refused(stopped.problems)
        return Response(BopDeclarationSerializer(row).data, status=201)


def _declaration(payment: InwardPayment, values: dict[str, Any]) -> Declaration:
    """The amounts are the payment's and its statements'; their parts as given, all settled when none is."""
    prefilled = declarations.prefilled(declarations.basis(payment))
    parts = {name: values.get(name) for name in ("settled", "held", "other")}
    if all(value is None for value in parts.values()):
        parts["settled"] = prefilled.actual
    return Declaration(
        code=values["code"],
        remark=values["remark"],
        nature=values["nature"],
        bonded=values["bonded"],
        currency=prefilled.currency,
        actual=prefilled.actual,
        gross_in=prefilled.gross_in,
        gross_out=prefilled.gross_out,
        declared_on=prefilled.declared_on,
        **{name: NOTHING if value is None else value for name, value in parts.items()},
    )


class BopDeclarationView(APIView):
    """One version by its reference number."""

    required_scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="forex_bop_declarations_read",
        responses={200: BopDeclarationSerializer, **problems(404)},
    )
    def get(self, request: Request, reference: str) -> Response:
        """404 also for what belongs to others."""
        rows = declarations_visible_to(caller(request)).prefetch_related("submission__referrals")
        row = get_object_or_404(rows, submission__reference=reference)
        return Response(BopDeclarationSerializer(row).data)
