"""Words of the templates; loaded in every template (see TEMPLATES in settings)."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, RadioSelect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from portal.meanings import meaning_of
from reference.selectors import code_name as reference_name
from submissions import registry
from submissions.outages import told_to

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; hidden from screen readers unless it has a label of its own."""
    use = format_html('<use href="{}#{}"></use>', static("vendor/icons.svg"), name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}">{}</svg>', label, use)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false">{}</svg>', use)


@register.simple_tag
def status(state: str, label: str = "") -> SafeString:
    """A state as word + icon + colour: `{% status submission.state submission.get_state_display %}`."""
    meaning = meaning_of(str(state))
    return format_html(
        '<span class="status status-{}">{}<span>{}</span></span>',
        meaning.code,
        icon(meaning.icon),
        label or state,
    )


@register.filter
def meaning(state: str) -> str:
    """`waiting`, `good`, `attention` or `refused`."""
    return meaning_of(str(state)).code


@register.filter
def moment(value: object) -> SafeString | str:
    """A time as 2026-11-23 14:05 in the portal's time zone, readable by machines; – when there is none."""
    if not isinstance(value, datetime):
        return "–" if value in (None, "") else str(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in the unit people would use, rounded up: `3 days`, `5 hours`, `1 minute`."""
    if value is None:
        return "–"
    minutes = max(1, math.ceil(value.total_seconds() / 60))
    hours, days = math.ceil(minutes / 60), math.ceil(minutes / 60 / 24)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if hours < 48:  # noqa: PLR2004 - two days
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} day", "{count} days", days).format(count=days)


@register.filter
def working_time(value: timedelta | None) -> str:
    """Working time: in working days of 24 hours, below one of them in hours or minutes."""
    if value is None or value < timedelta(days=1):
        return span(value)
    count = value / timedelta(days=1)
    return ngettext("{count} working day", "{count} working days", math.ceil(count)).format(
        count=f"{count:.1f}"
    )


@register.filter
def wire_time(value: str) -> str:
    """Customs' digits (8, 14 or 17 of them) as a date or a time; anything else as it is."""
    text = str(value or "")
    if not text.isdigit() or len(text) not in {8, 14, 17}:
        return text or "–"
    day = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return day if len(text) == len("20261123") else f"{day} {text[8:10]}:{text[10:12]}"


@register.filter
def money(value: object, currency: str = "CNY") -> str:
    """An amount with its currency and two decimals: `CNY 1,708.51`; – when there is none."""
    number = amount(value)
    return number if number == "–" or not currency else f"{currency} {number}"


@register.filter
def amount(value: object) -> str:
    """An amount without its currency, where the head of the column names it."""
    if value in (None, ""):
        return "–"
    try:
        return f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    except InvalidOperation:
        return str(value)


@register.filter
def quantity(value: object) -> str:
    """A number without the zeros its column stores."""
    if value in (None, ""):
        return "–"
    try:
        return f"{Decimal(str(value)).normalize():,f}"
    except InvalidOperation:
        return str(value)


@register.inclusion_tag("components/code.html")
def code(value: object, label: str = "", *, copy: bool = True) -> dict[str, Any]:
    """A code in monospace with a button that copies it."""
    return {"value": "" if value is None else str(value), "label": label, "copy": copy}


@register.inclusion_tag("components/chart.html")
def draw(chart: dict[str, Any]) -> dict[str, Any]:
    """A chart of `submissions.tables.chart_of`; its table must stand below it."""
    return {"data": json.dumps(chart, ensure_ascii=False), "title": chart["title"]}


@register.inclusion_tag("components/outages.html")
def outages(kind: str) -> dict[str, Any]:
    """Planned and running outages of the agencies a service is addressed to; one query."""
    try:
        codes = registry.kind(kind).agencies
    except registry.NotRegistered:
        codes = ()
    return {"outages": told_to(codes) if codes else []}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, kind: str = "") -> dict[str, Any]:
    """One field of a form: label, control, help beside it, errors in words at it."""
    widget = bound.field.widget
    kind = kind or getattr(widget, "input_type", "") or type(widget).__name__.lower()
    # Many boxes stand in an element of their own, which would get the class of one.
    is_group = isinstance(widget, RadioSelect)
    css = {"checkbox": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    css = "" if is_group else css
    described = [f"{bound.auto_id}-help"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attrs: dict[str, Any] = {"class": f"{css} is-invalid" if bound.errors and css else css}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "is_check": kind == "checkbox" and not is_group,
        "is_group": is_group,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Everything wrong with a form, on top, each with a link to its field."""
    return {"form": form, "fields": [form[name] for name in form.errors if name in form.fields]}


@register.simple_tag
def code_name(table: str, value: str) -> str:
    """A code with its name beside it, as far as the reference table knows it."""
    name = reference_name(table, value)
    return f"{name} ({value})" if name else value


@register.filter
def yes_no(value: object) -> str:
    """A truth in words."""
    return gettext("yes") if value else gettext("no")
