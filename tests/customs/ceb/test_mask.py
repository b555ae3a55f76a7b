"""What the screen shows of a raw message."""

from __future__ import annotations

import pytest

from customs.ceb import SPEC, Document, Extend, Message, mask, write
from customs.ceb.mask import mask_account, mask_address, mask_id, mask_name, mask_phone, masked
from tests.customs.ceb.samples import full_bytes

PERSON = {
    "buyerName": "张小三",
    "buyerIdNumber": "11010519491231002X",
    "buyerTelephone": "13800008000",
    "buyerRegNo": "zhang1949",
    "consignee": "李四",
    "consigneeTelephone": "022-12345678",
    "consigneeAddress": "天津市和平区某路一号二门三零一",
    "orderNo": "O-1",
}


@pytest.mark.parametrize(
    ("by", "text", "shown"),
    [
        (mask_name, "张三", "张*"),
        (mask_name, "欧阳小明", "欧***"),
        (mask_name, "", ""),
        (mask_name, "张", "*"),
        (mask_id, "11010519491231002X", "1101**********002X"),
        (mask_id, "1234567", "*******"),
        (mask_phone, "13800008000", "138****8000"),
        (mask_phone, "1234567", "*******"),
        (mask_address, "天津市和平区某路一号", "天津市和平区****"),
        (mask_account, "zhang1949", "zh*****49"),
    ],
)
def test_masks(by, text: str, shown: str) -> None:
    assert by(text) == shown


def test_no_personal_value_survives() -> None:
    message = Message(
        "CEB311", "G" * 36, "1.0", None, [Document(PERSON)], extend=Extend("n", "1", "<a>张小三</a>")
    )
    shown = mask(write(message))

    for name, value in PERSON.items():
        if name != "orderNo":
            assert value not in shown, name
    assert "<ceb:orderNo>O-1</ceb:orderNo>" in shown
    assert "<ceb:buyerName>张**</ceb:buyerName>" in shown


def test_personal_data_is_masked_wherever_it_stands() -> None:
    odd = full_bytes("CEB412").replace(
        b"<ceb:payCode>A<", "<x:payerName xmlns:x='urn:x'>张三</x:payerName><ceb:payCode>A<".encode()
    )
    odd = odd.replace(
        b"<ceb:returnInfo>A<", "<ceb:buyerName>李<b>四</b></ceb:buyerName><ceb:returnInfo>A<".encode()
    )
    shown = mask(odd)

    assert "张三" not in shown
    assert "四" not in shown


def test_fields_are_masked_by_name() -> None:
    assert masked("buyerName", "张三") == "张*"
    assert masked("ebcName", "天津某公司") == "天津某公司"


def test_every_field_on_a_person_is_marked() -> None:
    marked = {f.name for s in SPEC.values() for b in (s.head, s.lines) if b for f in b.fields if f.personal}

    assert marked == {
        *(
            "buyerName",
            "buyerIdNumber",
            "buyerTelephone",
            "buyerRegNo",
            "payerName",
            "payerIdNumber",
            "telephone",
        ),
        *("consignee", "consigneeTelephone", "consigneeAddress"),
    }
