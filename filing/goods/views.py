"""Pages of goods: my goods, one by one, by Excel, what became of a file, and the way back out."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal
from filing.goods import reader, rules, services, workbooks
from filing.goods.columns import COLUMNS, Column
from filing.goods.findings import Finding
from filing.goods.forms import GoodForm, GoodsFilterForm, GoodsUploadForm
from filing.models import GoodsBatch, GoodsFiling
from filing.selectors import current_goods, goods_visible_to
from reference.problems import Refused
from reference.selectors import code_name
from submissions import live
from submissions.selectors import visible_to
from submissions.services import unseal_payload
from submissions.views import is_near, person

PAGE = 25
SHOWN = 500  # findings on the page; the workbook and the API have them all
MOST_EXPORTED = 50_000


def _company(principal: Principal) -> Company:
    if principal.company is None:
        raise Http404
    return principal.company


@never_cache
@require_safe
@requires(Permission.FILING_READ)
def goods(request: HttpRequest) -> HttpResponse:
    """My goods: the version in force of each, newest first."""
    form = GoodsFilterForm(request.GET)
    rows = current_goods(goods_visible_to(person(request)), form.asked())
    total = rows.count()
    if after := form.cleaned_data.get("after"):
        rows = rows.filter(pk__lt=after)
    taken = list(rows[: PAGE + 1])
    shown = taken[:PAGE]
    after = shown[-1].pk if len(taken) > PAGE else None
    return render(
        request, "filing/goods/list.html", {"form": form, "rows": shown, "after": after, "total": total}
    )


@never_cache
@require_safe
@requires(Permission.FILING_READ)
def good(request: HttpRequest, goods_id: UUID) -> HttpResponse:
    """One good with all its versions."""
    seen = goods_visible_to(person(request))
    one = get_object_or_404(seen, pk=goods_id)
    versions = list(
        seen.filter(company=one.company_id, item_no=one.item_no)
        .select_related("submission")
        .order_by("-version")
    )
    context = {"good": versions[0], "versions": [(row, _cells(row)) for row in versions]}
    return render(request, "filing/goods/good.html", context)


def _cells(row: GoodsFiling) -> list[tuple[object, str]]:
    found = [(column, text) for column, text in zip(COLUMNS, workbooks.row_of(row), strict=True) if text]
    return [(column.label, _with_name(column, text)) for column, text in found]


def _with_name(column: Column, text: str) -> str:
    """A code of a table with its name before it."""
    name = code_name(column.table, text) if column.form == "code" and column.table else ""
    return f"{name} ({text})" if name else text


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GOODS_FILE)
def good_new(request: HttpRequest) -> HttpResponse:
    """File or amend one good: a batch of one, by the same rules."""
    principal = person(request)
    form = (
        GoodForm(request.POST) if request.method == "POST" else GoodForm(initial=_before(request, principal))
    )
    if request.method == "POST":
        row = form.row()
        checked = rules.check([row], services.tables([row.text("hs10")], timezone.localdate()))
        if checked.goods and form.is_valid():
            line = msgspec.json.encode({code: cell.value for code, cell in row.cells.items()})
            submission = services.file_at_once(
                line,
                name=row.text("item_no"),
                principal=principal,
                company=_company(principal),
                channel="browser",
                content_type=reader.JSON_LINES,
            )
            return redirect("goods_batch", reference=submission.reference)
        form.tell(checked.findings)
    return render(request, "filing/goods/form.html", {"form": form}, status=422 if form.errors else 200)


def _before(request: HttpRequest, principal: Principal) -> dict[str, str]:
    """The good to be amended, as it stands."""
    try:
        key = UUID(request.GET.get("good", ""))
    except ValueError:
        return {}
    row = goods_visible_to(principal).filter(pk=key).first()
    return dict(zip((c.code for c in COLUMNS), workbooks.row_of(row), strict=True)) if row else {}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GOODS_FILE)
def upload(request: HttpRequest) -> HttpResponse:
    """File goods by Excel or CSV."""
    principal = person(request)
    form = GoodsUploadForm(request.POST, request.FILES) if request.method == "POST" else GoodsUploadForm()
    problems: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        document = form.cleaned_data["document"]
        data = document.read(reader.MAX_BYTES + 1)
        small = len(data) <= services.AT_ONCE_BYTES
        take = services.file_at_once if small else services.receive_goods
        try:
            submission = take(
                data,
                name=str(document.name),
                principal=principal,
                company=_company(principal),
                channel="browser",
            )
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("goods_batch", reference=submission.reference)
    context = {"form": form, "problems": problems, "demo": settings.DEMO}
    return render(
        request, "filing/goods/upload.html", context, status=422 if form.errors or problems else 200
    )


def _batch(request: HttpRequest, reference: str) -> GoodsBatch:
    """A batch of the reader's own; nothing of others."""
    principal = person(request)
    batches = GoodsBatch.objects.select_related("submission__company", "submission__payload")
    found = get_object_or_404(batches, submission__reference=reference, submission__in=visible_to(principal))
    if principal.agency is not None or not is_near(found.submission, principal):
        raise Http404
    return found


def _findings(found: GoodsBatch) -> list[Finding]:
    return [Finding.from_stored(row) for row in found.findings]


@never_cache
@require_safe
@requires(Permission.FILING_READ, Permission.NOTICE_READ)
def batch(request: HttpRequest, reference: str) -> HttpResponse:
    """What became of a file; renews itself while it is checked, and can be left and found again."""
    found = _batch(request, reference)
    findings = _findings(found)
    context = {
        "batch": found,
        "submission": found.submission,
        "findings": findings[:SHOWN],
        "more": max(len(findings) - SHOWN, 0),
        "problem_count": len(findings),
    }
    part = live.fragment(request, "filing/goods/_batch.html", context, name="batch")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    return render(request, "filing/goods/batch.html", context | {"live": part})


@never_cache
@require_safe
@requires(Permission.FILING_READ, Permission.NOTICE_READ)
def commented(request: HttpRequest, reference: str) -> HttpResponse:
    """The sender's own file with a comment in every wrong cell."""
    found = _batch(request, reference)
    data = unseal_payload(found.submission)
    try:
        made = workbooks.commented(data, found.submission.payload.content_type, _findings(found))
    except Exception as error:
        if found.row_count:
            raise
        raise Http404 from error  # a file that could not be read cannot be written back
    return _download(made, reader.XLSX_DOWNLOAD, f"goods-{reference}.xlsx")


@never_cache
@require_safe
@requires(Permission.GOODS_FILE)
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    return _download(workbooks.template(), reader.XLSX_DOWNLOAD, "goods-template.xlsx")


@never_cache
@require_safe
@requires(Permission.GOODS_FILE)
def sample(request: HttpRequest) -> HttpResponse:
    """The demonstration's file of 60 rows with three faults, or mended."""
    from filing.goods.demo import story_workbook

    mended = "mended" in request.GET
    return _download(
        story_workbook(mended=mended), reader.XLSX_DOWNLOAD, f"goods-sample{'-mended' if mended else ''}.xlsx"
    )


@never_cache
@require_safe
@requires(Permission.FILING_READ)
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """What the filters found, as a workbook that can be handed in again."""
    return _download(
        workbooks.export_xlsx(_asked(request)), reader.XLSX_DOWNLOAD, workbooks.name_of("goods", "xlsx")
    )


@never_cache
@require_safe
@requires(Permission.FILING_READ)
def export_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    return _download(workbooks.export_csv(_asked(request)), reader.CSV, workbooks.name_of("goods", "csv"))


def _asked(request: HttpRequest) -> list[GoodsFiling]:
    form = GoodsFilterForm(request.GET)
    return list(current_goods(goods_visible_to(person(request)), form.asked())[:MOST_EXPORTED])


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
