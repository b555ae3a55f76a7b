"""A stored message arrives: loaded and matched, then everything that waited for its documents goes on."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from customs import forward, replies
from customs.joint import KIND_OF_TYPE, recompute_messages
from customs.lifecycle import TABLES
from customs.load import load_message
from customs.models import CebMessage

# Messages of the versions that documents of this message replaced.
_OLDER = {
    "order": "(o.ebp_code, o.order_no) = (n.ebp_code, n.order_no)",
    "payment": "(o.ebp_code, o.order_no) = (n.ebp_code, n.order_no) AND o.pay_code = n.pay_code",
    "waybill": "(o.logistics_code, o.logistics_no) = (n.logistics_code, n.logistics_no)",
    "inventory": "(o.ebp_code, o.order_no) = (n.ebp_code, n.order_no)",
}


def arrive(submission_id: UUID) -> int:
    """Load the message, apply replies that came before it, and forward what is complete now.

    The number of documents loaded. Safe to repeat: each part finds out for itself what is left to do.
    """
    loaded = load_message(submission_id)
    kind = KIND_OF_TYPE[CebMessage.objects.values_list("type", flat=True).get(pk=submission_id)]
    with transaction.atomic():
        forward.catch_up([submission_id])
        numbers = [
            replies.number_of(document)
            for document in replies.MODELS[kind].objects.filter(message_id=submission_id).defer("personal")
        ]
        replies.reconsider(kind, numbers)
        older = _older_messages(kind, submission_id)
        recompute_messages([submission_id, *older])
    # The match has let the messages go that it completed; one whose waiting list was replaced may go as well.
    forward.consider([submission_id, *older])
    return loaded


def _older_messages(kind: str, message_id: UUID) -> list[UUID]:
    table = TABLES[kind]
    return _ids(
        f"SELECT DISTINCT o.message_id FROM {table} n JOIN {table} o ON {_OLDER[kind]}"  # noqa: S608
        " WHERE n.message_id = %s AND n.version > 1 AND o.state = 'superseded'"
        " AND o.message_id <> n.message_id",
        message_id,
    )


def _ids(sql: str, message_id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [message_id])
        return [row[0] for row in cursor.fetchall()]
