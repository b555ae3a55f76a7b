"""The conditions in words: met, and unmet with what is missing."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

MET = {
    "offered": _("Mode {mode} is open at this zone's customs on that day."),
    "abroad": _("The goods go to another country."),
    "registered": _("The exporter is registered with customs as a declaring unit."),
    "platform": _("The order was made on a named platform."),
    "order": _("The order has a number."),
    "business": _("The buyer is a firm."),
    "booking": _("The warehouse booking order (W) has a number."),
    "warehouse": _("The overseas warehouse is named."),
    "filing": _("No filing of the warehouse is lacking."),
    "logistics": _("The transport document names that order or booking."),
    "payment": _("Nothing is lacking about payment."),
}
UNMET = {
    "offered": _("Mode {mode} is not open at this zone's customs on that day."),
    "abroad": _("The goods do not go to another country: state the country of destination."),
    "registered": _("The exporter has no customs code: it registers with customs first."),
    "platform": _("No platform is named on which the order was made."),
    "order": _("The order number is missing."),
    "business": _("It is not said that the buyer is a firm; a sale to a person is retail export (9610)."),
    "booking": _("The number of the warehouse booking order (W) is missing."),
    "warehouse": _("No overseas warehouse is named."),
    "filing": _("The overseas warehouse is not on file, which was asked for until 2024-12-14."),
    "logistics": _("No transport document names that order or booking."),
    "payment": _("No payment or settlement record names that order or booking."),
}
