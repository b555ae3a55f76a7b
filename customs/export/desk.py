"""Export at the officials' desk: the page of a list, and the entry of goods that came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from customs.export.bills import notice_page
from customs.export.pages import ExportPage, export_page, notice_context
from customs.export.returns import MODES, RETURNABLE, Returned, enter_return, left_of, wrong_with
from customs.export.words import NOTICES
from customs.models import ExportListLine
from reference.keys import uuid7
from reference.problems import Problem, Refused
from reference.selectors import code_name
from submissions.admin_registry import DeskPage, page, register_page
from submissions.forms import DayInput
from submissions.models import Referral


def _found(list_id: UUID, request: HttpRequest) -> tuple[ExportPage, Principal]:
    principal = principal_of(request)
    found = export_page(list_id, principal)
    if found is None or principal is None:
        raise Http404
    return found, principal


@never_cache
@require_safe
def export_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The documents side by side, the way out, what came back."""
    found, principal = _found(list_id, request)
    case = Referral.objects.filter(submission=found.list.message_id, agency=principal.agency).first()
    may = (
        principal.may(Permission.QUEUE_WORK) and found.list.state in RETURNABLE and bool(open_lines(list_id))
    )
    context = {
        "title": " ".join((gettext("Export list"), found.list.number)),
        "page": found,
        "noun": gettext("Export list"),
        "case": case,
        "number": found.list.number,
        "may_enter_return": may,
        "for_officials": True,
    }
    return page(request, "admin/desk/export_list.html", context)


def open_lines(list_id: UUID) -> list[ExportListLine]:
    """The lines of which something has not come back yet."""
    lines = ExportListLine.objects.filter(export_list_id=list_id).order_by("gnum")
    return [line for line in lines if left_of(line) > 0]


@never_cache
@require_safe
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """An arrival, manifest or departure: its parcels, and what is missing, extra or mismatching."""
    found = notice_page(notice_id, principal_of(request))
    if found is None:
        raise Http404
    context = notice_context(found) | {"title": str(NOTICES[found.notice.kind]), "for_officials": True}
    return page(request, "admin/desk/export_notice.html", context)


class ReturnForm(forms.Form):
    """What an official writes down of goods that came back."""

    line = forms.TypedChoiceField(label=_("Line"), coerce=int)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=19, decimal_places=5)
    returned_on = forms.DateField(label=_("Returned on"), widget=DayInput(), initial=timezone.localdate)
    mode = forms.ChoiceField(label=_("Supervision mode"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid7)

    def __init__(self, list_id: UUID, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_id = list_id
        lines = ExportListLine.objects.filter(export_list_id=list_id).order_by("gnum")
        self.fields["line"].choices = [(line.gnum, _line_name(line)) for line in lines]  # type: ignore[attr-defined]
        self.fields["mode"].choices = [  # type: ignore[attr-defined]
            (mode, f"{mode} {code_name('trade_mode_export_return', mode)}".strip()) for mode in MODES
        ]

    def told(self) -> Returned:
        """As the service takes it."""
        given = self.cleaned_data
        return Returned(
            list_id=self.list_id,
            gnum=given["line"],
            returned_on=given["returned_on"],
            quantity=given["quantity"],
            mode=given["mode"],
            reason=given["reason"],
            key=given["key"],
        )


def _line_name(line: ExportListLine) -> str:
    said = gettext("{line} {goods}: {left} of {declared} {unit} not returned")
    return said.format(
        line=line.gnum,
        goods=line.gname,
        left=f"{left_of(line).normalize():f}",
        declared=f"{line.qty.normalize():f}",
        unit=code_name("unit", line.unit),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Write it down, look it over, confirm: only then is it on record, for the firm and for tax."""
    found, principal = _found(list_id, request)
    if principal.agency is None:
        raise PermissionDenied
    form = ReturnForm(list_id, request.POST if request.method == "POST" else None)
    problems: tuple[Problem, ...] = ()
    looked_over = False
    if form.is_valid():
        told = form.told()
        problems = () if "confirmed" in request.POST else tuple(wrong_with(told))
        if "confirmed" in request.POST:
            try:
                enter_return(told, by=principal)
            except Refused as refused:
                problems = refused.problems
            else:
                messages.success(request, gettext("The return is on record; the firm has been told."))
                return redirect("admin:export_list", list_id)
        looked_over = not problems and "change" not in request.POST
    context = {
        "title": gettext("Enter returned goods"),
        "page": found,
        "form": form,
        "problems": problems,
        "looked_over": looked_over,
        "line_name": dict(form.fields["line"].choices).get(form.cleaned_data["line"]) if looked_over else "",  # type: ignore[attr-defined]
    }
    status = 422 if problems or form.errors else 200
    return page(request, "admin/desk/export_return.html", context, status=status)


register_page(DeskPage("export_list", "exports/<uuid:list_id>/", export_list, Permission.QUEUE_READ))
register_page(DeskPage("export_notice", "exports/notices/<uuid:notice_id>/", notice, Permission.QUEUE_READ))
register_page(DeskPage("export_return", "exports/<uuid:list_id>/return/", enter, Permission.QUEUE_WORK))
