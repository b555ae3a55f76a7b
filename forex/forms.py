"""Forms of this room's pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from forex.bop_rules import Declaration
from forex.declarations import Basis
from forex.models import InwardPayment, OwnerSide, PaymentState, Purpose
from forex.natures import NATURE_NAMES
from forex.ownership import REASON_LENGTH, people_of
from forex.selectors import BANK_CODE
from forex.statement_rules import Head
from reference.problems import Problem
from submissions.forms import DayInput

NOTHING = Decimal(0)


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


class DeskFilterForm(forms.Form):
    """Questions a bank's officials ask of the payments; what cannot be read is left out."""

    q = forms.CharField(label=_("Declaration number or company"), required=False, max_length=100)
    which = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("unsettled", _("not matched or not declared")),
            ("overdue", _("overdue")),
            ("unmatched", _("not matched")),
            ("undeclared", _("not declared")),
            ("all", _("all")),
        ],
    )
    side = forms.ChoiceField(
        label=_("In charge"), required=False, choices=[("", _("anybody")), *OwnerSide.choices]
    )

    @property
    def is_used(self) -> bool:
        """Whether anything narrows the table."""
        return any(self.data.get(name) for name in self.fields)


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


NOBODY = _("{holder} (nobody in particular)")


class HandOverForm(forms.Form):
    """Who has a payment from now on, and why."""

    to = forms.ChoiceField(label=_("Hand over to"))
    why = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args: Any, payment: InwardPayment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people: dict[str, tuple[OwnerSide, User | None]] = {}
        choices = [
            (str(_("the company")), self._side(OwnerSide.COMPANY, payment.company)),
            (str(_("the bank")), self._side(OwnerSide.BANK, payment.bank)),
        ]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def _side(self, side: OwnerSide, holder: Any) -> list[tuple[str, str]]:
        self._people[side] = (side, None)
        offered = [(str(side), str(NOBODY).format(holder=holder.display_name))]
        for user in people_of(holder):
            self._people[f"{side}-{user.pk}"] = (side, user)
            offered.append((f"{side}-{user.pk}", str(user)))
        return offered

    @property
    def chosen(self) -> tuple[OwnerSide, User | None]:
        """The side and the person."""
        return self._people[self.cleaned_data["to"]]


class DeclarationForm(forms.Form):
    """The fields of R4.09 that are the declarant's; the others are the payment's.

    What must stand in them the rules say (`bop_rules`); both are asked together, so that all is told at once.
    """

    code = forms.ChoiceField(label=_("Transaction code"))
    remark = forms.CharField(label=_("Remark"))
    nature = forms.ChoiceField(label=_("Nature"), choices=list(NATURE_NAMES.items()))
    settled = money_field(_("Settled into CNY"))
    held = money_field(_("Held as foreign exchange"))
    other = money_field(_("Other"))
    bonded = forms.BooleanField(label=_("Bonded goods"), required=False)
    confirmed = forms.MultipleChoiceField(
        label=_("I have read these warnings and declare all the same"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, found: Basis, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        codes = [("", "–"), *((row.code, f"{row.code} {row.name}") for row in found.codes.values())]
        self.fields["code"].choices = codes  # type: ignore[attr-defined]
        given = self.data.getlist("confirmed") if hasattr(self.data, "getlist") else []
        self.offer([(code, code) for code in given])

    def offer(self, warnings: list[tuple[str, str]]) -> None:
        """The warnings (code, text) that stand to be confirmed."""
        self.fields["confirmed"].choices = warnings  # type: ignore[attr-defined]

    def declaration(self) -> Declaration:
        """As filled in; amounts of the payment are the payment's own. What could not be read is left out."""
        given, known = self.cleaned_data, self.found.known
        return Declaration(
            currency=self.found.payment.currency,
            actual=known.amount,
            gross_in=known.gross_in,
            gross_out=known.gross_out,
            declared_on=timezone.localdate(),
            code=given.get("code", ""),
            remark=given.get("remark", ""),
            nature=given.get("nature") or "goods",
            bonded=given.get("bonded", False),
            **{name: given.get(name) or NOTHING for name in ("settled", "held", "other")},
        )

    def tell(self, problems: list[Problem]) -> None:
        """Errors at their fields, warnings to be confirmed by name."""
        for one in problems:
            name = one.path.strip("/")
            if one.level == "error" and name in self.fields and name in self.errors:
                continue  # what cannot be read is told already
            if one.level == "error":
                self.add_error(name if name in self.fields else None, one.text)
        self.offer([(one.code, one.text) for one in problems if one.level == "warning"])


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
