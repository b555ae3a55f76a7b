"""The message centre."""

from __future__ import annotations

import pytest
from django.utils import translation

from submissions import notices, registry
from submissions.models import Notice
from tests.submissions.makers import a_company

pytestmark = pytest.mark.django_db


def test_a_notice_is_read_in_the_readers_language_by_its_company_only() -> None:
    registry.register_notice("test.note", "Submission {reference} has been accepted.")
    mine, other = a_company(), a_company()
    notice = notices.notify(mine, "test.note", {"reference": "TJ26-0000-0001-8"})
    with translation.override("en"):
        assert notices.text_of(notice) == "Submission TJ26-0000-0001-8 has been accepted."
    assert notices.mark_read([other.pk], [notice.pk]) == 0
    assert notices.mark_read([mine.pk], [notice.pk]) == 1
    assert notices.mark_read([mine.pk], [notice.pk]) == 0


def test_a_sentence_that_does_not_fit_its_values_is_shown_all_the_same() -> None:
    registry.register_notice("test.odd", "Needs {something}.")
    with translation.override("en"):
        assert notices.text_of(Notice(code="test.odd", params={})) == "Needs {something}."
        assert notices.text_of(Notice(code="never.registered", params={})) == "never.registered"
