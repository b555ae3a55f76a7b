"""One parcel abroad, of whichever firm, with any element changed: for tests that need no month."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from accounts.models import Mandate
from customs.ceb import Document
from customs.demo import export as story
from customs.demo.cast import COMPANIES
from customs.demo.wire import envelope, with_values
from customs.models import ExportList
from submissions.models import Submission
from tests.customs.export import month
from tests.customs.factories import World, arrive

FIRST = story.parcels()[0]
Values = Mapping[str, str | None]


def documents(one: story.Parcel = FIRST, firm: str = "F") -> dict[str, Document]:
    """The seven documents of the parcel by message type, sold by that firm."""
    seller = COMPANIES[firm]
    sold = {"ebcCode": seller.customs_code, "ebcName": seller.name}
    return {
        "CEB303": with_values(story.order(one), sold, {}),
        "CEB403": with_values(story.collection(one), sold, {}),
        "CEB505": with_values(story.waybill(one), sold, {}),
        "CEB603": with_values(
            story.export_list(one),
            sold | {"ownerCode": seller.customs_code, "ownerName": seller.name},
            {},
        ),
        "CEB507": story.arrival(one.bill_no, [one]),
        "CEB607": story.manifest(one.bill_no, [one]),
        "CEB509": story.departure(one.bill_no, [one]),
    }


def messages(
    one: story.Parcel = FIRST, firm: str = "F", changed: Mapping[str, Values] | None = None
) -> dict[str, bytes]:
    """Them as signed messages; `changed`: by message type, elements of the head."""
    changed = changed or {}
    return {
        type_: envelope(
            type_, [with_values(document, changed.get(type_, {}), {})], sender=sender(type_, firm)
        )
        for type_, document in documents(one, firm).items()
        if type_ != "CEB403" or type_ in changed
    }


def sender(type_: str, firm: str) -> str:
    """Who hands a message in: the key of a company."""
    return firm if type_ == "CEB303" else story.SENDERS[type_]


def mandated(here: World, firm: str = "F") -> None:
    """G may declare exports for the firm."""
    Mandate.objects.get_or_create(
        principal=here.companies[firm],
        agent=here.companies["G"],
        service="export-declaration",
        defaults={"valid_from": "2026-01-01"},
    )


def handed_in(here: World, given: Mapping[str, bytes], firm: str = "F") -> list[Submission]:
    """Received and loaded, each from its sender."""
    found = []
    for type_, data in given.items():
        received = here.hand_in(type_, data, by=sender(type_, firm))
        arrive(received.submission.pk)
        found.append(received.submission)
    return found


def declared(
    here: World,
    *types: str,
    firm: str = "F",
    one: story.Parcel = FIRST,
    changed: Mapping[str, Values] | None = None,
) -> ExportList:
    """The parcel's list, with the documents of these types here (none named: all)."""
    mandated(here, firm)
    given = messages(one, firm, changed)
    handed_in(here, {type_: given[type_] for type_ in types or given}, firm)
    return ExportList.objects.exclude(state="superseded").get(logistics_no=one.waybill_no)


def closed(here: World, folder: Path, *, firm: str = "F", one: story.Parcel = FIRST) -> ExportList:
    """The parcel's list when customs' stand-in has answered everything."""
    found = declared(here, firm=firm, one=one)
    month.hear(month.answers(folder, messages(one, firm).values()))
    found.refresh_from_db()
    return found
