"""Credit China's side of a repair: it takes the request in, and is told what the source agency decided.

Sent by the common dispatch on its own referral; its answer is that publication has ended on its site, or that the
request was refused. It never moves a record here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from submissions.models import Referral
from submissions.registry import Happened
from submissions.sending import add_dispatch

if TYPE_CHECKING:
    from credit.models import FactEvent

AGENCY = "credit-china"
OUTCOME = "outcome"  # what a dispatch carries


def tell_outcome(request: FactEvent, *, granted: bool, happened: Happened) -> None:
    """Send the decision to Credit China, once; nothing where the request never had a referral there."""
    row = Referral.objects.filter(submission=request.submission_id, agency__code=AGENCY).first()
    if row is None or request.submission is None:
        return
    body = {
        "reference": request.submission.reference,
        "kind": request.submission.kind,
        "outcome": "granted" if granted else "refused",
        "record_no": request.fact.record_no,
        "document_no": request.fact.document_no,
        "words": happened.words,
    }
    add_dispatch(row, OUTCOME, msgspec.json.encode(body, order="deterministic"), by=happened.by)
