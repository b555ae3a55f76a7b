"""Words of the templates."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from portal.forms import ReferenceForm
from portal.templatetags import portal as tags


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1708.51"), "CNY 1,708.51"),
        (Decimal("102.225"), "CNY 102.23"),
        ("0", "CNY 0.00"),
        (None, "–"),
        ("", "–"),
        ("unknown", "CNY unknown"),
    ],
)
def test_money_has_currency_and_two_decimals(value, shown) -> None:
    assert tags.money(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("6.00000"), "6"), (Decimal("0.43000"), "0.43"), (Decimal("1200"), "1,200"), (None, "–")],
)
def test_quantities_lose_the_zeros_of_their_column(value, shown) -> None:
    assert tags.quantity(value) == shown


def test_times_are_those_of_the_portals_zone() -> None:
    html = tags.moment(datetime(2026, 11, 23, 6, 5, tzinfo=UTC))
    assert ">2026-11-23 14:05<" in html
    assert 'datetime="2026-11-23T14:05:00+08:00"' in html
    assert tags.moment(None) == "–"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("20261103", "2026-11-03"),
        ("20261103110559", "2026-11-03 11:05"),
        ("20261103110559123", "2026-11-03 11:05"),
        ("", "–"),
        ("soon", "soon"),
    ],
)
def test_times_of_the_wire_are_read(digits, shown) -> None:
    assert tags.wire_time(digits) == shown


def test_a_status_is_word_and_icon_and_colour() -> None:
    html = tags.status("returned", "zurück <b>")
    assert "status-attention" in html
    assert "#alert-triangle" in html
    assert "zurück &lt;b&gt;" in html


def test_a_code_is_escaped_and_can_be_copied() -> None:
    html = Template("{% code value %}").render(Context({"value": '"><script>'}))
    assert "<script>" not in html
    assert 'data-copy="&quot;&gt;&lt;script&gt;"' in html


def test_a_wrong_field_says_so_at_the_field_and_on_top() -> None:
    with override("en"):
        form = ReferenceForm({"reference": "TJ26-0000-0001-9"})
        assert not form.is_valid()
    with override("en"):
        html = Template("{% form_errors form %}{% field form.reference %}").render(Context({"form": form}))
    assert '<a href="#id_reference">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_reference-help id_reference-error"' in html
    assert html.count("check each digit") == 2


def test_a_form_without_errors_shows_no_box() -> None:
    assert not Template("{% form_errors form %}").render(Context({"form": ReferenceForm()})).strip()


class Asked(forms.Form):
    """A box, several boxes, and a line."""

    late = forms.BooleanField(label="Late", required=False)
    modes = forms.MultipleChoiceField(
        label="Modes",
        choices=[("9710", "to firms"), ("9810", "to warehouses")],
        widget=forms.CheckboxSelectMultiple,
    )
    name = forms.CharField(label="Name")


def test_several_boxes_stand_in_a_group_that_is_not_drawn_as_one_box() -> None:
    shown = {one.name: Template("{% field one %}").render(Context({"one": one})) for one in Asked()}
    assert 'class="form-check-input"' in shown["late"]
    assert "form-check" not in shown["modes"]
    assert 'class="choices"' in shown["modes"]
    assert shown["modes"].count('type="checkbox"') == 2
    assert 'class="form-control"' in shown["name"]
    assert "choices" not in shown["name"]
