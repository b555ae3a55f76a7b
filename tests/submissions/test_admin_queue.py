"""The queue: counts, filters, take and put back, the race of two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency, User
from submissions import services
from submissions.models import Referral, Transition
from tests.accounts import factories as people
from tests.submissions.desk import a_case, address, logged_in, said
from tests.submissions.makers import ALICE, handed_in
from trail.models import Entry

pytestmark = pytest.mark.django_db


# --- the queue --------------------------------------------------------------------------------------------


def numbers(page: Any) -> list[str]:
    return [row.referral.submission.reference for row in page.context["sheet"].object_list]


def test_the_counts_of_the_queue_are_right(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    mine, theirs, over, _free = a_case(), a_case(), a_case(), a_case()
    services.take(mine.pk, olga, by=ALICE)
    services.take(theirs.pk, peter, by=ALICE)
    services.take(over.pk, peter, by=ALICE)
    Referral.objects.filter(pk=over.pk).update(taken_until=timezone.now() - timedelta(minutes=1))
    services.refuse(a_case().pk, by=ALICE, words="no")
    client = logged_in(olga)
    page = client.get(address("queue"))
    assert {code: count for code, _label, count in page.context["tabs"]} == {
        "all": 4,
        "mine": 1,
        "free": 2,
        "others": 1,
    }
    assert numbers(client.get(address("queue"), {"held": "mine"})) == [mine.submission.reference]
    assert numbers(client.get(address("queue"), {"held": "others"})) == [theirs.submission.reference]
    assert len(numbers(client.get(address("queue"), {"held": "free"}))) == 2
    assert len(numbers(client.get(address("queue"), {"state": "decided"}))) == 1


def test_the_filters_answer_real_questions(olga: User) -> None:
    asked, sent, late, waiting = a_case(), a_case(), a_case(), handed_in().referrals.get()
    services.ask_information(asked.pk, by=ALICE, words="the third page")
    Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    client = logged_in(olga)

    def found(**query: str) -> set[str]:
        return set(numbers(client.get(address("queue"), query)))

    assert found(waits_for="applicant") == {asked.submission.reference}
    assert found(waits_for="portal") == {waiting.submission.reference}
    assert found(waits_for="agency") == {sent.submission.reference, late.submission.reference}
    assert found(late="on") == {late.submission.reference}
    assert found(sender=sent.submission.company.name) == {sent.submission.reference}
    assert found(q=sent.submission.reference.lower().replace("-", " ")) == {sent.submission.reference}
    assert found(q=asked.submission.company.uscc) == {asked.submission.reference}
    assert found(kind="no-such") == {r.submission.reference for r in (asked, sent, late, waiting)}
    assert found(q="nothing at all") == set()


def test_what_needs_attention_comes_first(olga: User) -> None:
    first, second = a_case(), a_case()
    Referral.objects.filter(pk=second.pk).update(due_at=timezone.now() - timedelta(days=1))
    page = logged_in(olga).get(address("queue"))
    assert numbers(page) == [second.submission.reference, first.submission.reference]


def test_who_waits_for_the_applicant_is_not_late(olga: User) -> None:
    case, asked = a_case(), a_case()
    services.ask_information(asked.pk, by=ALICE, words="the third page")
    for row in (case, asked):
        Referral.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=1))
    page = logged_in(olga).get(address("queue"), {"late": "on"})
    assert numbers(page) == [case.submission.reference]


def test_the_queue_costs_as_many_queries_for_thirty_cases_as_for_one(olga: User) -> None:
    client = logged_in(olga)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address("queue")).status_code == 200
        return len(queries)

    a_case()
    cost()
    one = cost()
    for _ in range(29):
        a_case()
    assert cost() == one
    assert one <= 20  # five of them the flags and menu counts of integrity and identity


# --- take and put back ------------------------------------------------------------------------------------


def test_take_and_put_back_in_the_row(olga: User) -> None:
    case, client = a_case(), logged_in(olga)
    back = address("queue") + "?held=free"
    answer = client.post(address("queue_take"), {"one": str(case.pk), "next": back})
    assert answer["Location"] == back
    case.refresh_from_db()
    assert case.taken_by == olga
    assert "1 case put back." in said(
        client.post(address("queue_put_back"), {"one": str(case.pk)}, follow=True)
    )
    case.refresh_from_db()
    assert case.taken_by is None


def test_many_at_once_and_a_lost_one_does_not_stop_the_others(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    cases = [a_case() for _ in range(3)]
    services.take(cases[1].pk, peter, by=ALICE)
    answer = logged_in(olga).post(
        address("queue_take"), {"case": [str(c.pk) for c in cases] + ["rubbish"]}, follow=True
    )
    assert "2 cases taken." in said(answer)
    assert f"{cases[1].submission.reference}: peter has taken this case" in said(answer)
    assert Referral.objects.filter(taken_by=olga).count() == 2


def test_of_two_who_take_the_same_case_one_wins_and_the_other_is_told(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    case = a_case()
    first = logged_in(olga).post(address("case_take", case.pk), follow=True)
    second = logged_in(peter).post(address("case_take", case.pk), follow=True)
    assert "The case is yours." in said(first)
    assert "olga has taken this case; nothing was changed." in said(second)
    case.refresh_from_db()
    assert case.taken_by == olga


# --- reassigning many, and leases that run out ------------------------------------------------------------


def test_a_supervisor_reassigns_many_to_a_colleague_with_a_reason(olga: User, customs: Agency) -> None:
    sue = people.an_official(customs, "supervisor", name="sue")
    stranger = people.an_official(people.an_agency("police"), name="stranger")
    cases, gone = [a_case(), a_case()], a_case()
    services.take(cases[0].pk, people.an_official(customs, name="peter"), by=ALICE)
    services.refuse(gone.pk, by=ALICE, words="no")
    client, chosen = logged_in(sue), {"case": [str(one.pk) for one in (*cases, gone)]}
    page = client.post(address("queue_reassign"), chosen)
    assert page.status_code == 200
    assert not Transition.objects.filter(verb="referral.reassign").exists()
    for wrong in ({"to": stranger.pk, "reason": "x"}, {"to": olga.pk, "reason": " "}):
        assert client.post(address("queue_reassign"), chosen | wrong | {"sure": "yes"}).status_code == 400
    given = chosen | {"to": olga.pk, "reason": "Peter is ill.", "sure": "yes"}
    answer = said(client.post(address("queue_reassign"), given, follow=True))
    assert "2 cases given to olga." in answer
    assert f"{gone.submission.reference}: The case is already “refused”" in answer
    assert set(Referral.objects.filter(taken_by=olga)) == set(cases)
    rows = Transition.objects.filter(verb="referral.reassign")
    assert {row.why for row in rows} == {"Peter is ill."}
    details = [row.detail for row in Entry.objects.filter(action="referral.reassign")]
    assert details == [{"to": str(olga.pk), "why": "Peter is ill."}] * 2


def test_the_queue_says_who_has_a_case_until_when_and_whose_time_ran_out(olga: User, customs: Agency) -> None:
    peter = people.an_official(customs, name="peter")
    held, ending, lost = a_case(), a_case(), a_case()
    for case in (held, ending, lost):
        services.take(case.pk, peter, by=ALICE)
    now = timezone.now()
    Referral.objects.filter(pk=ending.pk).update(taken_until=now + timedelta(minutes=5))
    Referral.objects.filter(pk=lost.pk).update(taken_until=now - timedelta(seconds=1))
    client = logged_in(olga)
    page = client.get(address("queue"))
    rows = {row.referral.pk: row for row in page.context["sheet"].object_list}
    assert [rows[c.pk].holder for c in (held, ending, lost)] == [peter, peter, None]
    assert [rows[c.pk].ends_soon for c in (held, ending, lost)] == [False, True, False]
    assert rows[lost.pk].lost_by == peter
    html = page.content.decode()
    assert "ends soon" in html
    assert "peter had it until" in html
    for case in (held, lost):
        client.post(address("queue_take"), {"one": str(case.pk)})
    held.refresh_from_db()
    lost.refresh_from_db()
    assert (held.taken_by, lost.taken_by) == (peter, olga)


def test_the_holder_keeps_a_case_for_longer(olga: User) -> None:
    case = a_case()
    services.take(case.pk, olga, by=ALICE)
    Referral.objects.filter(pk=case.pk).update(taken_until=timezone.now() + timedelta(minutes=5))
    page = logged_in(olga).post(address("case_prolong", case.pk), follow=True)
    assert "eight more hours" in said(page)
    case.refresh_from_db()
    assert case.taken_until is not None
    assert case.taken_until > timezone.now() + timedelta(hours=7)


def test_the_way_back_never_leaves_the_desk(olga: User) -> None:
    case, client = a_case(), logged_in(olga)
    for target in ("https://evil.example/", "//evil.example/", "/workbench/"):
        answer = client.post(address("queue_take"), {"one": str(case.pk), "next": target})
        assert answer["Location"] == address("queue")
