"""The page of the import tax calculator: open to everybody, the question in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customs.api.v1.quotes import quote_out
from customs.models import TaxRegime
from portal.calculator import Lines, OrderForm, goods_on_offer, one_more, quote
from reference.parameters import ParameterMissing


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """The form, and below it the tax with its working once it was asked for."""
    today = timezone.localdate()
    asks = "form-TOTAL_FORMS" in request.GET
    adds = asks and "add" in request.GET
    lines = Lines(one_more(request.GET) if adds else request.GET) if asks else Lines()
    order = OrderForm(request.GET if asks else None, initial={"day": today})
    context: dict[str, Any] = {"lines": lines, "order": order, "goods": goods_on_offer(today), "asks": asks}
    status = 200
    if asks and not adds:
        is_right = lines.is_valid() and order.is_valid()
        if is_right:
            context |= _answer([dict(one) for one in lines.cleaned_data], order.cleaned_data, today)
        status = 200 if is_right else 400
    if adds:  # What is not filled in yet is not wrong yet.
        context["lines"] = _unchecked(lines)
    return render(request, "portal/calculator.html", context, status=status)


def _unchecked(lines: Any) -> Any:
    """The same lines as they stand, without a judgement."""
    names = list(lines.empty_form.fields)
    rows = [{name: form.data.get(form.add_prefix(name), "") for name in names} for form in lines.forms]
    return Lines(initial=[row | {"quantity": row["quantity"] or 1} for row in rows[:-1]] + [{"quantity": 1}])


def _answer(lines: list[dict[str, Any]], order: dict[str, Any], today: date) -> dict[str, Any]:
    on = order["day"] or today
    try:
        assessment = quote(lines, order, on)
    except ParameterMissing:
        text = _("No import tax rules are known for {date}.").format(date=on.isoformat())
        return {"refusal": text}
    if assessment.problems:
        return {"problems": assessment.problems}
    found = quote_out(assessment, on)
    return {"quote": found, "regime_name": TaxRegime(found["regime"]).label}
