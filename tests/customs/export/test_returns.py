"""An official enters that goods came back; tax reads it from the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import Principal
from customs.export.returns import Returned, enter_return
from customs.export.selectors import closed_lines
from customs.models import ExportList
from reference.problems import Refused
from submissions.models import Change
from tests.customs.export import month
from tests.customs.factories import World, codes, world
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
