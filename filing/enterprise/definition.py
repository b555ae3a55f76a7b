"""The kind definition of the enterprise registration.

Sources: R13.08 (who keeps which register), R4.05 (the bank registers the FX directory; SAFE's organisation code
is places 9 to 17 of the USCC), R5.01 and R5.03 (codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Company, CompanyRole
from filing.enterprise.certificate import certificate_facts
from filing.enterprise.rules import registration_problems, uscc_of_enterprise
from filing.models import EnterpriseRecord
from submissions.definitions import filling
from submissions.definitions.definition import AgencyPart, Certificate, PaperSlot, Section, ServiceDefinition
from submissions.definitions.fields import Field, Shape

CODE = "enterprise-registration"
COMMERCE, CUSTOMS, TAX, BANK, MARKET = "commerce", "customs", "tax", "bank", "market"

ENTERPRISE = Section(
    "enterprise",
    _("The enterprise"),
    (
        Field(
            "uscc", _("Unified social credit code"), Shape.USCC, check=uscc_of_enterprise,
            prefill=lambda company: company.uscc,
            help=_("18 characters, as on the business licence; places 9 to 17 are its code at SAFE."),
        ),
        Field("name", _("Name"), most=200, prefill=lambda company: company.name),
        Field(
            "name_en", _("English name of the enterprise"), most=200, required=False,
            prefill=lambda company: company.name_en,
        ),
        Field("address", _("Registered address"), most=300),
        Field("contact", _("Contact person"), most=50, personal=True),
        Field("phone", _("Telephone"), Shape.PHONE, personal=True),
        Field("email", _("E-mail address"), Shape.EMAIL, required=False, personal=True),
    ),
)  # fmt: skip
LICENCE = Section(
    "licence",
    _("Business licence"),
    (
        Field("legal_representative", _("Legal representative"), most=50, personal=True,
              visible_to=(MARKET, CUSTOMS, BANK)),
        Field("established", _("Established on"), Shape.DATE, not_after_today=True, visible_to=(MARKET,)),
        Field("capital", _("Registered capital"), Shape.MONEY, unit="CNY", least_value=0,
              most_value=10**12, visible_to=(MARKET,)),
        Field("scope", _("Business scope"), Shape.LONG_TEXT, most=2000, visible_to=(MARKET, COMMERCE)),
    ),
    intro=_("Market regulation compares these with its register and confirms them; it decides nothing."),
)  # fmt: skip
PILOT_ZONE = Section(
    "pilot_zone",
    _("Pilot-zone record"),
    (
        Field(
            "modes", _("Supervision modes"), Shape.CHOICES, visible_to=(COMMERCE, CUSTOMS, TAX),
            choices=(
                ("9610", _("9610 retail, direct")), ("9710", _("9710 to businesses, direct")),
                ("9810", _("9810 to an overseas warehouse")), ("1210", _("1210 bonded retail")),
            ),
        ),
        Field("platforms", _("Platforms sold on"), most=300, visible_to=(COMMERCE,)),
        Field("yearly_export", _("Exports expected in a year"), Shape.MONEY, unit="USD", least_value=0,
              most_value=10**11, required=False, visible_to=(COMMERCE,)),
    ),
)  # fmt: skip
AT_CUSTOMS = Section(
    "customs",
    _("Filing with customs"),
    (
        Field(
            "entity_type", _("Type of declaration entity"), Shape.CHOICE, visible_to=(CUSTOMS,),
            choices=(("trader", _("consignee or consignor")), ("broker", _("customs broker"))),
        ),
        Field(
            "ecommerce_types", _("Types of e-commerce enterprise"), Shape.CHOICES, visible_to=(CUSTOMS,),
            choices=tuple((role.value, role.label) for role in CompanyRole),
            prefill=lambda company: list(company.roles),
        ),
        Field("customs_code", _("Customs code, when there is one"), required=False, most=10,
              pattern=r"[0-9]{5}[0-9A-Z]{5}", visible_to=(CUSTOMS,),
              pattern_help=gettext_noop("A customs code has five digits, then five digits or capitals."),
              prefill=lambda company: company.customs_code or ""),
        Field("customs_office", _("Customs office"), most=4, pattern=r"[0-9]{4}", visible_to=(CUSTOMS,),
              pattern_help=gettext_noop("A customs office has four digits."),
              help=_("Four digits, such as 0213 for Dongjiang.")),
    ),
)  # fmt: skip
AT_TAX = Section(
    "tax",
    _("Refund and exemption filing"),
    (
        Field(
            "taxpayer", _("Kind of VAT taxpayer"), Shape.CHOICE, visible_to=(TAX,),
            choices=(("general", _("general taxpayer")), ("small", _("small-scale taxpayer"))),
        ),
        Field(
            "refund_method", _("How refunds are worked out"), Shape.CHOICE, visible_to=(TAX,),
            choices=(
                ("exempt_credit_refund", _("exemption, credit and refund (producers)")),
                ("exempt_refund", _("exemption and refund (traders)")),
                ("exempt", _("exemption only")),
            ),
        ),
        Field("tax_authority", _("Tax authority in charge"), most=100, visible_to=(TAX,)),
    ),
)  # fmt: skip
AT_BANK = Section(
    "bank",
    _("Bank account and FX directory"),
    (
        Field("account_name", _("Name of the bank account"), most=200, required=False,
              visible_to=(BANK, TAX, CUSTOMS), help=_("As the bank has it; customs asks for it where it differs.")),
        Field("account_no", _("Number of the bank account"), most=34, pattern=r"[0-9A-Z]{8,34}",
              pattern_help=gettext_noop("An account number has 8 to 34 digits or capitals."),
              visible_to=(BANK, TAX), personal=True),
        Field("account_bank", _("Bank"), most=100, visible_to=(BANK, TAX)),
        Field("currency", _("Currency of the account"), Shape.CURRENCY, visible_to=(BANK,),
              help=_("The code of the currency, as in the messages of customs.")),
    ),
)  # fmt: skip


def known_already(company: Company) -> Mapping[str, Any]:
    """An amendment begins from what was registered last."""
    newest = EnterpriseRecord.objects.filter(company=company).order_by("-created_at", "-pk").first()
    if newest is None:
        return {}
    values = filling.current_values(newest.submission)
    return values | {"uscc": company.uscc, "name": company.name, "customs_code": company.customs_code or ""}


DEFINITION = ServiceDefinition(
    code=CODE,
    name=_("Enterprise registration"),
    sentence=_("One form for the pilot zone, customs, tax, the FX directory and market regulation."),
    group=_("Registration and filing"),
    basis=(_("Unified social credit code: GB 32100-2015"),),
    who=_("Enterprises that do cross-border e-commerce in the pilot zone, or who has their mandate"),
    sections=(ENTERPRISE, LICENCE, PILOT_ZONE, AT_CUSTOMS, AT_TAX, AT_BANK),
    papers=(
        PaperSlot("licence", _("Business licence"), visible_to=(MARKET, COMMERCE, CUSTOMS)),
        PaperSlot("account", _("The bank's confirmation of the account"), required=False, visible_to=(BANK, TAX)),
    ),
    agencies=(
        AgencyPart(COMMERCE, _("enters the enterprise in the pilot-zone record"), 3),
        AgencyPart(CUSTOMS, _("files the declaration entity with its e-commerce types"), 3,
                   basis=_("GACC Order 253 of 2022: filing of customs declaration entities")),
        AgencyPart(TAX, _("files it for refund and exemption of export tax"), 5),
        AgencyPart(BANK, _("registers it in the FX directory"), 3,
                   basis=_("FX directory registration by the bank, since 2024-06-01")),
        AgencyPart(MARKET, _("confirms the data of the business licence"), 1),
    ),
    notes=(
        _("The times are promised by the parties; where no statutory time is shown, none has been verified."),
        _("The general filing of foreign-trade operators ended on 2022-12-30; it is not asked for."),
    ),
    certificate=Certificate(
        "综试区企业登记备案证明", "Certificate of enterprise registration in the pilot zone", certificate_facts,
        "本证明列示各登记机构的备案编号与日期，以各登记机构的记录为准。",
        "It lists the number and day in each party's register; the registers decide.",
    ),
    check=registration_problems,
    prefill=known_already,
    title=lambda values: str(values.get("name", "")),
)  # fmt: skip
