"""Every code, state and verb has its words, and everything of this room is registered."""

from __future__ import annotations

import string

import pytest
from django.utils.translation import override

from customs import forward, presenters
from customs.gateway.client import EportGateway
from customs.lifecycle import TABLE
from customs.models import CustomsReply, DocumentEvent, DocumentState
from customs.notices import SENTENCES, notice_code
from customs.replies import LATE, OUT_OF_PLACE, REPEATED, UNKNOWN_NUMBER, UNKNOWN_STATUS, read_inbox
from submissions import guides, registry
from submissions.models import Notice
from submissions.notices import text_of
from tests.customs.replying import time

KINDS = {
    "import-orders": "order",
    "import-payments": "payment",
    "import-waybills": "waybill",
    "import-declaration": "inventory",
}


def test_every_verb_status_state_and_outcome_has_a_sentence() -> None:
    ours = {rule.verb for rule in TABLE if not rule.statuses}
    assert ours <= set(presenters.VERBS)
    statuses = {status for rule in TABLE for status in rule.statuses} - {"-"}
    assert statuses <= set(presenters.STATUSES)
    assert set(DocumentState) == set(presenters.NEXT)
    assert {LATE, REPEATED, OUT_OF_PLACE, UNKNOWN_STATUS, UNKNOWN_NUMBER} == set(presenters.OUTCOMES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "actor", "sentence"),
    [
        ("2", "E-port", "The E-port is declaring the document."),
        ("-301010", "E-port", "The E-port has refused the document."),
        ("120", "customs", "Customs has stored the document: the logic check is passed."),
        ("987", "customs", "A status this portal does not know: 987"),
    ],
)
def test_a_reply_is_said_in_plain_words(status: str, actor: str, sentence: str) -> None:
    with override("en"):
        assert (presenters.status_actor(status), presenters.status_sentence(status)) == (actor, sentence)


@pytest.mark.django_db
def test_every_reason_of_a_return_is_explained() -> None:
    info = "[Code:1320;Desc:x][Code:1332;Desc:y]"
    with override("en"):
        found = presenters.reasons_of("1320", info)
    assert [one.code for one in found] == ["1320", "1332"]
    assert all(one.plain for one in found)


def test_the_timeline_is_in_the_order_of_arrival_and_says_when_customs_said_it() -> None:
    from datetime import UTC, datetime

    from reference.keys import uuid7

    at = [datetime(2026, 11, 3, 3, minute, tzinfo=UTC) for minute in range(3)]
    reply = CustomsReply(
        id=uuid7(), status="-621004", return_time=time(1), received_at=at[2], outcome=LATE, info="重复"
    )
    events = [
        DocumentEvent(verb="load", to_state="loaded", actor_label="portal", at=at[0]),
        DocumentEvent(
            verb="wait", to_state="waiting", actor_label="portal", at=at[1], why="match.order_missing"
        ),
    ]
    with override("en"):
        lines = presenters.timeline(events, [reply])
    assert [line.at for line in lines] == at
    assert [line.actor for line in lines] == ["the portal", "the portal", "E-port"]
    assert lines[2].said_at is not None
    assert lines[2].effect.startswith("Arrived after a newer answer")


@pytest.mark.parametrize(("kind", "state"), sorted(SENTENCES))
@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("reason", ["1332", "no such reason", ""])
def test_every_notice_has_a_sentence_that_can_be_filled_in(
    kind: str, state: str, near: bool, reason: str
) -> None:
    code = notice_code(kind, state, reason, near=near)
    assert len(code) <= 40
    with override("en"):
        text = text_of(Notice(code=code, params={"count": "1", "numbers": "O{1}", "words": "退{单}"}))
    assert text != code
    assert "O{1}" in text
    names = {name for _text, name, _spec, _conversion in string.Formatter().parse(text.replace("{1}", ""))}
    assert not {"numbers", "words", "count"} & names
    assert ("退{单}" in text) is (near and state in ("returned", "eport_refused", "detained"))


@pytest.mark.parametrize(("code", "document"), KINDS.items())
def test_the_services_are_in_the_directory(code: str, document: str) -> None:
    kind = registry.kind(code)
    guide = guides.guide(code)
    assert kind.agencies == ("customs",)
    assert kind.joint_state is not None
    assert guide is not None
    assert all(
        (str(kind.name), str(kind.sentence), guide.basis, str(guide.who), guide.papers, str(guide.promised))
    )
    assert document in {"order", "payment", "waybill", "inventory"}


def test_gateways_reader_hooks_and_counters_are_registered() -> None:
    payload, opinion = registry.gateway("customs", "payload"), registry.gateway("customs", "opinion")
    assert isinstance(payload, EportGateway)
    assert isinstance(opinion, EportGateway)
    assert (payload.path, opinion.path) == ("/ceb/messages", "/opinions")
    assert registry.inbox_reader("customs") is read_inbox
    assert forward.delivered in registry._hooks["dispatch.deliver"]
    assert forward.refused in registry._hooks["dispatch.refuse"]
    assert {one.tab for one in registry.counters() if one.code.startswith("customs")} == {
        "action",
        "progress",
        "done",
    }
