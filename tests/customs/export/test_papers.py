"""The release and the closing paper: issued when they may be, true to what was declared, verifiable by anyone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from customs.models import ExportList
from reference.problems import Refused
from submissions import papers
from submissions.models import Paper, Submission
from tests.customs.export import parcels
from tests.customs.export.test_pages import browser
from tests.customs.factories import World, codes, world
from tests.customs.test_papers import text_of
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db
NUMBER = "02132026E000000001"


@pytest.fixture
def here(db: None) -> World:
    return world()


def issued(one: ExportList, object_type: str) -> Paper:
    about = {"object_type": object_type, "object_id": str(one.pk)}
    return papers.ensure(
        Paper.Kind.CERTIFICATE, Submission.objects.get(pk=one.message_id), by=SYSTEM, **about
    )


def test_both_papers_say_what_happened_and_can_be_verified(here: World, tmp_path: Path) -> None:
    one = parcels.closed(here, tmp_path)
    assert (one.state, one.invt_no) == ("closed", NUMBER)
    common = (NUMBER, parcels.FIRST.waybill_no, "津沽户外", "津关通", "6301", "29.00 USD", "2026-10-10")
    told = {
        "export_list": (*common, "放行证明", "Release certificate", "以结关（899）为准"),
        "export_list_closed": (
            *common,
            "结关证明",
            "Closing certificate",
            parcels.FIRST.bill_no,
            "DEMO TIDE",
            "20:30:00",
        ),
    }
    for object_type, expected in told.items():
        paper = issued(one, object_type)
        text = text_of(papers.pdf(paper)).replace("\n", "")
        assert "第 1 页 / 共 1 页" in text
        for value in (*expected, paper.code):
            assert value in text, (object_type, value)
        assert "6301000000" not in text  # four digits were declared
        page = (
            Client(headers={"accept-language": "en"})
            .get(reverse("verify", args=[paper.code]))
            .content.decode()
        )
        assert "Genuine." in page
        assert NUMBER in page
        assert ("Closed (899)" in page) == (object_type == "export_list_closed")


def test_no_paper_before_its_time(here: World) -> None:
    one = parcels.declared(here)
    for state, refused in (
        ("stored", {"export_list", "export_list_closed"}),
        ("released", {"export_list_closed"}),
    ):
        ExportList.objects.filter(pk=one.pk).update(
            state=state, released_at=one.message.received_at if state == "released" else None
        )
        for object_type, code in (
            ("export_list", "paper.not_released"),
            ("export_list_closed", "paper.not_closed"),
        ):
            if object_type in refused:
                with pytest.raises(Refused) as told:
                    issued(one, object_type)
                assert codes(told.value.problems) == [code]
            else:
                assert issued(one, object_type)


def test_the_papers_are_for_those_who_read_the_list_whole(here: World) -> None:
    one = parcels.declared(here)
    ExportList.objects.filter(pk=one.pk).update(state="released", released_at=one.message.received_at)
    release, closing = reverse("export_release", args=[one.pk]), reverse("export_closing", args=[one.pk])
    assert browser(here.companies["F"]).get(release)["Content-Type"] == "application/pdf"
    assert browser(here.companies["F"]).get(closing).status_code == 409
    assert browser(here.companies["D"]).get(release).status_code == 404
    assert browser(here.companies["B"]).get(release).status_code == 404
