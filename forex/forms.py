"""Forms of this room's pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from forex.bop_rules import Declaration
from forex.declarations import NATURES, Basis
from forex.models import PaymentState, Purpose
from forex.statement_rules import Head
from submissions.forms import DayInput

BANK_CODE = "bank"  # codes of banks begin so
NATURE_NAMES = {"goods": _("payment for goods"), "advance": _("payment in advance"), "refund": _("refund")}


def money_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount with two decimals."""
    return forms.DecimalField(label=label, max_digits=15, decimal_places=2, **options)


class PaymentFilterForm(forms.Form):
    """Questions asked of the table of inward payments."""

    number = forms.CharField(label=_("Declaration number"), required=False, max_length=22)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *PaymentState.choices]
    )
    since = forms.DateField(label=_("Received from"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Received until"), required=False, widget=DayInput())
    tab = forms.CharField(required=False, widget=forms.HiddenInput())
    after = forms.UUIDField(required=False, widget=forms.HiddenInput())

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the table."""
        return any(
            value for name, value in self.data.items() if name in self.fields and name not in ("after", "tab")
        )


class StatementForm(forms.Form):
    """A payout statement as a file, with what stands above its lines."""

    platform = forms.CharField(label=_("Marketplace or payment institution"), max_length=100)
    number = forms.CharField(label=_("Statement number"), max_length=60)
    period_from = forms.DateField(label=_("Period from"), widget=DayInput())
    period_to = forms.DateField(label=_("Period to"), widget=DayInput())
    currency = forms.CharField(
        label=_("Currency"), max_length=3, initial="USD", help_text=_("Three capitals, e.g. USD.")
    )
    net = money_field(
        _("Paid out (net)"),
        required=False,
        help_text=_("As the statement says; compared with the sum of its lines."),
    )
    file = forms.FileField(
        label=_("XLSX or CSV file"),
        help_text=_("One row an order: order number, goods, freight, commission, other fees, refunds."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def head(self) -> Head:
        """What stands above the lines."""
        given = {name: self.cleaned_data[name] for name in Head.__dataclass_fields__}
        return Head(**given)


class MatchForm(forms.Form):
    """Which statement a payment pays, and how much of it."""

    statement = forms.UUIDField()
    amount = money_field(_("Amount"), required=False)


class UnmatchForm(forms.Form):
    """Which match is undone, and why."""

    match = forms.UUIDField()
    why = forms.CharField(label=_("Reason"), max_length=300)


class DeclarationForm(forms.Form):
    """The fields of R4.09 that are the declarant's; the others are the payment's."""

    code = forms.ChoiceField(label=_("Transaction code"))
    remark = forms.CharField(label=_("Remark"), max_length=200)
    nature = forms.ChoiceField(label=_("Nature"), choices=[(code, NATURE_NAMES[code]) for code in NATURES])
    settled = money_field(_("Settled into CNY"), min_value=Decimal(0))
    held = money_field(_("Held as foreign exchange"), min_value=Decimal(0))
    other = money_field(_("Other"), min_value=Decimal(0))
    bonded = forms.BooleanField(label=_("Bonded goods"), required=False)
    confirmed = forms.MultipleChoiceField(
        label=_("I have read these warnings and declare all the same"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, found: Basis, warnings: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        codes = [("", "–"), *((row.code, f"{row.code} {row.name}") for row in found.codes.values())]
        self.fields["code"].choices = codes  # type: ignore[attr-defined]
        self.fields["confirmed"].choices = warnings or []  # type: ignore[attr-defined]

    def declaration(self) -> Declaration:
        """As filled in; amounts of the payment are the payment's own."""
        names = ("code", "remark", "nature", "settled", "held", "other", "bonded")
        return Declaration(
            currency=self.found.payment.currency,
            actual=self.found.known.amount,
            gross_in=self.found.known.gross_in,
            gross_out=self.found.known.gross_out,
            declared_on=timezone.localdate(),
            **{name: self.cleaned_data[name] for name in names},
        )


class ConsentForm(forms.Form):
    """Which bank may ask, what for, and how long."""

    bank = forms.ModelChoiceField(label=_("Bank"), queryset=Agency.objects.none())
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    valid_from = forms.DateField(label=_("From"), widget=DayInput(), initial=timezone.localdate)
    valid_to = forms.DateField(label=_("To"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = Agency.objects.filter(code__startswith=BANK_CODE).order_by("code")
        self.fields["bank"].queryset = banks  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """The months that indicators are worked out for, first and last included."""

    since = forms.DateField(label=_("From"), widget=DayInput())
    until = forms.DateField(label=_("To"), widget=DayInput())
