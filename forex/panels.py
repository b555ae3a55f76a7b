"""The declaration on the page of its submission, and the number by which both are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import Q
from django.utils.translation import gettext

from forex.bop_rules import WARNINGS
from forex.models import BopDeclaration, BopState
from forex.selectors import SERVICE
from submissions.models import Referral, Submission
from submissions.panels import Panel, register_panel
from submissions.services import unseal_payload

if TYPE_CHECKING:
    from accounts.principals import Principal


def register() -> None:
    """Called once by `registration.py`."""
    register_panel(SERVICE, panel)


def by_number(text: str) -> Q:
    """Submissions of the payment with that declaration number, or under that reference of SAFE."""
    rows = BopDeclaration.objects.filter(
        Q(payment__declaration_no=text.upper()) | Q(safe_no=text.upper()) & ~Q(safe_no="")
    )
    return Q(pk__in=rows.values("pk"))


def panel(submission: Submission, principal: Principal) -> Panel:
    """The declaration and its versions; the payment's page is the company's own."""
    row = BopDeclaration.objects.select_related("payment__bank", "payment__company").get(pk=submission.pk)
    context = {
        "row": row,
        "body": body_of(submission),
        "versions": versions_of(row),
        "is_company": principal.agency is None,
        "has_paper": row.state == BopState.ACCEPTED,
    }
    return Panel("forex/_declaration.html", context)


def body_of(submission: Submission) -> dict[str, Any]:
    """What was declared, as it was frozen; of the account only its last digits, confirmed warnings in words."""
    body: dict[str, Any] = msgspec.json.decode(unseal_payload(submission))
    confirmed = [gettext(WARNINGS.get(code, ("", code))[1]) for code in body["confirmed_warnings"]]
    return body | {"account": f"**** {body['account'][-4:]}", "confirmed_warnings": confirmed}


def versions_of(row: BopDeclaration) -> list[tuple[BopDeclaration, Referral | None]]:
    """All versions of the payment's declaration, the newest first, each with the bank's share of it."""
    rows = BopDeclaration.objects.filter(payment=row.payment_id).select_related("submission")
    found = rows.prefetch_related("submission__referrals").order_by("-version")
    return [(one, next(iter(one.submission.referrals.all()), None)) for one in found]
