"""The wire format beside the enterprises' own bytes: our opinion against a golden file, replies read
tolerantly.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.gateway.messages import (
    NotForUs,
    Opinion,
    OpinionIntegrity,
    OpinionTax,
    beijing_time,
    moment_of,
    opinion_list,
    read_replies,
    reason_codes,
    write_opinion,
)
from submissions.gateways import Malformed, Misconfigured

GOLDEN = Path(__file__).parent / "golden" / "opinion.json"
NOW = datetime(2026, 11, 3, 3, 5, 6, 789000, tzinfo=UTC)


def test_the_opinion_is_the_golden_file() -> None:
    tax = OpinionTax(
        "within_limit",
        Decimal("129.00"),
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("11.74"),
        Decimal("11.74"),
    )
    finding = {"level": "error", "code": "1332", "path": "/PaymentHead/amountPaid", "text": "支付金额不一致"}
    warning = {
        "level": "warning",
        "code": "match.weight",
        "path": "/InventoryHead/grossWeight",
        "text": "毛重不同",
    }
    lists = [
        opinion_list(
            index=1,
            cop_no="GO10",
            order_no="O10",
            standing="faulted",
            findings=[finding, finding, warning],
            tax=tax,
            integrity=OpinionIntegrity("regular", Decimal("97.0"), "v1"),
        ),
        opinion_list(index=2, cop_no="", order_no="O11", standing="waiting", findings=[warning], tax=None),
    ]
    opinion = Opinion(
        message="3F2504E0-4F89-41D3-9A0C-0305E82C3301",
        type="CEB621",
        reference="TJ26-0000-0001-7",
        lists=lists,
    )
    assert write_opinion(opinion) + b"\n" == GOLDEN.read_bytes()


@pytest.mark.parametrize(
    ("info", "codes"),
    [
        ("[Code:1332;Desc:支付金额与订单不一致]", ("1332",)),
        ("[Code:1320;Desc:a][Code:-621018;Desc:b][Code:1320;Desc:c]", ("1320", "-621018")),
        ("[code：1313；Desc：x]", ("1313",)),
        ("清单新增申报成功[3F2504E0][电商企业编码：x订单编号：y]", ()),
        ("", ()),
        ("[Code:", ()),
    ],
)
def test_reason_codes(info: str, codes: tuple[str, ...]) -> None:
    assert reason_codes(info) == codes


def xml(type: str, inside: str, namespace: str = "http://www.chinaport.gov.cn/ceb") -> bytes:
    return f'<{type}Message xmlns="{namespace}" guid="g" version="1.0">{inside}</{type}Message>'.encode()


def test_a_reply_is_read_whatever_its_order_and_extras() -> None:
    inside = (
        "<InventoryReturn><extra>x</extra><returnInfo> [Code:1800;Desc:ok] </returnInfo><copNo> G1 </copNo>"
        "<returnTime>20261103110506789</returnTime><returnStatus> 120 </returnStatus><invtNo>0213</invtNo>"
        "</InventoryReturn>"
    )
    (said,) = read_replies(xml("CEB622", inside), NOW)
    assert (said.kind, said.scope, said.number, said.index) == ("inventory", "", "G1", 1)
    assert (said.status, said.code, said.return_time) == ("120", "1800", "20261103110506789")
    assert said.invt_no == "0213"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261103110506789", "20261103110506789"),
        ("20261103110506", "20261103110506000"),
        ("2026110311050678", "20261103110506780"),
        ("20261399000000000", "20261103110506789"),
        ("yesterday", "20261103110506789"),
        ("", "20261103110506789"),
    ],
)
def test_a_return_time_that_cannot_be_read_is_the_moment_of_receipt(text: str, expected: str) -> None:
    inside = f"<OrderReturn><orderNo>1</orderNo><returnTime>{text}</returnTime></OrderReturn>"
    (said,) = read_replies(xml("CEB312", inside), NOW)
    assert said.return_time == expected


def test_the_eports_refusal_carries_its_code_as_status() -> None:
    inside = "<payTransactionId>P1</payTransactionId><returnStatus>-401007</returnStatus>"
    (said,) = read_replies(xml("CEB412", f"<PaymentReturn>{inside}</PaymentReturn>"), NOW)
    assert said.code == "-401007"


def test_a_reply_without_documents_says_nothing() -> None:
    assert read_replies(xml("CEB512", ""), NOW) == []


def test_a_reply_that_nothing_here_waits_for_is_named() -> None:
    with pytest.raises(NotForUs, match="CEB514"):
        read_replies(xml("CEB514", ""), NOW)


@given(st.integers(1_451_606_400_000, 2_840_140_800_000))
def test_times_go_there_and_back(milliseconds: int) -> None:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    digits = beijing_time(moment)
    back = moment_of(digits)
    assert len(digits) == 17
    assert back is not None
    assert abs((moment - back).total_seconds()) < 0.001


@pytest.mark.parametrize(("status", "kind"), [(400, Malformed), (413, Malformed), (404, Misconfigured)])
def test_what_is_wrong_with_one_message_does_not_stop_the_line(status: int, kind: type) -> None:
    from submissions.http_gateway import _answer

    assert isinstance(_answer(status, httpx.Response(status, text="no")), kind)
