"""`/api/v1/exemptions`: declarations and their lines, a month before it is declared, and declaring it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Company
from accounts.permissions import Scope
from accounts.principals import Principal
from submissions.api.idempotency import idempotent
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller
from tax import services
from tax.api.v1 import shapes
from tax.firms import month_of
from tax.models import DeclarationState, DeclaredLine, ExemptedLine, ExemptionDeclaration
from tax.selectors import CUSTOMS, SERVICE, Sheet, effective_cny, readable_by, settled, sheet

MONTH = gettext_lazy("A month, e.g. 2026-10.")


class ExemptionsView(APIView):
    """Declarations of exemption the caller may read; companies declare here."""

    required_scopes = {"GET": Scope.EXEMPTIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(
        operation_id="exemptions_list",
        parameters=[
            OpenApiParameter("month", description="2026-10"),
            OpenApiParameter("company", description="Unified social credit code."),
            OpenApiParameter("state", enum=DeclarationState.values),
            *PAGING,
        ],
        responses={200: shapes.ExemptionPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked, principal = Asked(request), caller(request)
        limit, rows = asked.limit(), _filtered(principal, asked)
        asked.checked()
        shape = shapes.CustomsExemptionSerializer if _is_customs(principal) else shapes.ExemptionSerializer
        return paged(rows, shape, limit=limit)

    @extend_schema(
        operation_id="exemptions_declare",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=shapes.DeclareMonthSerializer,
        responses={201: shapes.ExemptionSerializer, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Declare a month, or correct it: 201 with the number; 422 with everything in the way."""
        principal = caller(request)
        asked = shapes.DeclareMonthSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        company = _company(principal, given.get("company", ""))
        row = services.declare(
            company=company,
            month=date.fromisoformat(f"{given['month']}-01"),
            by=services.acting(principal, company),
            user=principal.user,
            digest=given.get("digest", ""),
            reason=given.get("reason", ""),
            remark=given.get("remark", ""),
            channel="api",
        )
        return Response(shapes.ExemptionSerializer(row).data, status=201)


class ExemptionView(APIView):
    """One version of a month's declaration."""

    required_scopes = {"GET": Scope.EXEMPTIONS_READ}

    @extend_schema(
        operation_id="exemptions_read",
        responses={200: shapes.ExemptionDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, declaration_id: UUID) -> Response:
        """With its lines, and for the company and the tax authority the lines not declared, with reasons."""
        principal = caller(request)
        row = get_object_or_404(readable_by(principal), pk=declaration_id)
        lines = _lines(row)
        if _is_customs(principal):
            body = dict(shapes.CustomsExemptionSerializer(row).data)
            return Response(body | {"lines": shapes.ExportLineSerializer(lines, many=True).data})
        found = settled(row)
        body = dict(shapes.ExemptionSerializer(row).data) | {
            "settled": found.reason if found else "",
            "lines": shapes.DeclaredLineSerializer(lines, many=True).data,
            "not_declared": shapes.SheetLineSerializer(_not_declared(row, lines), many=True).data,
        }
        return Response(body)


class ExemptionMonthView(APIView):
    """A company's month before it is declared."""

    required_scopes = {"GET": Scope.EXEMPTIONS_READ}

    @extend_schema(
        operation_id="exemptions_month",
        parameters=[
            OpenApiParameter("month", required=True, description="2026-10"),
            OpenApiParameter("company", description="USCC of the company one acts for."),
        ],
        responses={200: shapes.MonthSerializer, **problems(400, 404)},
    )
    def get(self, request: Request) -> Response:
        """Every line with its reasons, what is in the way, and the digest with which to declare just this."""
        asked, principal = Asked(request), caller(request)
        code, month = asked.text("company"), _month(asked)
        if principal.company is None:
            asked.wrong("company", _("A company asks for its own months."))
        if month is None:
            asked.wrong("month", str(MONTH))
        asked.checked()
        assert month is not None  # noqa: S101 - `checked` saw to it
        company = _company(principal, code)
        ready = services.preflight(company, month)
        found: Sheet = ready.sheet
        body = {
            "month": f"{month:%Y-%m}",
            "company": company.uscc,
            "due_on": ready.due_on,
            "may_declare": ready.may_declare,
            "digest": ready.digest,
            "cny": found.cny,
            "lines": found.lines,
            "problems": [problem.as_dict() for problem in ready.problems],
        }
        return Response(shapes.MonthSerializer(body).data)


def _is_customs(principal: Principal) -> bool:
    return principal.agency is not None and principal.agency.code == CUSTOMS


def _month(asked: Asked) -> date | None:
    return month_of(asked.text("month"))


def _filtered(principal: Principal, asked: Asked) -> QuerySet[ExemptionDeclaration]:
    month = _month(asked)
    if asked.text("month") and month is None:
        asked.wrong("month", str(MONTH))
    narrowed = {
        "month": month,
        "company__uscc": asked.text("company"),
        "state": asked.one_of("state", DeclarationState.values),
        "pk__lt": asked.cursor(),
    }
    return readable_by(principal).filter(**{lookup: value for lookup, value in narrowed.items() if value})


def _company(principal: Principal, code: str) -> Company:
    """The own one, or one whose mandate the caller holds; 404 for all others, 403 for who is no company."""
    if principal.company is None:
        raise exceptions.PermissionDenied
    if not code:
        return principal.company
    return get_object_or_404(Company, uscc=code, pk__in=principal.acting_for(SERVICE))


def _lines(row: ExemptionDeclaration) -> list[DeclaredLine]:
    """The lines with what they come to now: `stands` is whether the exemption of the line holds."""
    held = ExemptedLine.objects.filter(declaration=row, state=ExemptedLine.State.EXEMPTED)
    standing = set(held.values_list("list_no", "gnum"))
    found = list(row.lines.all())
    for line in found:
        line.stands = line.kind == "exempt" and (line.list_no, line.gnum) in standing  # type: ignore[attr-defined]
        line.exempt_cny = effective_cny(line)  # type: ignore[attr-defined]
    return found


def _not_declared(row: ExemptionDeclaration, lines: Iterable[DeclaredLine]) -> list[object]:
    declared = {(line.list_no, line.gnum) for line in lines if line.kind == "exempt"}
    return [line for line in sheet(row.company, row.month).lines if line.candidate.key not in declared]
