"""Officials: the section of the case, an override by two people, the entry of returns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, User
from accounts.principals import principal_of_user
from customs.b2b.overrides import approve, propose, send_back
from customs.b2b.returns import Told, enter_return
from customs.b2b.selectors import Asked, narrowed
from customs.models import B2BDeclaration, B2BOverride, B2BReturn
from reference.problems import Refused
from submissions.lifecycle import WrongState
from submissions.models import Notice, Referral
from tests.accounts import factories as people
from tests.customs.b2b.factories import Firms, declared, direct, exported, raw
from tests.submissions.desk import logged_in
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(here: Firms) -> User:
    return people.an_official(Agency.objects.get(code="customs"))


@pytest.fixture
def boris(here: Firms) -> User:
    return people.an_official(Agency.objects.get(code="customs"), name="boris")


def codes(refused: Any) -> set[str]:
    return {one.code for one in refused.value.problems}


# --- overrides --------------------------------------------------------------------------------------------


def test_an_override_needs_a_reason_and_a_second_person(here: Firms, olga: User, boris: User) -> None:
    row, first, second = declared(here), principal_of_user(olga), principal_of_user(boris)
    with pytest.raises(Refused) as refused:
        propose(row, verdict="cbec_b2b", reason=" ", by=first)
    assert codes(refused) == {"approval.reason", "b2b_override.same"}
    proposed = propose(row, verdict="general_trade", reason="订仓单为虚构", by=first)
    row.refresh_from_db()
    assert row.decided_verdict == "cbec_b2b", "nothing counts before the second approval"
    with pytest.raises(Refused) as refused:
        approve(proposed, by=first)
    assert codes(refused) == {"b2boverride.same_person"}
    with pytest.raises(Refused) as refused:
        propose(row, verdict="general_trade", reason="x", by=second)
    assert codes(refused) == {"b2b_override.open"}
    approve(proposed, by=second)
    row.refresh_from_db()
    assert (row.verdict, row.overridden_as, row.decided_verdict) == ("cbec_b2b", *["general_trade"] * 2)
    told = Notice.objects.get(company=here.exporter, code="b2b.decided_general_trade")
    assert told.params["reason"] == "订仓单为虚构"
    assert Entry.objects.filter(action="b2b_override.prepare").exists()
    assert Entry.objects.filter(action="b2b_override.approve").exists()
    with pytest.raises(WrongState):
        approve(proposed, by=second)


def test_an_override_back_to_the_rules_ends_it(here: Firms, olga: User, boris: User) -> None:
    row, first, second = declared(here), principal_of_user(olga), principal_of_user(boris)
    approve(propose(row, verdict="general_trade", reason="x", by=first), by=second)
    row.refresh_from_db()
    approve(propose(row, verdict="cbec_b2b", reason="y", by=second), by=first)
    row.refresh_from_db()
    assert row.overridden_as == ""


def test_a_proposal_can_be_sent_back_with_a_reason(here: Firms, olga: User, boris: User) -> None:
    row, first, second = declared(here), principal_of_user(olga), principal_of_user(boris)
    proposed = propose(row, verdict="general_trade", reason="x", by=first)
    with pytest.raises(Refused):
        send_back(proposed, by=second, why=" ")
    send_back(proposed, by=second, why="单证齐全")
    row.refresh_from_db()
    assert row.decided_verdict == "cbec_b2b"
    assert propose(row, verdict="general_trade", reason="again", by=first).state == "prepared"


def test_the_database_holds_that_they_are_two(here: Firms, olga: User) -> None:
    row = declared(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        B2BOverride.objects.create(
            declaration=row,
            verdict="general_trade",
            reason="x",
            prepared_by=olga,
            decided_by=olga,
            state="approved",
        )


def test_only_officials_of_customs_may(here: Firms) -> None:
    row = declared(here)
    others = [people.an_official(people.an_agency("tax"), name="tanja"), people.a_member(here.exporter)]
    for user in others:
        with pytest.raises(PermissionDenied):
            propose(row, verdict="general_trade", reason="x", by=principal_of_user(user))
    exported(row)
    told = Told(row.lines.get().pk, date(2026, 9, 20), Decimal(1), "x")
    for user in others:
        with pytest.raises(PermissionDenied):
            enter_return(told, by=principal_of_user(user))


# --- returns ----------------------------------------------------------------------------------------------


@pytest.fixture
def gone(here: Firms) -> B2BDeclaration:
    return exported(declared(here))


def back(row: B2BDeclaration, day: str, pieces: str = "1", **changed: Any) -> Told:
    values: dict[str, Any] = {
        "line_id": row.lines.get().pk, "returned_on": date.fromisoformat(day), "quantity": Decimal(pieces),
        "reason": "滞销",
    } | changed  # fmt: skip
    return Told(**values)


def test_three_bicycles_in_february_and_one_in_may(gone: B2BDeclaration, olga: User) -> None:
    by, later = principal_of_user(olga), date(2027, 6, 1)
    three = enter_return(back(gone, "2027-02-10", "3"), by=by, today=later)
    one = enter_return(back(gone, "2027-05-02"), by=by, today=later)
    assert (three.relieved, three.unrelieved) == (True, [])
    assert (one.relieved, one.unrelieved) == (False, ["relief.late"])
    notices = Notice.objects.filter(code__startswith="b2b.returned").order_by("pk")
    assert [notice.code for notice in notices] == ["b2b.returned_relieved", "b2b.returned_taxed"]
    with pytest.raises(Refused) as refused:
        enter_return(back(gone, "2027-06-01", "117"), by=by, today=later)
    assert codes(refused) == {"return.quantity"}
    enter_return(back(gone, "2027-06-01", "116"), by=by, today=later)
    assert sum(row.quantity for row in B2BReturn.objects.all()) == Decimal(120)


def test_everything_wrong_with_a_return_is_told(here: Firms, gone: B2BDeclaration, olga: User) -> None:
    by = principal_of_user(olga)
    with pytest.raises(Refused) as refused:
        enter_return(back(gone, "2027-10-01", "0", reason=""), by=by, today=date(2027, 9, 30))
    assert codes(refused) == {"return.late", "return.future", "return.quantity", "return.reason"}
    sold = exported(declared(here, direct()))
    with pytest.raises(Refused) as refused:
        enter_return(back(sold, "2026-09-20"), by=by)
    assert codes(refused) == {"return.mode"}
    with pytest.raises(Refused) as refused:
        enter_return(back(declared(here), "2026-09-20"), by=by)
    assert codes(refused) == {"return.state"}


# --- pages ------------------------------------------------------------------------------------------------


def case_url(row: B2BDeclaration) -> str:
    return reverse("admin:case", args=[Referral.objects.get(submission=row.submission).pk])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_case_shows_reasons_and_a_colleague_decides(here: Firms, olga: User, boris: User) -> None:
    row = declared(here, direct(platform=None))
    first, second = logged_in(olga), logged_in(boris)
    page = text(first.get(case_url(row)))
    assert "No platform is named on which the order was made." in page
    assert "Claimed is 9710; what is handed in fits 0110." in page
    form = reverse("admin:b2b_override", args=[row.pk])
    wrong = first.post(form, {"verdict": "cbec_b2b", "reason": ""})
    assert (wrong.status_code, "Give the reason of the decision." in text(wrong)) == (400, True)
    first.post(form, {"verdict": "cbec_b2b", "reason": "平台名称漏填"})
    assert "a colleague does" in text(first.get(case_url(row)))
    assert text(second.get(reverse("admin:b2b_approvals"))).count("平台名称漏填") == 1
    assert "Nothing waits" in text(first.get(reverse("admin:b2b_approvals")))
    proposed = B2BOverride.objects.get()
    decide = reverse("admin:b2b_decide", args=[proposed.pk])
    assert "Say why it is sent back." in text(second.post(decide, {"verb": "send_back"}, follow=True))
    assert "it counts from now on" in text(second.post(decide, {"verb": "approve"}, follow=True))
    assert "Two officials decided: cross-border B2B." in text(first.get(case_url(row)))
    assert "decided already" in text(second.post(decide, {"verb": "approve"}, follow=True))


def test_a_return_is_entered_on_its_page(here: Firms, olga: User) -> None:
    gone = exported(declared(here), "2026-03-01")
    client, form = logged_in(olga), reverse("admin:b2b_return", args=[gone.pk])
    given = {
        "line": str(gone.lines.get().pk), "returned_on": "2026-05-02", "quantity": "3", "reason": "滞销",
        "as_is": "on", "repaid": "on",
    }  # fmt: skip
    told = text(client.post(form, given | {"quantity": "500", "reason": ""}))
    assert "500 is not between nothing and the 120" in told
    assert "Say why the goods came back." in told
    assert "free of import taxes" in text(client.post(form, given, follow=True))
    page = text(client.get(case_url(gone)))
    assert "2026-09-01" in page
    assert "2027-03-01" in page


def test_the_queue_finds_and_marks_them(here: Firms, olga: User) -> None:
    wrong, right = declared(here, direct(buyer="person")), declared(here)
    client, queue = logged_in(olga), reverse("admin:queue")
    page = text(client.get(queue, {"flags": "b2b_mode", "state": "all"}))
    assert wrong.submission.reference in page
    assert right.submission.reference not in page
    assert right.submission.reference in text(client.get(queue, {"q": "WH-2026-0007", "state": "all"}))
    rows = B2BDeclaration.objects.all()
    assert list(narrowed(rows, Asked(wrong=True))) == [wrong]


def test_the_case_page_takes_a_fixed_number_of_queries(
    here: Firms, olga: User, django_assert_max_num_queries: Any
) -> None:
    goods = [{"item_no": "EX03", "quantity": "1", "unit_price": "2"}] * 20
    row, client = declared(here, raw(goods=goods)), logged_in(olga)
    client.get(case_url(row))
    with django_assert_max_num_queries(40):
        assert isinstance(client, Client)
        client.get(case_url(row))
