"""The life of a B2B declaration at customs, and of an override: the only writer of their states."""

from __future__ import annotations

from customs.models import B2BDeclaration, B2BOverride
from customs.models.b2b import B2BState as S
from submissions.approvals import approval_table
from submissions.lifecycle import ANYONE, APPLICANT, OFFICIAL, Step, Table

_OPEN = (S.DECLARED, S.ACCEPTED, S.SENT_BACK)

DECLARATION = Table(
    "b2b",
    B2BDeclaration,
    "t.submission_id, NULL::uuid",
    {
        step.verb: step
        for step in (
            Step("declare", ("",), S.DECLARED, ("person", "client", "system")),
            # Refused at the door and sent again: customs may still take it.
            Step("accept", (S.DECLARED, S.REFUSED), S.ACCEPTED, OFFICIAL),
            Step("send_back", (S.DECLARED, S.ACCEPTED), S.SENT_BACK, OFFICIAL),
            Step("correct", (S.SENT_BACK,), S.DECLARED, APPLICANT),
            # Customs' messages overtake one another: a release may come before the acceptance.
            Step("release", (S.DECLARED, S.ACCEPTED, S.REFUSED), S.RELEASED, OFFICIAL),
            Step("close", (S.RELEASED,), S.CLOSED, OFFICIAL),
            Step("refuse", _OPEN, S.REFUSED, ANYONE),
            Step("withdraw", _OPEN, S.WITHDRAWN, ANYONE),
        )
    },
)
OVERRIDE = approval_table(
    "b2b_override",
    B2BOverride,
    owner="d.submission_id, NULL::uuid",
    join="JOIN customs_b2bdeclaration d ON d.id = t.declaration_id",
)
