"""Copies of notices by mail: to who wants them, once, in their language, and without what an agency wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Company, User
from submissions import mailing, tasks
from submissions.models import MailCopy, Notice, NoticeMail
from submissions.notices import mark_read, notify
from tests.accounts import factories as people
from tests.submissions.makers import ALICE, a_company, handed_in
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return a_company()


@pytest.fixture
def reader(firm: Company) -> User:
    user = people.a_member(firm, "viewer")
    mailing.want(user, "en", by=ALICE)
    return user


def a_round() -> list[int]:
    mailing.note_copies()
    return [mailing.send_to(user) for user in mailing.due()]


def test_one_mail_with_all_that_is_new_and_no_second_one(firm: Company, reader: User) -> None:
    submission = handed_in(company=firm)
    secret = "Qian Example, 120199198511020371"
    notices = [notify(firm, "inventory.returned", {"words": secret}, submission) for _ in range(2)]
    assert a_round() == [2]
    assert a_round() == []
    (letter,) = mail.outbox
    assert letter.to == [reader.email]
    assert letter.subject == "Single window: 2 new notices"
    assert str(submission.reference) in letter.body
    assert f"/notices/{notices[0].pk}/" in letter.body
    assert "Qian" not in letter.body
    assert firm.name not in letter.body


def test_only_those_who_want_them_and_only_from_then_on(firm: Company, reader: User) -> None:
    before = notify(firm, "submission.accepted", {"reference": "1"})
    Notice.objects.filter(pk=before.pk).update(created_at=timezone.now() - timedelta(hours=1))
    people.a_member(firm, "viewer", name="quiet")
    elsewhere = people.a_member(a_company(), "viewer", name="elsewhere")
    mailing.want(elsewhere, "en", by=ALICE)
    assert a_round() == []
    read = notify(firm, "submission.accepted", {"reference": "2"})
    mark_read([firm.pk], [read.pk])
    assert a_round() == []
    notify(firm, "submission.accepted", {"reference": "3"})
    assert a_round() == [1]
    assert [letter.to for letter in mail.outbox] == [[reader.email]]


def test_who_left_or_wants_no_more_gets_none(firm: Company, reader: User) -> None:
    notify(firm, "submission.accepted", {"reference": "1"})
    mailing.note_copies()
    mailing.want_no_more(reader, by=ALICE)
    assert mailing.due() == []
    mailing.want(reader, "en", by=ALICE)
    reader.memberships.all().delete()
    notify(firm, "submission.accepted", {"reference": "2"})
    assert a_round() == []
    assert set(Entry.objects.values_list("action", flat=True)) >= {"notice.mail_on", "notice.mail_off"}


def test_what_the_server_refuses_is_tried_again_after_its_lease(
    firm: Company, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any) -> None:
        raise OSError("no mail server")

    notify(firm, "submission.accepted", {"reference": "1"})
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        assert a_round() == [0]
    assert a_round() == []
    MailCopy.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert a_round() == [1]
    assert len(mail.outbox) == 1


def test_in_chinese_for_who_asked_in_chinese(firm: Company) -> None:
    user = people.a_member(firm, "viewer")
    mailing.want(user, "zh-hans", by=ALICE)
    notify(firm, "submission.accepted", {"reference": "1"})
    a_round()
    assert "通知" in mail.outbox[0].subject


def test_the_tasks_note_send_and_forget(firm: Company, reader: User, nudged: list[Any]) -> None:
    notify(firm, "submission.accepted", {"reference": "1"})
    tasks.mail_notices()
    assert ("mail_to", reader.pk) in nudged
    tasks.mail_to(reader.pk)
    assert len(mail.outbox) == 1
    MailCopy.objects.update(sent_at=timezone.now() - timedelta(days=31))
    tasks.purge_mail()
    assert not MailCopy.objects.exists()
    assert NoticeMail.objects.exists()
