"""The parties of an enterprise registration: customs' registration office asks for the name of the account."""

from agencies.offices import Case, Decision, plain, register
from agencies.store import Store

KIND = "enterprise-registration"
QUESTION = ("Please give the name of the bank account.", "请补充银行账户开户名称。")


def customs(case: Case, store: Store) -> list[Decision]:
    """Asks once when the name of the account is missing; otherwise as every office."""
    form = case.share.get("form", {})
    if case.answer is None and case.scenario == "accept" and not form.get("account_name"):
        named = {"code": "account_name", "path": "/account_name", "text": QUESTION[1]}
        return [Decision("information", *QUESTION, problems=[named])]
    return plain(case, store)


def register_all() -> None:
    """Called once by the service."""
    register("customs", KIND, customs)
