"""The paper of the release, from the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customs.export.currencies import letters
from customs.models import B2BDeclaration
from submissions.definitions.definition import Facts
from submissions.models import Submission


def certificate_facts(submission: Submission, values: Mapping[str, Any]) -> Facts:
    """What was released, under which number, when."""
    row = B2BDeclaration.objects.select_related("declarant").get(submission=submission)
    goods = "; ".join(
        f"{line.goods_name} {line.hs10} × {line.quantity.normalize():f}" for line in row.lines.all()
    )
    money = f"{letters(row.currency)} {row.amount:,.2f}"
    return [
        ("报关单号", "Customs declaration", row.declaration_no),
        ("监管方式", "Supervision mode", row.trade_mode),
        ("认定结果", "Classified as", _verdict(row)),
        ("订单号／订仓单号", "Order or booking", row.booking_no or row.order_no),
        ("报关单位", "Declarant", row.declarant.name),
        ("商品", "Goods", goods),
        ("申报金额", "Amount", money if row.cny is None else f"{money} (CNY {row.cny:,.2f})"),
        ("放行日期", "Released", f"{row.released_on:%Y-%m-%d}" if row.released_on else ""),
    ]


def _verdict(row: B2BDeclaration) -> str:
    names = {"cbec_b2b": "跨境电商B2B cross-border B2B", "general_trade": "一般贸易 general trade"}
    return names[row.decided_verdict]
