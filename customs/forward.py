"""Forwarding: what goes to the E-port when, always whole and byte for byte as it was signed.

Orders, payments and waybills are queued the moment they are received. A list message is held until each of
its lists is ready or faulted by us, or until its waiting limit (`list_waiting_hours`, dated) has passed;
our opinion travels beside it. Documents become `sent` when the dispatch has settled; a reply that came
before wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.selectors import companies_by_codes
from credit.selectors import standings
from customs.apart import apart
from customs.gateway.messages import (
    Opinion,
    OpinionIntegrity,
    OpinionList,
    OpinionTax,
    opinion_list,
    write_opinion,
)
from customs.joint import recompute_messages
from customs.lifecycle import ALL, EPORT, TABLES, advance
from customs.limits import give_back
from customs.models import CebMessage, DocumentState, ExportList, Inventory
from customs.numbers import MODELS
from customs.senders import KIND_OF_TYPE, LISTS
from reference.problems import Problem
from submissions.models import Dispatch, DispatchState, Referral
from submissions.registry import Happened
from submissions.services import add_dispatch, release_dispatches
from trail.actors import SYSTEM

AGENCY = "customs"
PAYLOAD, OPINION = "payload", "opinion"
# Customs reads our opinion in Chinese, whoever the applicant is.
LANGUAGE = "zh-hans"
SWEPT = 200  # messages looked at in one sweep

# Lists that keep their message from going: not yet compared, or waiting for something.
_OPEN = (DocumentState.LOADED, DocumentState.WAITING)

_DUE = """
SELECT m.submission_id FROM customs_cebmessage m
WHERE m.loaded_at IS NOT NULL
  AND {which}
  AND EXISTS (SELECT 1 FROM submissions_referral r JOIN submissions_dispatch d ON d.referral_id = r.id
    WHERE r.submission_id = m.submission_id AND d.state = 'held')
  AND (m.type <> ALL(%(lists)s) OR (
    (m.forward_by <= statement_timestamp() OR NOT EXISTS (SELECT 1 FROM (
      SELECT message_id, state FROM customs_inventory UNION ALL
      SELECT message_id, state FROM customs_exportlist) i
      WHERE i.message_id = m.submission_id AND i.state = ANY(%(open)s)))
    AND EXISTS (SELECT 1 FROM (
      SELECT message_id, state FROM customs_inventory UNION ALL
      SELECT message_id, state FROM customs_exportlist) i
      WHERE i.message_id = m.submission_id AND i.state <> 'superseded')))
ORDER BY m.submission_id LIMIT %(limit)s
"""


def consider(message_ids: Iterable[UUID]) -> int:
    """Let those of the messages go whose time has come; how many did. Call it after loading or matching."""
    ids = list(message_ids)
    return _forward(_due("m.submission_id = ANY(%(ids)s::uuid[])", ids=ids)) if ids else 0


def consider_overdue(limit: int = SWEPT) -> int:
    """The sweep's share: every held message whose lists are all checked, or whose waiting limit has
    passed.
    """
    held = "m.submission_id IN (SELECT r.submission_id FROM submissions_referral r"
    held += " JOIN submissions_dispatch d ON d.referral_id = r.id WHERE d.state = 'held')"
    return apart(_forward, _due(held, limit=limit))


def _due(which: str, *, ids: Sequence[UUID] = (), limit: int = 10_000) -> list[UUID]:
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"ids": list(ids), "open": [str(state) for state in _OPEN], "limit": limit}
        params["lists"] = sorted(LISTS)
        cursor.execute(_DUE.format(which=which), params)
        return [row[0] for row in cursor.fetchall()]


def _forward(message_ids: Sequence[UUID]) -> int:
    """Opinion and release in one transaction: an opinion never goes without its message nor the other way."""
    if not message_ids:
        return 0
    with transaction.atomic():
        for referral, opinion in _opinions(message_ids):
            add_dispatch(referral, OPINION, write_opinion(opinion))
        return release_dispatches(message_ids, by=SYSTEM)


def _opinions(message_ids: Sequence[UUID]) -> list[tuple[Referral, Opinion]]:
    # In the order of their keys: two workers with the same messages never wait for each other in a circle.
    messages = CebMessage.objects.filter(pk__in=message_ids, type__in=LISTS).order_by("pk")
    lists: defaultdict[UUID, list[Inventory | ExportList]] = defaultdict(list)
    for model in (Inventory, ExportList):
        rows = model.objects.filter(message_id__in=message_ids).defer("personal")
        for one in rows.order_by("message_id", "index"):
            lists[one.message_id].append(one)
    referrals = {
        referral.submission_id: referral
        for referral in Referral.objects.filter(submission_id__in=message_ids, agency__code=AGENCY)
    }
    integrity = _integrity(one for group in lists.values() for one in group)
    with override(LANGUAGE):
        return [
            (
                referrals[message.pk],
                Opinion(
                    message=message.guid,
                    type=message.type,
                    reference=message.submission.reference or "",
                    lists=[_opinion_list(one, integrity.get(one.ebc_code)) for one in lists[message.pk]],
                ),
            )
            for message in messages.select_related("submission")
            if message.pk in referrals
        ]


def _integrity(lists: Iterable[Inventory | ExportList]) -> dict[str, OpinionIntegrity]:
    """Code of an e-commerce firm → how it stands today; a few queries for all lists."""
    firms = companies_by_codes(one.ebc_code for one in lists)
    found = standings({firm.pk for firm in firms.values()}, timezone.localdate())
    return {
        code: OpinionIntegrity(at.customs_level, at.score, at.formula_version)
        for code, firm in firms.items()
        if (at := found.get(firm.pk))
    }


def _opinion_list(one: Inventory | ExportList, integrity: OpinionIntegrity | None) -> OpinionList:
    tax = None
    if isinstance(one, Inventory) and one.tax_regime:
        tax = OpinionTax(
            regime=one.tax_regime,
            dutiable_value=one.dutiable_value,
            tariff=one.tariff,
            consumption_tax=one.consumption_tax,
            vat=one.vat,
            total=one.tax_total,
        )
    findings: list[dict[str, Any]] = one.findings
    return opinion_list(
        index=one.index,
        cop_no=one.cop_no,
        order_no=one.order_no,
        standing=one.state,
        findings=[Problem.from_stored(row).as_dict() for row in findings],
        tax=tax,
        integrity=integrity,
    )


def delivered(happened: Happened) -> None:
    """Hook of `dispatch.deliver`: the documents of a payload that the agency has taken are `sent`.

    The joint states follow at the end of the settling, when every row of a set is locked.
    """
    mark_sent(_messages_of(happened))


def _messages_of(happened: Happened) -> list[tuple[UUID, str]]:
    """The loaded customs messages, with their types, whose payloads these dispatches are."""
    payloads = Dispatch.objects.filter(pk__in=happened.ids, what=PAYLOAD, referral__agency__code=AGENCY)
    messages = CebMessage.objects.filter(
        submission__referrals__dispatches__in=payloads, loaded_at__isnull=False
    )
    return list(messages.values_list("pk", "type"))


def _by_kind(messages: Iterable[tuple[UUID, str]]) -> dict[str, list[UUID]]:
    kinds: defaultdict[str, list[UUID]] = defaultdict(list)
    for message, type in messages:
        kinds[KIND_OF_TYPE[type]].append(message)
    # In the order in which replies lock documents of several kinds.
    return {kind: kinds[kind] for kind in ALL if kind in kinds}


def mark_sent(messages: Iterable[tuple[UUID, str]]) -> None:
    """Documents of delivered messages become `sent`, unless a reply has already taken them further."""
    for kind, ids in _by_kind(messages).items():
        # A state refused without any reply was refused at the door, before this delivery.
        rows = MODELS[kind].objects.filter(message_id__in=ids).order_by("pk").select_for_update()
        anew: list[UUID] = []
        others: list[UUID] = []
        for key, state, said in rows.values_list("pk", "state", "return_time"):
            (anew if state == DocumentState.EPORT_REFUSED and not said else others).append(key)
        advance(kind, others, verb="send", by=SYSTEM)
        moved = advance(kind, anew, verb="send_anew", by=SYSTEM)
        if kind == "inventory" and moved:
            give_back((), again=moved)


def catch_up(message_ids: Sequence[UUID]) -> None:
    """Right after loading: messages that were taken, or refused, before their documents were in the tables.

    Joint states are the caller's: they are recomputed when no document is to be locked any more.
    """
    rows = (
        Dispatch.objects.filter(
            referral__submission_id__in=list(message_ids), referral__agency__code=AGENCY, what=PAYLOAD
        )
        .filter(state__in=(DispatchState.SENT, DispatchState.REFUSED))
        .values_list("referral__submission_id", "referral__submission__ceb_message__type", "state")
    )
    settled = list(rows)
    mark_sent([(message, type) for message, type, state in settled if state == DispatchState.SENT])
    refuse_at_door(
        [(message, type) for message, type, state in settled if state == DispatchState.REFUSED], ""
    )


_BEHIND = """
SELECT DISTINCT m.submission_id FROM customs_cebmessage m
JOIN submissions_referral r ON r.submission_id = m.submission_id
JOIN submissions_dispatch d ON d.referral_id = r.id AND d.what = 'payload'
WHERE m.type = %(type)s AND m.loaded_at IS NOT NULL
  AND m.received_at > statement_timestamp() - interval '2 days'
  AND d.state IN ('sent', 'refused') AND EXISTS (
    SELECT 1 FROM {table} x WHERE x.message_id = m.submission_id
      AND x.state IN ('loaded', 'waiting', 'ready', 'faulted'))
LIMIT %(limit)s
"""


def catch_up_behind(limit: int = SWEPT) -> int:
    """The sweep's share: documents left behind by their dispatch because a worker died in between."""
    found = 0
    for type_, kind in KIND_OF_TYPE.items():
        with connection.cursor() as cursor:
            cursor.execute(_BEHIND.format(table=TABLES[kind]), {"type": type_, "limit": limit})
            ids = [row[0] for row in cursor.fetchall()]
        found += apart(_catch_up_and_recompute, ids)
    return found


@transaction.atomic
def _catch_up_and_recompute(message_ids: Sequence[UUID]) -> int:
    catch_up(message_ids)
    recompute_messages(message_ids)
    return len(message_ids)


def refused(happened: Happened) -> None:
    """Hook of `dispatch.refuse`: what the E-port refuses at its door has to be corrected, every document
    of it.
    """
    messages = _messages_of(happened)
    refuse_at_door(messages, happened.words)
    recompute_messages((message for message, _type in messages), EPORT)


def refuse_at_door(messages: Iterable[tuple[UUID, str]], words: str) -> None:
    """The documents of these messages go to `eport_refused`, and what was counted for lists is given back."""
    for kind, ids in _by_kind(messages).items():
        rows = MODELS[kind].objects.filter(message_id__in=ids)
        moved = advance(
            kind, list(rows.values_list("pk", flat=True)), verb="eport_failed", by=EPORT, why=words[:2000]
        )
        if kind == "inventory" and moved:
            give_back(moved)
