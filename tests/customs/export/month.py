"""The exporter's October handed in, answered by customs' stand-in, and read again: no service, no waiting."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.db import transaction

from accounts.models import Mandate
from agencies.customs import Customs
from agencies.documents import read
from agencies.store import Store
from customs.arrival import arrive
from customs.demo.export import SENDERS, export_messages
from customs.intake import receive_message
from customs.replies import read_inbox
from submissions.models import Submission
from tests.customs import replying
from tests.customs.factories import World


def mandated(here: World) -> None:
    """G may declare exports for F."""
    Mandate.objects.create(
        principal=here.companies["F"],
        agent=here.companies["G"],
        service="export-declaration",
        valid_from="2026-01-01",
    )


def handed_in(here: World, messages: Iterable[tuple[str, bytes]]) -> list[Submission]:
    """Received and loaded in this order."""
    found = []
    for type_, data in messages:
        received = receive_message(data, principal=here.principal(SENDERS[type_]), channel="test")
        arrive(received.submission.pk)
        found.append(received.submission)
    return found


def answers(folder: Path, messages: Iterable[bytes]) -> list[bytes]:
    """Every reply of E-port and customs to the messages, in the order in which they are sent."""
    with closing(Store(folder / "store.sqlite")) as store:
        customs = Customs(store, 0.0)
        for number, data in enumerate(messages):
            with store.transaction():
                customs.take(f"D{number}", read(data)[1], early=False)
            while customs.examine():
                pass
        rows = store.db.execute("SELECT body FROM replies ORDER BY id").fetchall()
        return [row["body"] for row in rows]


def hear(bodies: Iterable[bytes]) -> None:
    """The replies come to the inbox and are read."""
    for body in bodies:
        inbox = replying.stored(body)
        with transaction.atomic():
            read_inbox(inbox, body)


def october(here: World, folder: Path) -> list[Submission]:
    """The whole month, answered."""
    mandated(here)
    messages = list(export_messages())
    submissions = handed_in(here, messages)
    hear(answers(folder, [data for _type, data in messages]))
    return submissions
