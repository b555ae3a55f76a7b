"""States of documents; written by `customs/lifecycle/` alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentState(models.TextChoices):
    """Where a document stands, an inventory list or one of the three documents."""

    LOADED = "loaded", _("received")
    WAITING = "waiting", _("waiting for its documents")  # inventory lists only
    READY = "ready", _("checked, to be sent")  # inventory lists only
    FAULTED = "faulted", _("faults found, to be sent with our opinion")  # inventory lists only
    SENT = "sent", _("sent")
    DECLARING = "declaring", _("being declared at the E-port")
    STORED = "stored", _("stored by customs")
    REVIEW = "review", _("under manual review")
    INSPECTION = "inspection", _("under inspection")
    DETAINED = "detained", _("detained")
    CONCLUDED = "concluded", _("concluded")
    RELEASED = "released", _("released")
    CLOSED = "closed", _("closed")
    RETURNED = "returned", _("returned, to be corrected")
    EPORT_REFUSED = "eport_refused", _("refused by the E-port, to be corrected")
    SENT_BACK = "sent_back", _("goods sent back out")
    SUPERSEDED = "superseded", _("replaced by a later version")


class TaxRegime(models.TextChoices):
    """How a list is taxed (rules R1.05–R1.08)."""

    WITHIN_LIMIT = "within_limit", _("within limits")
    FULL_TAX = "full_tax", _("over the single limit: full tax")
    REFUSED = "refused", _("not importable through this channel")
