"""The parties of an enterprise registration, each with what it alone looks at.

Customs' registration office asks for the name of the account. Market regulation compares the licence's data with its
register (`data/licences.csv`): equal, and they are confirmed; different, and it asks, naming every field; different
again, and they are not confirmed. A code that is not in the table is confirmed as given: the table holds the
demonstration's firms only. The bank asks where the account is kept at another bank.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from agencies.offices import Case, Decision, plain, register
from agencies.replies import HERE
from agencies.store import Store

KIND = "enterprise-registration"
QUESTION = ("Please give the name of the bank account.", "请补充银行账户开户名称。")
COMPARED = ("name", "legal_representative", "established", "capital")
DIFFERS = (
    "The data differ from the licence register. Please correct them, or have the licence changed first.",
    "所填内容与营业执照登记信息不一致，请更正，或先办理营业执照变更登记。",
)
STILL_DIFFERS = (
    "The data still differ from the licence register; they cannot be confirmed.",
    "所填内容与营业执照登记信息仍不一致，不予确认。",
)
EQUAL = ("The data agree with the licence register.", "营业执照信息一致，予以确认。")
NOT_AS_REGISTERED = "与登记信息不一致。"
OUR_BANK = "示例银行"
OTHER_BANK = (
    "The account is kept at another bank. Please give the account with us, or register with that bank.",
    "所填账户不在本行开立，请填写本行账户，或向开户银行办理名录登记。",
)


@cache
def licences() -> Mapping[str, Mapping[str, str]]:
    """The register of licences, by unified social credit code."""
    with (HERE / "data" / "licences.csv").open(encoding="utf-8") as file:
        return {row["uscc"]: row for row in csv.DictReader(file)}


def customs(case: Case, store: Store) -> list[Decision]:
    """Asks once when the name of the account is missing; otherwise as every office."""
    if case.answer is None and case.scenario == "accept" and not form_of(case).get("account_name"):
        named = {"code": "account_name", "path": "/account_name", "text": QUESTION[1]}
        return [Decision("information", *QUESTION, problems=[named])]
    return plain(case, store)


def market(case: Case, store: Store) -> list[Decision]:
    """Confirms what agrees with its register; asks about what does not, and in the end does not confirm it."""
    if case.scenario != "accept":
        return plain(case, store)
    wrong = different(form_of(case))
    if not wrong:
        return [Decision("accepted", *EQUAL)]
    if case.answer is not None:
        return [Decision("refused", *STILL_DIFFERS)]
    named = [{"code": "licence.differs", "path": f"/{field}", "text": NOT_AS_REGISTERED} for field in wrong]
    return [Decision("information", *DIFFERS, problems=named)]


def bank(case: Case, store: Store) -> list[Decision]:
    """Asks where the account is another bank's; otherwise as every office."""
    elsewhere = OUR_BANK not in str(form_of(case).get("account_bank", OUR_BANK))
    if case.answer is None and case.scenario == "accept" and elsewhere:
        named = {"code": "account.elsewhere", "path": "/account_bank", "text": OTHER_BANK[1]}
        return [Decision("information", *OTHER_BANK, problems=[named])]
    return plain(case, store)


def form_of(case: Case) -> dict[str, Any]:
    """What the office knows: its share of the form, with what was answered to it."""
    answered = case.answer or {}
    return {**case.share.get("form", {}), **answered.get("form", {})}


def different(form: Mapping[str, Any]) -> list[str]:
    """The fields in which a form is not as the register has them; none for a firm the register does not know."""
    entry = licences().get(str(form.get("uscc", "")))
    if entry is None:
        return []
    return [field for field in COMPARED if _plain(form.get(field)) != _plain(entry[field])]


def _plain(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value or "").strip().replace("(", "（").replace(")", "）")


def register_all() -> None:
    """Called once by the service."""
    register("customs", KIND, customs)
    register("market", KIND, market)
    register("bank", KIND, bank)
