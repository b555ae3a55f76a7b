"""F registers: one submission, five parties; customs asks back once. Through the services, as everybody does."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Company
from filing.enterprise import records
from filing.enterprise.definition import BANK, COMMERCE, CUSTOMS, DEFINITION, MARKET, TAX
from filing.models import EnterpriseRecord
from submissions import lifecycle, services
from submissions.definitions import attachments, filling, information
from submissions.models import Referral, Submission
from trail.actors import SYSTEM, Actor

REGISTERED = date(2026, 8, 31)
BY = Actor("person", "demo-f", "津沽申报员示例", "津沽户外（示例）用品有限公司")
LICENCE = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
ANSWERS: dict[str, Any] = {
    "uscc": "91120118DEM0000653",
    "name": "津沽户外（示例）用品有限公司",
    "name_en": "Jingu Outdoor (example) Supplies Co., Ltd.",
    "address": "天津市静海区示例路1号",
    "contact": "郑示例",
    "phone": "12000000006",
    "email": "f@demo.example",
    "legal_representative": "王示例",
    "established": "2020-03-02",
    "capital": "5000000",
    "scope": "户外用品的设计、生产与销售（示例）",
    "modes": ["9610", "9810"],
    "platforms": "Example Marketplace",
    "entity_type": "trader",
    "ecommerce_types": ["ecommerce_firm", "producer"],
    "customs_code": "129096DE06",
    "customs_office": "0213",
    "taxpayer": "general",
    "refund_method": "exempt_credit_refund",
    "tax_authority": "静海区税务局（示例）",
    "account_no": "1200000000000006",
    "account_bank": "示例银行天津分行",
    "currency": "502",
}
# In the order in which the parties decide; customs asks first and accepts last.
DECISIONS = (
    (MARKET, "SJ-2026-0065", "营业执照信息一致，予以确认。"),
    (COMMERCE, "ZSQ-TJ-2026-0065", "已办理综试区企业备案。"),
    (BANK, "ML-120000-2026-0065", "已登记贸易外汇收支企业名录。"),
    (TAX, "TSBA-2026-0065", "已办理出口退（免）税备案。"),
    (CUSTOMS, "129096DE06", "已办理报关单位备案。"),
)
QUESTION = "请补充银行账户开户名称。"


def register_f(company: Company) -> Submission | None:
    """The registration of F as the story tells it; None when it is there already."""
    if EnterpriseRecord.objects.filter(company=company).exists():
        return None
    draft = filling.begin(DEFINITION, company, by=BY, raw=ANSWERS)
    slot = DEFINITION.paper("licence")
    if slot is not None:
        attachments.attach(draft, slot, LICENCE, by=BY)
    submission = filling.hand_in(draft, by=BY)
    _ask_and_answer(submission)
    for agency, number, words in DECISIONS:
        referral = submission.referrals.get(agency__code=agency)
        services.accept(referral.pk, by=_actor(referral), words=words, number=number)
    records.holds_since(submission, REGISTERED, by=SYSTEM)
    submission.refresh_from_db()
    return submission


def _actor(referral: Referral) -> Actor:
    return Actor("agency", referral.agency.code, referral.agency.name_zh)


def _ask_and_answer(submission: Submission) -> None:
    """Customs wants the name of the account; F gives it."""
    referral = submission.referrals.get(agency__code=CUSTOMS)
    asked = [{"code": "account_name", "path": "/account_name", "text": QUESTION}]
    lifecycle.advance(lifecycle.REFERRAL, [referral.pk], "send", by=SYSTEM)
    services.ask_information(referral.pk, by=_actor(referral), words=QUESTION, problems=asked)
    referral.refresh_from_db()
    question = information.open_request(referral)
    if question is not None:
        information.answer(question, {"account_name": str(ANSWERS["name"])}, "", by=BY)
