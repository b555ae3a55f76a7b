"""Words of the templates; loaded in every template (see TEMPLATES in settings)."""

from __future__ import annotations

from django import template

register = template.Library()
