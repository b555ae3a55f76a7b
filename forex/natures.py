"""What an inward payment is paid for, as it is declared (R4.09)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NATURE_NAMES = {"goods": _("payment for goods"), "advance": _("payment in advance"), "refund": _("refund")}
NATURES = tuple(NATURE_NAMES)
