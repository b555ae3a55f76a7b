"""A declaration: three ways line by line, as CSV, and the result of the comparison as a paper."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from reference.problems import Refused
from submissions import papers
from submissions.models import Paper
from submissions.paper_views import pdf_response
from submissions.views import person
from tax.firms import Firm
from tax.models import ExemptionDeclaration
from tax.papers import OBJECT, RESULTS
from tax.selectors import settled, visible_to
from tax.tables import csv_response
from tax.threeway import Row, ThreeWay, three_way

PAGE = 100
TABS = (
    ("", _("Declared")),
    ("differs", _("Where they differ")),
    ("not_declared", _("Not declared")),
    ("all", _("All lines")),
)


def _declaration(request: HttpRequest, declaration_id: UUID) -> ExemptionDeclaration:
    return get_object_or_404(visible_to(person(request)), pk=declaration_id)


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_declaration(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """A declaration, line by line beside customs' lists and what the comparison said."""
    row = _declaration(request, declaration_id)
    versions = visible_to(person(request)).filter(company=row.company_id, month=row.month)
    own = person(request).company
    firm = Firm(row.company, "" if own is not None and own.pk == row.company_id else row.company.uscc)
    found, tab = three_way(row), request.GET.get("show", "")
    context = {
        "row": row,
        "months_url": firm.url("exemptions"),
        "month_url": firm.url("exemption_month", row.month),
        "found": found,
        "tab": tab,
        "tabs": [(code, label, len(_rows(found, code))) for code, label in TABS],
        "sheet": Paginator(_rows(found, tab), PAGE).get_page(request.GET.get("page")),
        "versions": list(versions.order_by("-version")),
        "words": row.words_en if get_language() == "en" else row.words_zh,
        "settled": settled(row),
        "has_result": row.compared_at is not None and row.state in RESULTS,
    }
    return render(request, "tax/declaration.html", context)


def _rows(found: ThreeWay, tab: str) -> tuple[Row, ...]:
    if tab == "all":
        return found.rows
    if tab in ("differs", "not_declared"):
        return found.of(tab)  # type: ignore[arg-type]
    return tuple(row for row in found.rows if row.verdict != "not_declared")


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_lines_csv(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Every line three ways as CSV."""
    return csv_response(three_way(_declaration(request, declaration_id)))


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_comparison(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The result of the comparison as a paper that anyone can verify."""
    row = _declaration(request, declaration_id)
    try:
        paper = papers.ensure(
            Paper.Kind.CERTIFICATE,
            row.submission,
            by=person(request).actor,
            object_type=OBJECT,
            object_id=str(row.pk),
        )
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(paper, f"exemption-{row.month:%Y-%m}-v{row.version}")
