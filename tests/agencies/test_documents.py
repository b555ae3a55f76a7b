"""Reading what enterprises send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.documents import Refused, read
from tests.agencies import letters

BOMB = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'


def refused(body: bytes) -> list[dict[str, str]]:
    with pytest.raises(Refused) as caught:
        read(body)
    return caught.value.problems


@pytest.mark.parametrize("prefix", ["ceb:", "", "x:"])
def test_the_prefix_is_free_and_a_bom_accepted(prefix: str) -> None:
    kind, documents = read(b"\xef\xbb\xbf" + letters.message(letters.inventory(), prefix=prefix))
    assert (kind.name, documents[0].number, len(documents[0].lines)) == ("list", "C-O01", 2)


def test_a_list_without_its_own_number_answers_to_its_order() -> None:
    _, documents = read(letters.message(letters.inventory("O" * 30, copNo="", logisticsNo="L")))
    assert documents[0].number == "O" * 20


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "agency.malformed"),
        (b"<a>", "agency.malformed"),
        (BOMB, "agency.doctype"),
        (b"<CEB311Message/>", "agency.unsupported"),
        (b'<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb"/>', "agency.count"),
        (b'<CEB623Message xmlns="http://www.chinaport.gov.cn/ceb"/>', "agency.unsupported"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(body: bytes, code: str) -> None:
    assert [problem["code"] for problem in refused(body)] == [code]


def test_a_message_holds_up_to_a_hundred_documents() -> None:
    hundred = [letters.order(f"O{number}") for number in range(100)]
    assert len(read(letters.message(*hundred))[1]) == 100
    assert [found["code"] for found in refused(letters.message(*hundred, letters.order()))] == [
        "agency.count"
    ]


def test_all_problems_are_told_with_their_path() -> None:
    body = letters.message(letters.order(orderNo=""), letters.order(guid="short", ebcCode="1" * 19))
    assert [problem["path"] for problem in refused(body)] == [
        "/CEB311Message/Order[1]/OrderHead/orderNo",
        "/CEB311Message/Order[2]/OrderHead/guid",
        "/CEB311Message/Order[2]/OrderHead/ebcCode",
    ]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode()))
def test_nothing_makes_it_crash(body: bytes) -> None:
    assert refused(body)
