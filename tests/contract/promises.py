"""What every gateway promises, whatever agency is behind it: one suite, bound to each gateway by a subclass.

A subclass gives a fixture `wire` (a `Wire`): the gateway against a stub of its agency that is really
running, and how to ask that stub for a behaviour by the content of what is sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from submissions.gateways import (
    Accepted,
    Gateway,
    Later,
    Malformed,
    Misconfigured,
    RefusedByAgency,
    Unknown,
    Unreachable,
)


@dataclass(frozen=True)
class Wire:
    """One gateway and its stub. `body(scenario)` makes new content that asks for that behaviour."""

    gateway: Gateway
    body: Callable[[str], bytes]
    content_type: str
    nobody: Gateway  # the same gateway where nobody listens
    stranger: Gateway  # the same gateway with a secret the agency does not know


def key() -> str:
    """A dispatch key nobody has used."""
    return str(uuid.uuid4())


class GatewayPromises:
    """The seven answers, and asking."""

    def test_what_is_taken_has_a_number(self, wire: Wire) -> None:
        answer = wire.gateway.deliver(key(), wire.body("release"), wire.content_type)
        assert isinstance(answer, Accepted)
        assert answer.number
        assert answer.status == 202
        assert answer.number in answer.body

    def test_the_same_key_and_bytes_have_the_same_answer(self, wire: Wire) -> None:
        dispatch, body = key(), wire.body("release")
        first = wire.gateway.deliver(dispatch, body, wire.content_type)
        assert wire.gateway.deliver(dispatch, body, wire.content_type) == first

    def test_the_same_key_with_other_bytes_is_refused_for_good(self, wire: Wire) -> None:
        dispatch = key()
        wire.gateway.deliver(dispatch, wire.body("release"), wire.content_type)
        answer = wire.gateway.deliver(dispatch, wire.body("release"), wire.content_type)
        assert isinstance(answer, RefusedByAgency)
        assert [problem.code for problem in answer.problems] == ["dispatch.conflict"]

    def test_a_refusal_has_every_problem(self, wire: Wire) -> None:
        dispatch, body = key(), wire.body("refuse")
        answer = wire.gateway.deliver(dispatch, body, wire.content_type)
        assert isinstance(answer, RefusedByAgency)
        assert len(answer.problems) == 2
        assert all(problem.code and problem.path and problem.text for problem in answer.problems)
        asked = wire.gateway.ask(dispatch)
        assert isinstance(asked, RefusedByAgency)
        assert asked.problems == answer.problems
        assert asked.status == 422

    def test_later_says_when_and_then_takes_it(self, wire: Wire) -> None:
        dispatch, body = key(), wire.body("later:1")
        answer = wire.gateway.deliver(dispatch, body, wire.content_type)
        assert isinstance(answer, Later)
        assert answer.after_seconds == 1
        assert wire.gateway.ask(dispatch) is None
        assert isinstance(wire.gateway.deliver(dispatch, body, wire.content_type), Accepted)

    def test_an_error_of_the_agency_leaves_it_unknown_until_asked(self, wire: Wire) -> None:
        dispatch, body = key(), wire.body("error:502x1")
        assert isinstance(wire.gateway.deliver(dispatch, body, wire.content_type), Unknown)
        assert wire.gateway.ask(dispatch) is None
        assert isinstance(wire.gateway.deliver(dispatch, body, wire.content_type), Accepted)

    def test_no_answer_in_time_is_neither_yes_nor_no(self, wire: Wire) -> None:
        dispatch = key()
        assert isinstance(wire.gateway.deliver(dispatch, wire.body("timeout:3"), wire.content_type), Unknown)
        assert isinstance(wire.gateway.ask(dispatch), Accepted)  # it had arrived

    def test_an_answer_nobody_can_read_is_asked_for(self, wire: Wire) -> None:
        dispatch = key()
        answer = wire.gateway.deliver(dispatch, wire.body("malformed"), wire.content_type)
        assert isinstance(answer, Malformed)
        assert answer.status == 202
        assert answer.body
        assert isinstance(wire.gateway.ask(dispatch), Accepted)

    def test_refused_access_is_our_configuration(self, wire: Wire) -> None:
        answer = wire.gateway.deliver(key(), wire.body("misconfigured"), wire.content_type)
        assert isinstance(answer, Misconfigured)
        assert answer.status == 403

    def test_a_wrong_signature_is_our_configuration(self, wire: Wire) -> None:
        dispatch = key()
        answer = wire.stranger.deliver(dispatch, wire.body("release"), wire.content_type)
        assert isinstance(answer, Misconfigured)
        assert answer.status == 401
        assert isinstance(wire.stranger.ask(dispatch), Misconfigured)
        assert wire.gateway.ask(dispatch) is None

    def test_nobody_listening_means_it_did_not_arrive(self, wire: Wire) -> None:
        assert isinstance(wire.nobody.deliver(key(), wire.body("release"), wire.content_type), Unreachable)
        assert isinstance(wire.nobody.ask(key()), Unreachable)

    def test_a_key_never_sent_is_not_there(self, wire: Wire) -> None:
        assert wire.gateway.ask(key()) is None
