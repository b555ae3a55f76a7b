"""What the certificate of the registration lists: each party's number and day."""

from __future__ import annotations

from django.utils import timezone

from submissions.definitions.definition import Facts
from submissions.definitions.fields import Values
from submissions.models import Submission

LINES: tuple[tuple[str, str, str], ...] = (
    ("commerce", "综试区企业备案（商务）", "Pilot-zone record (commerce)"),
    ("customs", "报关单位备案（海关）", "Filing of the declaration entity (customs)"),
    ("tax", "出口退（免）税备案（税务）", "Refund and exemption filing (tax)"),
    ("bank", "贸易外汇收支企业名录登记（银行）", "FX directory registration (bank)"),
    ("market", "营业执照信息确认（市场监管）", "Licence data confirmed (market regulation)"),
)


def certificate_facts(submission: Submission, values: Values) -> Facts:
    """One line a party."""
    found = {row.agency.code: row for row in submission.referrals.select_related("agency")}
    facts: Facts = []
    for code, zh, en in LINES:
        row = found.get(code)
        if row is None:
            continue
        day = f"{timezone.localtime(row.decided_at):%Y-%m-%d}" if row.decided_at else ""
        facts.append((zh, en, "\n".join(filter(None, (row.agency.name_zh, row.agency_number, day)))))
    return facts
