"""What the papers of a declaration say: the acknowledgement of handing in, and the declaration the bank accepted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from forex.bop_codes import codes
from forex.bop_rules import WARNINGS
from forex.models import BopDeclaration, BopState
from forex.natures import NATURE_NAMES
from forex.payment_rules import read_day
from forex.selectors import SERVICE
from reference.problems import Problem
from submissions import papers
from submissions.models import Paper, Submission
from submissions.papers import fact
from submissions.services import unseal_payload

OBJECT = "bop"
NAMES = {
    "declaration_number": gettext_lazy("Declaration number"),
    "safe_number": gettext_lazy("SAFE reference"),
}
NOT_DECLARED = Problem("paper.not_declared", "/", _("The payment is not declared yet."))


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
        papers.Definition("papers/bop_declaration.html", _declaration, _accepted, _not_accepted, NAMES),
    )


def _frozen(submission: Submission) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(unseal_payload(submission))
    return found


def _of(submission: Submission) -> BopDeclaration:
    return BopDeclaration.objects.select_related("payment__bank", "payment__company").get(
        submission=submission
    )


def money(amount: str | Decimal, currency: str) -> str:
    """`USD 1,234.50`."""
    return f"{currency} {Decimal(amount):,.2f}"


def _sums(body: Mapping[str, Any]) -> list[dict[str, str]]:
    currency = body["currency"]
    names = (
        ("actual", "实际收汇金额", "Actual amount"),
        ("gross_in", "还原收入金额", "Gross in"),
        ("gross_out", "还原支出金额", "Gross out"),
        ("settled", "其中：结汇", "Of the actual amount: settled"),
        ("held", "现汇", "Held as foreign exchange"),
        ("other", "其他", "Other"),
    )
    return [fact(zh, en, money(body[name], currency)) for name, zh, en in names]


def _acknowledgement(submission: Submission, object_id: str) -> Mapping[str, Any]:
    body = _frozen(submission)
    return {
        "service_zh": "国际收支申报（涉外收入）",
        "service_en": "Balance-of-payments declaration (inward payment)",
        "facts": [
            fact("申报号码", "Declaration number", body["declaration_no"]),
            fact("版本", "Version", body["version"]),
            *_sums(body)[:3],
        ],
    }


def _declaration(submission: Submission, object_id: str) -> Mapping[str, Any]:
    row, body = _of(submission), _frozen(submission)
    return {
        "declaration_no": row.payment.declaration_no,
        "parties": _parties(row, body),
        "sums": [*_sums(body), *_in_cny(row)],
        "declared": _declared(body),
        "statements": body["statements"],
        "orders": len(body["orders"]),
        "counted": body["orders_in_customs_statistics"],
        "warnings": [" · ".join(WARNINGS.get(code, (code,))) for code in body["confirmed_warnings"]],
        "history": history(row),
    }


def _parties(row: BopDeclaration, body: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        fact("申报号码", "Declaration number", body["declaration_no"]),
        fact("受理编号", "Reference number", row.submission.reference),
        fact("外汇局编号", "SAFE reference", row.safe_no or "–"),
        fact("经办银行", "Handling bank", f"{row.payment.bank.name_zh} {row.payment.bank.name_en}"),
        fact("收款人", "Account holder", body["account_holder"]),
        fact("统一社会信用代码", "Unified social credit code", body["uscc"]),
        fact("组织机构代码", "Organisation code", body["organisation_code"]),
        fact("收款账号（末四位）", "Account (last 4)", f"**** {body['account'][-4:]}"),
        fact("付款人", "Payer", body["payer"]),
        fact("付款人常驻国家", "Payer's country", body["payer_country"]),
        fact("收汇日期", "Received on", body["received_on"]),
        fact("报送外汇局日期", "Passed on to SAFE", f"{row.forwarded_on}"),
    ]


def _in_cny(row: BopDeclaration) -> list[dict[str, str]]:
    if row.cny is None or row.rate is None:
        return []
    value = f"{money(row.cny, 'CNY')} (@ {row.rate:.4f})"
    return [fact("实际收汇折人民币（参考）", "In CNY, for reference", value)]


def _declared(body: Mapping[str, Any]) -> list[dict[str, str]]:
    day = read_day(body["declared_on"]) or timezone.localdate()
    code = codes(day).get(body["code"])
    named = f"{body['code']} {code.name_zh} {code.name_en}" if code else body["code"]
    return [
        fact("交易编码", "Transaction code", named),
        fact("交易附言", "Remark", body["remark"]),
        fact("款项性质", "Nature", _both(NATURE_NAMES[body["nature"]])),
        fact("保税货物", "Bonded goods", "是 yes" if body["bonded"] else "否 no"),
        fact("申报日期", "Declared on", body["declared_on"]),
    ]


def _both(text: Any) -> str:
    told = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told.append(str(text))
    return " ".join(dict.fromkeys(told))


OUTCOMES = {
    BopState.SUBMITTED: "银行审核中 With the bank",
    BopState.ACCEPTED: "已接受并报送 Accepted and passed on",
    BopState.RETURNED: "银行退回 Returned by the bank",
    BopState.REPLACED: "银行退回，已更正 Returned by the bank, corrected",
    BopState.WITHDRAWN: "已撤回 Withdrawn",
}


def history(row: BopDeclaration) -> list[dict[str, str]]:
    """Every version up to this one: what was declared, when, and what the bank said."""
    rows = BopDeclaration.objects.filter(payment=row.payment_id, version__lte=row.version)
    found = rows.select_related("submission").prefetch_related("submission__referrals").order_by("version")
    return [_version(one) for one in found]


def _version(one: BopDeclaration) -> dict[str, str]:
    referral = next(iter(one.submission.referrals.all()), None)
    at = one.submission.submitted_at
    return {
        "version": str(one.version),
        "reference": one.submission.reference or "",
        "code": one.code,
        "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "",
        "outcome": OUTCOMES[BopState(one.state)],
        "words": referral.words if referral else "",
    }


def _accepted(submission: Submission, object_id: str) -> dict[str, str]:
    row, decided = _of(submission), submission.decided_at
    return {
        "reference": submission.reference or "",
        "applicant": row.payment.company.name,
        "declaration_number": row.payment.declaration_no,
        "safe_number": row.safe_no,
        "accepted": decided.isoformat(timespec="seconds") if decided else "",
    }


def _not_accepted(submission: Submission, object_id: str) -> list[Problem]:
    if _of(submission).state == BopState.ACCEPTED:
        return []
    return [Problem("paper.not_accepted", "/", _("The bank has not accepted this declaration."))]
