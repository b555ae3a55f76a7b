"""`Idempotency-Key`: the answer given once is given again, and nothing happens twice."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customs import intake
from customs.demo.story import story_message
from submissions.models import IdempotencyKey, Submission
from tests.api.conftest import problem_of

ORDER = story_message("O01", "CEB311")
OTHER = story_message("O02", "CEB311")


def test_the_same_call_gets_the_same_answer(erp):
    one = erp("A")
    first, again = (one.send(ORDER, key="k-1") for _ in range(2))
    assert "Idempotent-Replay" not in first
    assert again["Idempotent-Replay"] == "true"
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.json()["repeated"] is False


def test_another_body_under_the_key_is_422(erp):
    one = erp("A")
    one.send(ORDER, key="k-1")
    problem_of(one.send(OTHER, key="k-1"), 422, "idempotency_key_reused")
    assert one.send(OTHER, key="k-2").status_code == 202


def test_everybody_has_keys_of_their_own(erp):
    assert erp("A").send(ORDER, key="k-1").status_code == 202
    payment = erp("C").send(story_message("O01", "CEB411"), key="k-1")
    assert payment.status_code == 202
    assert "Idempotent-Replay" not in payment
    assert IdempotencyKey.objects.filter(key="k-1").count() == 2


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "é", "\x01"])
def test_a_key_that_is_none_is_400(erp, key):
    problem_of(erp("A").send(ORDER, key=key), 400, "idempotency_key")
    assert not Submission.objects.exists()


def unfinished(erp_, **given: object) -> None:
    row = IdempotencyKey.objects.create(
        principal=f"client:{erp_.client_id}",
        key="k-1",
        method_path="POST /api/v1/ceb/messages",
        sha256=hashlib.sha256(ORDER).hexdigest(),
    )
    IdempotencyKey.objects.filter(pk=row.pk).update(**given or {"key": "k-1"})


def test_a_twin_under_way_is_409_and_may_come_again(erp):
    one = erp("A")
    unfinished(one)
    answer = one.send(ORDER, key="k-1")
    problem_of(answer, 409, "in_progress")
    assert int(answer["Retry-After"]) >= 1
    assert not Submission.objects.exists()


def test_a_call_whose_worker_died_can_be_made_again(erp):
    one = erp("A")
    unfinished(one, created_at=timezone.now() - timedelta(minutes=10))
    assert one.send(ORDER, key="k-1").status_code == 202
    assert one.send(ORDER, key="k-1")["Idempotent-Replay"] == "true"


def test_a_refused_message_leaves_the_key_free(erp):
    one = erp("A")
    problem_of(one.send(b"<a/>", key="k-1"), 422, "refused")
    assert one.send(ORDER, key="k-1").status_code == 202


def test_a_conflict_leaves_the_key_free(erp):
    one = erp("A")
    guid = "5BB4E0E5-5D5C-4E8A-8D0E-0A3C1C9F7A11"
    one.send(story_message("O01", "CEB311", message_guid=guid))
    for _ in range(2):
        problem_of(one.send(story_message("O02", "CEB311", message_guid=guid), key="k-1"), 409, "guid_reused")
    assert one.send(OTHER, key="k-1").status_code == 202


def test_a_fault_of_ours_leaves_the_key_free(erp, monkeypatch):
    one = erp("A")
    with monkeypatch.context() as broken:
        broken.setattr(intake, "_store", None)
        answer = one.send(ORDER, key="k-1")
        problem_of(answer, 500, "broken")
        assert b"NoneType" not in answer.content
    assert one.send(ORDER, key="k-1").status_code == 202


@pytest.mark.django_db(transaction=True)
def test_of_two_calls_at_once_one_works_and_the_other_waits(erp, monkeypatch):
    one, inside, go_on, answers = erp("A"), threading.Event(), threading.Event(), []
    real = intake.receive_message

    def slow(*args: object, **kwargs: object):
        inside.set()
        assert go_on.wait(10)
        return real(*args, **kwargs)

    monkeypatch.setattr(intake, "receive_message", slow)

    def call() -> None:
        try:
            answers.append(one.send(ORDER, key="k-1"))
        finally:
            connection.close()

    working = threading.Thread(target=call)
    working.start()
    assert inside.wait(10)
    twin = one.send(ORDER, key="k-1")
    go_on.set()
    working.join(10)
    problem_of(twin, 409, "in_progress")
    assert answers[0].status_code == 202
    assert one.send(ORDER, key="k-1")["Idempotent-Replay"] == "true"
    assert Submission.objects.count() == 1
