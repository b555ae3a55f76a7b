"""Pages of a typed list: begin, type (saved by itself), check, sign and hand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import requires
from accounts.models import Company, CompanyRole
from accounts.permissions import Permission
from customs.ceb.xml import MAX_BYTES
from customs.claims import TO_CORRECT
from customs.intake import Conflict
from customs.models import ExportList, Inventory
from customs.onelist import drafts, prefill, showing, signing
from customs.onelist.forms import BeginForm, SignedForm, posted
from customs.onelist.sheet import SHEETS, Sheet
from customs.onelist.typed import Values
from reference.problems import Problem, Refused
from submissions.definitions import draft_pages
from submissions.definitions.draft_pages import gone
from submissions.drafts import Stale
from submissions.lifecycle import WrongState
from submissions.models import Submission, SubmissionState
from submissions.views import person

SEND = Permission.CEB_SEND
OFFERED_ORDERS = 20


def _agent(request: HttpRequest) -> Company:
    company = person(request).company
    if company is None:
        raise Http404
    return company


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEND)
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """For whom, and from which order; drafts one has already are offered first."""
    sheet, agent, principal = SHEETS[kind], _agent(request), person(request)
    firms = prefill.firms(agent, principal.acting_for(kind))
    form = BeginForm(request.POST or request.GET)
    form.is_valid()
    orders = prefill.orders_of(sheet, firms, form.cleaned_data.get("order_no", "").strip())
    if request.method == "POST":
        draft = _begun(request, sheet, firms)
        return redirect("one_list", draft.pk)
    mine = Submission.objects.filter(kind=kind, state=SubmissionState.DRAFT, company=agent)
    taken = list(orders[: OFFERED_ORDERS + 1])
    context = {
        "sheet": sheet,
        "firms": firms,
        "form": form,
        "orders": taken[:OFFERED_ORDERS],
        "more": len(taken) > OFFERED_ORDERS,
        "drafts": mine.order_by("-pk")[:10],
        "may_declare": CompanyRole.DECLARANT in agent.roles,
    }
    return render(request, "customs/onelist/begin.html", context)


def _begun(request: HttpRequest, sheet: Sheet, firms: list[Company]) -> Submission:
    """The draft asked for: of an order, of a list to correct, or empty for a firm; 404 for what is not there."""
    principal, given = person(request), request.POST
    if "order" in given:
        order = _found(prefill.orders_of(sheet, firms), given["order"])
        firm = next(one for one in firms if order.ebc_code in one.codes)
        return drafts.begin(sheet, firm, principal=principal, order=order)
    if "list" in given:
        codes = sorted(_agent(request).codes)
        rows: Any = (Inventory if sheet.type == "CEB621" else ExportList).objects
        returned = _found(rows.filter(agent_code__in=codes, state__in=TO_CORRECT), given["list"])
        return drafts.again(sheet, returned, principal=principal)
    firm = next((one for one in firms if str(one.pk) == given.get("firm")), firms[0])
    return drafts.begin(sheet, firm, principal=principal)


def _found(rows: Any, key: str) -> Any:
    try:
        return get_object_or_404(rows, pk=UUID(key))
    except ValueError:
        raise Http404 from None


def _draft(request: HttpRequest, draft_id: UUID) -> Submission:
    """A typed list of the company one acts as, draft or not."""
    rows = Submission.objects.filter(company=_agent(request), kind__in=SHEETS).select_related("company")
    found = get_object_or_404(rows, pk=draft_id)
    # What arrived as a file was never a draft.
    if found.state != SubmissionState.DRAFT and not found.draft:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEND)
@draft_pages.on_draft(_draft)
def one_list(request: HttpRequest, draft: Submission) -> HttpResponse:
    """The form. POST saves: by itself while somebody types (htmx), or with a button."""
    if request.method == "POST":
        return _save(request, draft)
    looked = drafts.look_at(draft).faults if request.GET.get("look") == "1" else ()
    return render(request, "customs/onelist/form.html", showing.form_page(draft, looked))


def _save(request: HttpRequest, draft: Submission) -> HttpResponse:
    sheet, there = drafts.sheet_of(draft), reverse("one_list", args=[draft.pk])
    head, lines = posted(sheet, request.POST)
    lines, place = _with_buttons(request, draft, head, lines)
    try:
        version, typed = drafts.save(draft, head, lines, draft_pages.version_of(request))
    except Stale as stale:

        def page(told: Mapping[str, Any]) -> HttpResponse:
            context = showing.form_page(draft, (), values=(head, lines)) | dict(told)
            return render(request, "customs/onelist/form.html", context, status=409)

        return draft_pages.stale(request, draft, stale.current, there=there, page=page)
    except WrongState:
        draft.refresh_from_db()
        return gone(request, draft)
    if request.headers.get("HX-Request"):
        context = showing.saved(draft, typed) | {"version": version, "saved_at": timezone.now()}
        return render(request, "customs/onelist/_saved.html", context)
    return redirect("one_list_check", draft.pk) if "check" in request.POST else redirect(there + place)


def _with_buttons(
    request: HttpRequest, draft: Submission, head: Values, lines: tuple[Values, ...]
) -> tuple[tuple[Values, ...], str]:
    """What the buttons of the goods lines ask: one more, one less, filled from the goods on file."""
    sheet, posted_ = drafts.sheet_of(draft), request.POST
    at = _number(posted_.get("remove") or posted_.get("fill") or "")
    if "add" in posted_ and len(lines) < sheet.most_lines:
        return (*lines, {}), f"#line-{len(lines) + 1}"
    if not 0 < at <= len(lines):
        return lines, ""
    if "remove" in posted_:
        return (*lines[: at - 1], *lines[at:]), "#lines"
    typed = drafts.typed_of(draft).changed(head, lines)
    good = drafts.goods(typed).get(lines[at - 1].get("itemNo", ""))
    if good is None:
        messages.warning(
            request, _("No good of that number is on file; file it first, or type its particulars.")
        )
        return lines, f"#line-{at}"
    return (*lines[: at - 1], prefill.with_good(sheet, lines[at - 1], good), *lines[at:]), f"#line-{at}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("99") else 0


@never_cache
@require_safe
@requires(SEND)
@draft_pages.on_draft(_draft)
def check(request: HttpRequest, draft: Submission) -> HttpResponse:
    """Everything as it will be declared, the tax, everything that is wrong, and the ways to sign."""
    return _check_page(request, draft)


def _check_page(
    request: HttpRequest, draft: Submission, problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    context = showing.check_page(draft) | {
        "problems": problems,
        "signer": signing.at_the_portal(),
        "signed_form": SignedForm(),
    }
    return render(request, "customs/onelist/check.html", context, status=status)


@never_cache
@require_safe
@requires(SEND)
@draft_pages.on_draft(_draft)
def unsigned(request: HttpRequest, draft: Submission) -> HttpResponse:
    """The message to be signed with one's own device; it stays the same until something is changed."""
    try:
        message = drafts.message_to_sign(draft)
    except Refused:
        return _check_page(request, draft, status=422)
    answer = HttpResponse(signing.unsigned(message), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{message.type}-unsigned.xml"'
    return answer


@require_POST
@requires(SEND)
@draft_pages.on_draft(_draft, check="one_list_check")
def hand_in(request: HttpRequest, draft: Submission) -> HttpResponse:
    """Signed at the portal when somebody confirms, or by the file that came back. Once."""
    signer, signed = signing.at_the_portal(), b""
    form = SignedForm(request.POST, request.FILES)
    if form.is_valid():
        signer, signed = None, form.cleaned_data["signed"].read(MAX_BYTES + 1)
    elif signer is None or "confirm" not in request.POST:
        text = _("Confirm the declaration, or bring the signed file.")
        messages.warning(request, text)
        return _check_page(request, draft, status=422)
    return _hand_in(request, draft, signer, signed)


def _hand_in(
    request: HttpRequest, draft: Submission, signer: signing.AtThePortal | None, signed: bytes
) -> HttpResponse:
    try:
        received = drafts.hand_in(draft, principal=person(request), signer=signer, signed=signed)
    except Refused as refused:
        draft.refresh_from_db()
        return _check_page(request, draft, refused.problems, status=422)
    except (Conflict, WrongState, Stale):
        return draft_pages.overtaken(request, draft, "one_list_check")
    return draft_pages.handed_in(request, received.submission.reference)


@require_POST
@requires(SEND)
@draft_pages.on_draft(_draft)
def discard(request: HttpRequest, draft: Submission) -> HttpResponse:
    """Give the draft up."""
    return draft_pages.give_up(request, draft, by=person(request).actor)
