"""An official enters that goods came back; tax reads it from the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import Principal
from customs.export.returns import Returned, enter_return
from customs.export.selectors import closed_lines
from customs.models import ExportList, ExportReturn
from reference.keys import uuid7
from reference.problems import Refused
from submissions.models import Change, Notice
from tests.accounts.factories import an_agency, an_official
from tests.customs.export import month
from tests.customs.factories import World, codes, world
from tests.house.world import LOGIN
from trail.actors import Actor
from trail.models import Entry

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 6)


def _official() -> Principal:
    customs = Agency.objects.get(code="customs")
    actor = Actor("person", "officer", "officer", customs.code)
    return Principal(
        actor=actor, permissions=frozenset({Permission.QUEUE_WORK}), companies=(), agency=customs
    )


def _enter(one: ExportList, by: Principal | None = None, **other: object) -> None:
    values = {
        "list_id": one.pk, "gnum": 1, "returned_on": DAY, "quantity": Decimal(2), "mode": "9661",
        "reason": "买家退货",
    } | other  # fmt: skip
    enter_return(Returned(**values), by=by or _official())  # type: ignore[arg-type]


@pytest.fixture
def fourteen(db: None, tmp_path: Path) -> tuple[World, ExportList]:
    here = world()
    month.october(here, tmp_path)
    return here, ExportList.objects.get(invt_no="02132026E000000014")


def test_the_return_stands_on_the_line(fourteen: tuple[World, ExportList]) -> None:
    here, one = fourteen
    _enter(one)
    lines = closed_lines(here.companies["F"], date(2026, 10, 1))
    assert [(line.list_no, line.returned_on) for line in lines if line.returned_on] == [(one.invt_no, DAY)]
    assert Entry.objects.filter(action="export_return.enter", object_id=str(one.pk)).exists()
    assert Change.objects.filter(event="export-goods-returned", object_id=str(one.pk)).exists()


def test_it_is_entered_once(fourteen: tuple[World, ExportList]) -> None:
    _enter(fourteen[1])
    with pytest.raises(Refused) as refused:
        _enter(fourteen[1], quantity=Decimal(1))
    assert codes(refused.value.problems) == ["return.twice"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"quantity": Decimal(3)}, "return.quantity"),
        ({"quantity": Decimal(0)}, "return.quantity"),
        ({"gnum": 2}, "return.line"),
        ({"mode": "9610"}, "return.mode"),
        ({"returned_on": date(2026, 10, 20)}, "return.day"),
        ({"returned_on": date(2099, 1, 1)}, "return.day"),
        ({"reason": " "}, "return.reason"),
    ],
)
def test_what_cannot_be(fourteen: tuple[World, ExportList], wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        _enter(fourteen[1], **wrong)
    assert codes(refused.value.problems) == [code]


def test_only_officials_enter_it(fourteen: tuple[World, ExportList]) -> None:
    here, one = fourteen
    with pytest.raises(PermissionDenied):
        _enter(one, by=here.principal("G"))


def test_a_line_comes_back_in_parts_and_never_more_than_was_sold(fourteen: tuple[World, ExportList]) -> None:
    here, one = fourteen
    _enter(one, quantity=Decimal("0.5"))
    with pytest.raises(Refused) as refused:
        _enter(one, quantity=Decimal("1.50001"))
    assert codes(refused.value.problems) == ["return.quantity"]
    assert refused.value.problems[0].params == {"quantity": "1.50001", "left": "1.5", "declared": "2"}
    _enter(one, quantity=Decimal("1.5"), returned_on=date(2026, 11, 9))
    (line,) = [line for line in closed_lines(here.companies["F"], DAY.replace(month=10)) if line.returned_on]
    assert (line.returned_on, line.returned_quantity) == (DAY, line.quantity)


def test_the_same_form_sent_twice_is_one_return(fourteen: tuple[World, ExportList]) -> None:
    key = uuid7()
    for _time in range(2):
        _enter(fourteen[1], quantity=Decimal(1), key=key)
    assert ExportReturn.objects.get().pk == key
    assert Notice.objects.filter(code="export_list.goods_returned").count() == 2  # G and F


def test_the_official_looks_it_over_before_it_counts(fourteen: tuple[World, ExportList]) -> None:
    one = fourteen[1]
    client = Client(headers={"accept-language": "en"})
    client.force_login(an_official(Agency.objects.get(code="customs"), "officer"), backend=LOGIN)
    page = reverse("admin:export_return", args=[one.pk])
    assert page in client.get(reverse("admin:export_list", args=[one.pk])).content.decode()
    given = {"line": "1", "quantity": "3", "returned_on": "2026-11-06", "mode": "9661", "reason": "买家退货"}
    given["key"] = str(uuid7())
    wrong = client.post(page, given)
    assert wrong.status_code == 422
    assert "3 is not between nothing and the 2 of 2" in wrong.content.decode()
    given["quantity"] = "2"
    looked = client.post(page, given).content.decode()
    assert "Confirm the return" in looked
    assert not ExportReturn.objects.exists()
    for _time in range(2):
        assert client.post(page, given | {"confirmed": "1"}).status_code == 302
    assert ExportReturn.objects.get().quantity == 2
    assert page not in client.get(reverse("admin:export_list", args=[one.pk])).content.decode()


def test_only_customs_opens_the_form(fourteen: tuple[World, ExportList]) -> None:
    for code in ("tax", "commerce"):
        client = Client()
        client.force_login(an_official(an_agency(code), "officer"), backend=LOGIN)
        assert client.get(reverse("admin:export_return", args=[fourteen[1].pk])).status_code == 404
