"""Exporter F with its bicycles on file, declarant G with its mandate, and declarations of theirs."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Company, User
from accounts.principals import principal_of_user
from accounts.services import give_mandate
from agencies import b2b as stub
from agencies import offices
from agencies.store import Store
from customs.b2b.definition import DEFINITION
from customs.b2b.overrides import propose
from customs.demo.b2b import ANSWERS
from customs.models import B2BDeclaration
from filing.models import GoodsFiling
from reference import selectors
from reference.models import Code, ExchangeRate
from submissions import inbox
from submissions.definitions import filling
from submissions.dispatch import body_of
from submissions.models import Dispatch, InboxMessage, Submission
from tests.accounts import factories as people
from tests.forex.factories import rules
from trail.actors import SYSTEM, Actor

G_CLERK = Actor("person", "1", "G's clerk")
LONG_AGO = date(2026, 1, 1)
CODES = (
    ("country", "304", "德国"), ("country", "502", "美国"), ("country", "142", "中国"), ("currency", "502", "美元"),
    ("currency", "116", "日元"), ("unit", "003", "辆"), ("customs_office", "0213", "天津东疆"),
    ("customs_office", "0202", "天津新港"),
)  # fmt: skip


@dataclass(frozen=True)
class Firms:
    """F exports; G declares for it."""

    exporter: Company
    declarant: Company


def reference_data() -> None:
    """Parameters, the codes of the story, and the demonstration's rate of the month."""
    rules()
    for table, code, name in CODES:
        Code.objects.get_or_create(
            table=table, code=code, valid_from=LONG_AGO, defaults={"name_zh": name, "source": "tests"}
        )
    ExchangeRate.objects.get_or_create(
        currency="USD",
        kind="month",
        valid_from=LONG_AGO,
        defaults={"rate": Decimal("7.05"), "source": "tests"},
    )
    selectors.forget()


def firms() -> Firms:
    """The two of the story, customs beside them."""
    people.an_agency("customs")
    reference_data()
    made = []
    for uscc, code, name in (
        ("91120118DEM0000653", "129096DE06", "津沽户外（示例）用品有限公司"),
        ("91120116DEM0000731", "120746DE07", "津关通（示例）报关有限公司"),
    ):
        row, _new = Company.objects.get_or_create(uscc=uscc, defaults={"name": name, "customs_code": code})
        made.append(row)
    give_mandate(principal=made[0], agent=made[1], service=DEFINITION.code, by=SYSTEM)
    bicycles(made[0])
    return Firms(*made)


def bicycles(firm: Company, item_no: str = "EX03", **changed: Any) -> GoodsFiling:
    """The good of the story on file."""
    submission = Submission.objects.create(kind="goods-filing", company=firm)
    values = {
        "name_zh": "山地自行车", "hs10": "8712003000", "specification": "27.5 英寸", "unit": "003", "unit1": "003",
        "factor1": Decimal(1), "origin": "142", "trade_modes": ["9610", "9710", "9810"], "digest": item_no,
    } | changed  # fmt: skip
    return GoodsFiling.objects.create(
        company=firm, submission=submission, item_no=item_no, valid_from=LONG_AGO, **values
    )


def raw(**changed: Any) -> dict[str, Any]:
    """The story's answers with changes; None takes an answer away."""
    return {code: value for code, value in (ANSWERS | changed).items() if value is not None}


def direct(**changed: Any) -> dict[str, Any]:
    """A sale to a firm under 9710, complete."""
    given = {
        "trade_mode": "9710", "platform": "Example B2B Market", "order_no": "PO-1", "buyer": "firm",
        "booking_no": None, "warehouse": None, "logistics_refers": "PO-1",
    } | changed  # fmt: skip
    return raw(**given)


def declared(here: Firms, answers: dict[str, Any] | None = None) -> B2BDeclaration:
    """Handed in by G for F."""
    draft = filling.begin(DEFINITION, here.exporter, by=G_CLERK, raw=answers or raw())
    return B2BDeclaration.objects.get(submission=filling.hand_in(draft, by=G_CLERK))


def share_of(row: B2BDeclaration, what: str = "payload") -> dict[str, Any]:
    """What goes out to customs."""
    found: dict[str, Any] = json.loads(
        body_of(Dispatch.objects.get(referral__submission=row.submission, what=what))
    )
    return found


def case_of(row: B2BDeclaration, answer: dict[str, Any] | None = None) -> offices.Case:
    """The case as the stub has it."""
    share = share_of(row)
    return offices.Case("customs", share["reference"], share["kind"], "CUS1", share, answer)


def customs_decides(row: B2BDeclaration, store: Store, answer: dict[str, Any] | None = None) -> list[str]:
    """Everything the stub says of what it got, in its order; what became of each message."""
    case = case_of(row, answer)
    said = sorted(stub.decide(case, store), key=lambda one: one.after)
    return [say(row, **json.loads(offices.body_of(case, one))) for one in said]


def say(row: B2BDeclaration, **content: Any) -> str:
    """One message of customs through the real inbox; what became of it."""
    told = {"type": "h2018", "reference": row.submission.reference} | content
    stored = inbox.store("customs", uuid.uuid4().hex, json.dumps(told).encode(), "application/json")
    inbox.process(stored.id)
    row.refresh_from_db()
    return str(InboxMessage.objects.get(pk=stored.id).state)


def exported(row: B2BDeclaration, day: str = "2026-09-18") -> B2BDeclaration:
    """Released and closed on that day."""
    for status in ("accepted", "released", "closed"):
        say(row, status=status, number="021320260000000007", on=day)
    return row


def doubted(firm: Company, official: User) -> B2BDeclaration:
    """An export of that firm to an overseas warehouse; an official would call it general trade."""
    reference_data()
    bicycles(firm)
    row = declared(Firms(firm, firm), raw(declarant=firm.uscc))
    propose(row, verdict="general_trade", reason="tests", by=principal_of_user(official))
    return row


def numbers(row: B2BDeclaration) -> dict[str, dict[str, Any]]:
    """By the name of the address."""
    return {
        "api-b2b-declaration": {"reference": row.submission.reference},
        "admin:b2b_override": {"declaration_id": row.pk},
        "admin:b2b_return": {"declaration_id": row.pk},
        "admin:b2b_decide": {"override_id": row.overrides.get().pk},
    }
