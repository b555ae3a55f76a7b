"""What the papers of a declaration say: the acknowledgement, and the result of the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from reference.problems import Problem
from reference.selectors import code_name
from submissions import papers
from submissions.models import Paper, Submission
from submissions.papers import fact
from tax.models import IN_FORCE, DeclarationState, DeclaredLine, ExemptionDeclaration
from tax.selectors import SERVICE, effective_cny, settled

OBJECT = "exemption"
# Results that stand, or stood until a later version took their place.
RESULTS = (*IN_FORCE, DeclarationState.SUPERSEDED)
OUTCOMES = {
    "": ("", ""),
    "equal": ("一致", "Equal"),
    "amount": ("金额不符", "Other amount"),
    "missing": ("海关无此记录", "Not in customs' data"),
}
DECISIONS = {
    "": ("", ""),
    "customs": ("采用海关数据", "Customs' figure"),
    "portal": ("采用平台数据", "The portal's figure"),
    "exclude": ("剔除", "Taken out"),
}

# What the facts are called on the public page.
VERIFIED = {
    "month": gettext_lazy("Month"),
    "comparison": gettext_lazy("Number of the comparison"),
    "exempt_cny": gettext_lazy("Exempt (CNY)"),
}


def register() -> None:
    """Called once by `registration.py`."""
    papers.register(
        Paper.Kind.ACKNOWLEDGEMENT,
        "",
        papers.acknowledgement(_acknowledgement),
        service=SERVICE,
    )
    papers.register(
        Paper.Kind.CERTIFICATE,
        OBJECT,
        papers.Definition(
            "papers/exemption_comparison.html",
            _comparison,
            _compared,
            _not_compared,
            names=VERIFIED,
            name=gettext_lazy("result of the comparison"),
        ),
    )


def _of(submission: Submission) -> ExemptionDeclaration:
    return ExemptionDeclaration.objects.select_related("company").get(submission=submission)


def _facts(row: ExemptionDeclaration) -> list[dict[str, str]]:
    return [
        fact("所属期", "Month", f"{row.month:%Y-%m}"),
        fact("版本", "Version", row.version),
        fact("明细行数", "Lines", row.line_count),
        fact("申报金额（人民币）", "Declared, CNY", f"{row.cny:,}"),
    ]


def _acknowledgement(submission: Submission, object_id: str) -> Mapping[str, Any]:
    row = _of(submission)
    return {
        "service_zh": "无票免税申报",
        "service_en": "Exemption without invoice",
        "facts": _facts(row),
        "columns": [{"zh": "清单编号/行号", "en": "List / line"}, {"zh": "人民币金额", "en": "CNY"}],
        "documents": [[str(line), f"{line.cny:,}"] for line in row.lines.all()],
    }


def _comparison(submission: Submission, object_id: str) -> Mapping[str, Any]:
    row = _of(submission)
    lines = list(row.lines.all())
    at = timezone.localtime(row.compared_at)
    return {
        "facts": [
            fact("受理编号", "Reference number", submission.reference),
            fact("申报企业", "Declarant", row.company.name),
            fact("统一社会信用代码", "Unified social credit code", row.company.uscc),
            *_facts(row),
            fact("比对结果编号", "Comparison number", row.comparison_no),
            fact("比对时间", "Compared", f"{at:%Y-%m-%d %H:%M:%S} (UTC+8)"),
            *_settled(row),
        ],
        "lines": [_line(one) for one in lines],
        "total": f"{sum(effective_cny(one) for one in lines):,}",
        "words": [text for text in (row.words_zh, row.words_en) if text],
    }


def _settled(row: ExemptionDeclaration) -> list[dict[str, str]]:
    """How differences were settled, where there were any."""
    found = settled(row)
    if found is None or found.decided_at is None:
        return []
    at = timezone.localtime(found.decided_at)
    return [
        fact("差异处理", "Differences settled", f"{at:%Y-%m-%d %H:%M:%S} (UTC+8)"),
        fact("处理理由", "Reason", found.reason),
    ]


def _line(row: DeclaredLine) -> dict[str, object]:
    customs = row.customs_amount
    return {
        "path": str(row),
        "date": row.export_date.isoformat(),
        "goods": row.goods_name,
        "quantity": f"{row.quantity.normalize():f} {code_name('unit', row.unit) or row.unit}",
        "amount": f"{row.amount:,} {row.currency}",
        "customs": f"{customs:,}" if customs is not None else "–",
        "outcome": OUTCOMES[row.outcome],
        "decision": DECISIONS[row.decision],
        "cny": f"{effective_cny(row):,}",
    }


def _compared(submission: Submission, object_id: str) -> dict[str, str]:
    row = _of(submission)
    lines = row.lines.all()
    return {
        "reference": submission.reference or "",
        "applicant": row.company.name,
        "month": f"{row.month:%Y-%m}",
        "comparison": row.comparison_no,
        "exempt_cny": str(sum(effective_cny(one) for one in lines)),
    }


def _not_compared(submission: Submission, object_id: str) -> list[Problem]:
    row = _of(submission)
    if row.compared_at and row.state in RESULTS:
        return []
    text = _("There is no result of the comparison yet.")
    return [Problem("paper.not_compared", "/", text)]
