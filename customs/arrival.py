"""Stored messages arrive: loaded, matched, then everything that waited for their documents goes on.

What came in together is worked on together: a few statements whatever the number of messages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from customs import forward, match, replies
from customs.joint import earlier_messages_of, recompute_messages
from customs.load import load_stored
from customs.models import CebMessage, CustomsReply
from customs.numbers import numbers_in
from customs.senders import KIND_OF_TYPE

AT_ONCE = 24  # messages of a set


def arrive(submission_id: UUID) -> int:
    """`arrive_set` for one message."""
    return arrive_set([submission_id])


def arrive_set(submission_ids: Sequence[UUID]) -> int:
    """Load what is not loaded yet, match, apply replies that came before, and forward what is complete now.

    The number of documents loaded. Safe to repeat: each part finds out for itself what is left to do.
    """
    loaded = load_stored(submission_ids)
    types = dict(CebMessage.objects.filter(pk__in=submission_ids).values_list("pk", "type"))
    touched = match.match_messages(types)
    older = _go_on(types)
    # Those that the match completed, and one whose waiting list was replaced.
    forward.consider({*types, *touched, *older})
    return loaded


@transaction.atomic
def _go_on(types: dict[UUID, str]) -> list[UUID]:
    """What came before the documents: deliveries and replies. The messages of replaced versions."""
    forward.catch_up(list(types))
    kinds: defaultdict[str, list[UUID]] = defaultdict(list)
    for message, type_ in types.items():
        kinds[KIND_OF_TYPE[type_]].append(message)
    older: list[UUID] = []
    for kind, messages in sorted(kinds.items()):
        if CustomsReply.objects.filter(kind=kind, outcome=replies.UNKNOWN_NUMBER).exists():
            replies.reconsider(kind, numbers_in(kind, messages))
        older += earlier_messages_of(kind, messages)
    recompute_messages([*types, *older])
    return older
