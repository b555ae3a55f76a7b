"""R2.02: three supporting documents until 2024-12-14, two from the day after; the day of declaration decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from customs.models import Collection, ExportList
from reference.problems import Refused
from reference.selectors import setting
from tests.customs.export import month, parcels
from tests.customs.factories import World, codes, world

pytestmark = pytest.mark.django_db
BEFORE, AFTER = "20241214235959", "20241215000000"


@pytest.fixture
def here(db: None) -> World:
    return world()


def declared_at(here: World, moment: str, *types: str, charge: str = "35.00") -> ExportList:
    changed = {"CEB603": {"appTime": moment}, "CEB403": {"charge": charge}}
    return parcels.declared(here, *types, changed=changed)


def told(one: ExportList) -> list[str]:
    one.refresh_from_db()
    return [row["code"] for row in one.findings]


@pytest.mark.parametrize(("moment", "state"), [(BEFORE, "waiting"), (AFTER, "ready")])
def test_the_day_of_declaration_decides_whether_the_money_is_waited_for(
    here: World, moment: str, state: str
) -> None:
    one = declared_at(here, moment, "CEB303", "CEB505", "CEB603")
    assert one.state == state
    assert ("match.collection_missing" in told(one)) == (state == "waiting")


def test_the_collection_record_completes_the_list_whenever_it_comes(here: World) -> None:
    one = declared_at(here, BEFORE, "CEB303", "CEB505", "CEB603")
    given = parcels.messages(changed={"CEB403": {}})
    (submission,) = parcels.handed_in(here, {"CEB403": given["CEB403"]})
    assert submission.kind == "export-collections"
    one.refresh_from_db()
    assert (one.state, one.collection_document) == ("ready", Collection.objects.get().pk)
    assert told(one) == []


@pytest.mark.parametrize(("charge", "found"), [("35.00", []), ("30.00", ["export.collection"])])
def test_what_was_received_is_held_beside_the_order_and_stops_nothing(
    here: World, charge: str, found: list[str]
) -> None:
    one = declared_at(here, AFTER, "CEB303", "CEB403", "CEB505", "CEB603", charge=charge)
    assert (one.state, told(one)) == ("ready", found)


def test_customs_stand_in_stores_it(here: World, tmp_path: Path) -> None:
    given = parcels.messages(changed={"CEB403": {}})
    parcels.handed_in(here, {"CEB403": given["CEB403"]})
    month.hear(month.answers(tmp_path, [given["CEB403"]]))
    one = Collection.objects.get()
    assert (one.state, one.message.submission.state) == ("stored", "accepted")


def test_neither_carrier_nor_declarant_sends_it(here: World) -> None:
    given = parcels.messages(changed={"CEB403": {}})
    for key in ("D", "G"):
        with pytest.raises(Refused) as refused:
            here.hand_in("CEB403", given["CEB403"], by=key)
        assert "customs.sender.not_yours" in codes(refused.value.problems)


def test_both_rules_name_their_source(here: World) -> None:
    old, new = (setting("export_documents", date(2024, 12, day)) for day in (14, 15))
    assert (old.value, new.value) == ("order collection waybill", "order waybill")
    assert "2016年第26号" in old.source
    assert "2024年第167号" in new.source
