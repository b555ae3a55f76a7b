"""A registration that customs asked about, and a draft: for tests that need forms with numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Agency, Company
from filing.enterprise.definition import DEFINITION
from submissions import lifecycle, services
from submissions.definitions import attachments, filling
from submissions.models import Attachment, InformationRequest, Submission
from trail.actors import SYSTEM, Actor

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BY = Actor("person", "1", "Alice")
ANSWERS: dict[str, Any] = {
    "uscc": "91120118DEM0000653",
    "name": "津沽户外（示例）用品有限公司",
    "address": "天津市静海区示例路1号",
    "contact": "郑示例",
    "phone": "12000000006",
    "legal_representative": "王示例",
    "established": "2020-03-02",
    "capital": "5000000",
    "scope": "户外用品销售",
    "modes": ["9610", "9810"],
    "platforms": "Example Marketplace",
    "entity_type": "trader",
    "ecommerce_types": ["ecommerce_firm", "producer"],
    "customs_office": "0213",
    "taxpayer": "general",
    "refund_method": "exempt_refund",
    "tax_authority": "静海区税务局",
    "account_no": "1200000000000006",
    "account_bank": "示例银行天津分行",
    "currency": "502",
}


@dataclass(frozen=True)
class FormWorld:
    """Numbers of a submission that was handed in, and of a draft."""

    submission: Submission
    draft: Submission
    held: Attachment
    handed: Attachment
    question: InformationRequest

    def numbers(self) -> dict[str, dict[str, Any]]:
        """By the name of the address."""
        reference, draft = {"reference": self.submission.reference}, {"draft_id": self.draft.pk}
        question = reference | {"question_id": self.question.pk}
        return {
            "apply": {"kind": DEFINITION.code},
            "api-service": {"kind": DEFINITION.code},
            "api-service-submissions": {"kind": DEFINITION.code},
            "draft": draft,
            "draft_check": draft,
            "draft_hand_in": draft,
            "draft_discard": draft,
            "draft_paper": draft | {"code": "licence"},
            "draft_paper_remove": draft | {"attachment_id": self.held.pk},
            "attachment": {"attachment_id": self.handed.pk},
            "information_answer": question,
            "information_paper": question | {"code": "further"},
            "service_certificate": reference,
            "submission_withdraw": reference,
            "submission_copy": reference,
        }


def with_paper(company: Company, answers: dict[str, Any] | None = None) -> tuple[Submission, Attachment]:
    """A draft with every answer and its paper."""
    draft = filling.begin(DEFINITION, company, by=BY, raw=ANSWERS if answers is None else answers)
    slot = DEFINITION.paper("licence")
    assert slot is not None
    return draft, attachments.attach(draft, slot, PDF, by=BY)


def agencies() -> None:
    """The five parties."""
    for code in DEFINITION.agency_codes:
        Agency.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code.title()})


def form_world(company: Company) -> FormWorld:
    """Everything."""
    agencies()
    given, handed = with_paper(company, ANSWERS | {"currency": _currency()})
    submission = filling.hand_in(given, by=BY)
    case = submission.referrals.get(agency__code="customs")
    lifecycle.advance(lifecycle.REFERRAL, [case.pk], "send", by=SYSTEM)
    # Two parties have accepted: their records can be read.
    for code in ("commerce", "market"):
        row = submission.referrals.get(agency__code=code)
        services.accept(row.pk, by=Actor("agency", code, code), number=f"{code}-1")
    services.ask_information(case.pk, by=Actor("agency", "customs", "Customs"), words="开户名称？")
    draft, held = with_paper(company)
    return FormWorld(submission, draft, held, handed, InformationRequest.objects.get(referral=case))


def _currency() -> str:
    """A code of the table, entered here where no table is loaded."""
    from datetime import date

    from reference.models import Code
    from reference.selectors import forget

    row = {"name_zh": "美元", "name_en": "US dollar", "source": "tests"}
    Code.objects.get_or_create(table="currency", code="502", valid_from=date(2020, 1, 1), defaults=row)
    forget()
    return "502"
