"""The tax authority's comparison, read from the inbox: `{"type": "comparison", "reference", "number", "words",
"differences": [{"list_no", "gnum", "amount"}]}`; `amount` null: customs' data do not have the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from submissions.inbox import Park
from submissions.lifecycle import WrongState
from submissions.models import InboxMessage
from tax.models import DeclarationState as S
from tax.models import ExemptionDeclaration
from tax.services import apply_comparison
from tax.services.compare import Compared, Comparison
from trail.actors import Actor

TYPE = "comparison"


class _Difference(msgspec.Struct):
    list_no: str
    gnum: int
    amount: Decimal | None = None


class _Message(msgspec.Struct):
    reference: str
    number: str = ""
    words: dict[str, str] = {}
    differences: list[_Difference] = []


def read(row: InboxMessage, content: Mapping[str, Any]) -> None:
    """Apply one comparison; the same one again is no news. `Park` when it fits nothing."""
    try:
        told = msgspec.convert(content, _Message)
    except msgspec.ValidationError as error:
        raise Park(f"not a comparison: {error}") from error
    declaration = ExemptionDeclaration.objects.filter(submission__reference=told.reference).first()
    if declaration is None:
        raise Park(f"no exemption is declared as {told.reference}")
    if strangers := _strangers(declaration, told):
        raise Park(f"{told.reference} does not declare {', '.join(strangers)}")
    _apply(row, declaration, told)


def _strangers(declaration: ExemptionDeclaration, told: _Message) -> list[str]:
    """Lines named that were not declared."""
    known = set(declaration.lines.values_list("list_no", "gnum"))
    return [f"{one.list_no}/{one.gnum}" for one in told.differences if (one.list_no, one.gnum) not in known]


def _apply(row: InboxMessage, declaration: ExemptionDeclaration, told: _Message) -> None:
    if declaration.comparison_no and declaration.comparison_no == told.number[:64]:
        return
    if declaration.state != S.DECLARED:
        raise Park(f"{told.reference} is {declaration.state}")
    found = Comparison(
        told.number,
        [Compared((one.list_no, one.gnum), one.amount) for one in told.differences],
        {language: text for language, text in told.words.items() if language in ("zh", "en")},
    )
    try:
        apply_comparison(declaration, found, by=Actor("agency", row.agency.code, row.agency.name_zh))
    except WrongState as error:
        raise Park(f"{told.reference}: {error}") from error
