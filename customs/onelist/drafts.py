"""The verbs of a typed list: begin, save, look at, hand in. Drafts are kept sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from accounts.permissions import Permission
from customs.ceb import Message, read, write
from customs.claims import CHANGE, TO_CORRECT
from customs.intake import Received, receive_message
from customs.models import ExportList, Inventory
from customs.onelist import prefill, signing
from customs.onelist.look import Look, look
from customs.onelist.prefill import AnyOrder
from customs.onelist.sheet import SHEETS, Sheet
from customs.onelist.typed import Goods, Typed, Values, now
from reference.problems import Refused
from submissions.definitions.filling import raw_of, sealed_draft
from submissions.drafts import save_draft, start_draft
from submissions.lifecycle import WrongState
from submissions.models import Submission, SubmissionState
from submissions.services import unseal_payload
from trail import services as trail

if TYPE_CHECKING:
    from accounts.principals import Principal

OWN_DEVICE = "own device"


def sheet_of(draft: Submission) -> Sheet:
    """The form of a draft."""
    return SHEETS[draft.kind]


def typed_of(draft: Submission) -> Typed:
    """What stands in it."""
    return Typed.of(raw_of(draft.kind, draft.draft))


def begin(sheet: Sheet, firm: Company, *, principal: Principal, order: AnyOrder | None = None) -> Submission:
    """A draft with everything that is known of the firm, and of the order when one was chosen.

    Reading an order's people leaves a row in the trail.
    """
    assert principal.company is not None  # noqa: S101 - the page asks for it
    head = prefill.begun(sheet, firm, principal.company)
    typed = Typed(head=head, firm=firm.pk)
    if order is not None:
        found, ordered = prefill.from_order(sheet, order, firm)
        typed = typed.changed(head | {k: v for k, v in found.items() if v}, ordered)
    typed = typed.changed({"copNo": own_number(typed)} | typed.head, typed.lines)
    with transaction.atomic():
        draft = _start(sheet, typed, principal)
        if order is not None:
            _took(draft, order.order_no, principal)
    return draft


def own_number(typed: Typed) -> str:
    """A number of the declarant's own that no other list has, until somebody types a better one."""
    return f"L{timezone.localdate():%y%m%d}{typed.guid.replace('-', '')[:12]}"


def again(sheet: Sheet, returned: Inventory | ExportList, *, principal: Principal) -> Submission:
    """A draft with a list that was sent back, to be corrected and declared again (appType 2)."""
    sent = read(unseal_payload(returned.message.submission)).documents[returned.index - 1]
    head = {name: _shown(sheet, name, text) for name, text in sent.head.items() if sheet.is_asked(name)}
    lines = tuple(
        {name: text for name, text in line.items() if sheet.is_asked(name, line=True)} for line in sent.lines
    )
    firm = Company.objects.filter(customs_code=returned.ebc_code).first()
    firm = firm or Company.objects.filter(uscc=returned.ebc_code).first()
    typed = Typed(head=head, lines=lines, firm=firm.pk if firm else 0, app_type=CHANGE)
    with transaction.atomic():
        draft = _start(sheet, typed, principal)
        _took(draft, returned.order_no, principal)
    return draft


def may_correct(one: Inventory | ExportList, principal: Principal) -> bool:
    """Whether the reader is the declarant of a list that was sent back, and may declare it again."""
    company = principal.company
    own = company is not None and one.agent_code in company.codes
    return own and one.state in TO_CORRECT and principal.may(Permission.CEB_SEND)


def _shown(sheet: Sheet, name: str, text: str) -> str:
    """A day of the wire as the browser's calendar has it."""
    is_day = sheet.field(name).kind == "date8" and len(text) == len("20261103")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if is_day else text


def _start(sheet: Sheet, typed: Typed, principal: Principal) -> Submission:
    assert principal.company is not None  # noqa: S101 - the page asks for it
    return start_draft(
        kind=sheet.kind,
        company=principal.company,
        by=principal.actor,
        created_by=principal.user,
        title=title(typed),
        draft=sealed_draft(sheet.kind, typed.as_stored()),
    )


def _took(draft: Submission, number: str, principal: Principal) -> None:
    trail.record(
        "one_list.prefill",
        by=principal.actor,
        object_type="submission",
        object_id=str(draft.pk),
        detail={"order": number},
    )


def title(typed: Typed) -> str:
    """How the draft is called in lists: never of personal data."""
    return typed.head.get("orderNo", "").strip()[:60]


def save(draft: Submission, head: Values, lines: tuple[Values, ...], version: int) -> tuple[int, Typed]:
    """Keep what stands in the form; the new version. `Stale`, `WrongState` as in `drafts.save_draft`."""
    typed = typed_of(draft).changed(head, lines)
    version = save_draft(draft.pk, sealed_draft(draft.kind, typed.as_stored()), version, title=title(typed))
    return version, typed


def goods(typed: Typed) -> Goods:
    """The filed goods that the lines name."""
    return prefill.goods_of(Company.objects.filter(pk=typed.firm).first(), typed.lines)


def look_at(draft: Submission, typed: Typed | None = None) -> Look:
    """The draft as a message, with everything that is wrong."""
    typed = typed or typed_of(draft)
    return look(sheet_of(draft), typed, draft.company, goods(typed))


def message_to_sign(draft: Submission, *, at: str = "") -> Message:
    """The message as it would be handed in (`at`: with that time instead). `Refused` with what is wrong."""
    typed = typed_of(draft)
    found = look_at(draft, replace(typed, saved=at) if at else typed)
    if found.errors:
        raise Refused([one.problem for one in found.errors])
    return found.message


def _signed(draft: Submission, signer: signing.AtThePortal | None, signed: bytes) -> tuple[bytes, str]:
    if signer is None:
        return signing.signed_elsewhere(signed, message_to_sign(draft)), OWN_DEVICE
    return write(message_to_sign(draft, at=now()), sign=signer.sign), signer.name


def hand_in(
    draft: Submission, *, principal: Principal, signer: signing.AtThePortal | None, signed: bytes = b""
) -> Received:
    """Sign at the portal, or take what was signed elsewhere, and hand the message in: the draft becomes it.

    `Refused` with everything in the way, `Conflict`, `WrongState`: nothing is written then.
    """
    with transaction.atomic():
        # Two clicks: the second waits here and finds that there is no draft any more.
        held = Submission.objects.select_for_update(no_key=True).get(pk=draft.pk)
        if held.state != SubmissionState.DRAFT:
            raise WrongState("submission", "submit", held.state)
        data, by = _signed(draft, signer, signed)
        received = receive_message(data, principal=principal, channel="browser", draft=draft)
        trail.record(
            "one_list.sign",
            by=principal.actor,
            object_type="submission",
            object_id=str(draft.pk),
            detail={"signer": by, "sha256": received.submission.payload_sha256},
        )
    return received
