"""A stored message arrives: loaded and matched, then everything that waited for its documents goes on."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from customs import forward, replies
from customs.joint import earlier_messages, recompute_messages
from customs.load import load_message
from customs.models import CebMessage
from customs.numbers import MODELS, Document, number_of
from customs.senders import KIND_OF_TYPE


def arrive(submission_id: UUID) -> int:
    """Load the message, apply replies that came before it, and forward what is complete now.

    The number of documents loaded. Safe to repeat: each part finds out for itself what is left to do.
    """
    loaded = load_message(submission_id)
    kind = KIND_OF_TYPE[CebMessage.objects.values_list("type", flat=True).get(pk=submission_id)]
    with transaction.atomic():
        forward.catch_up([submission_id])
        documents: list[Document] = list(
            MODELS[kind].objects.filter(message_id=submission_id).defer("personal")
        )
        replies.reconsider(kind, [number_of(document) for document in documents])
        older = earlier_messages(kind, [document.pk for document in documents])
        recompute_messages([submission_id, *older])
    # The match has let the messages go that it completed; one whose waiting list was replaced may go as well.
    forward.consider([submission_id, *older])
    return loaded
