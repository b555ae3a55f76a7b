"""The buyer's page: who sees what, "this was me", "this was not me", and what customs decides on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from credit.models import Fact
from customs.demo import BUYERS, story_set
from customs.models import Inventory
from identity import gateway, lookups
from identity.models import MisuseReport, UseAnswer, Verification
from submissions import registry
from submissions.models import Notice, Referral
from tests.accounts import factories as people
from tests.customs.factories import World, world

pytestmark = pytest.mark.django_db
P2, P6 = BUYERS["P2"], BUYERS["P6"]


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cache.clear()
    monkeypatch.setattr("submissions.nudge.send", lambda *args, **kwargs: False)
    made = world()
    for code in ("police-local", "police-national"):
        Agency.objects.create(code=code, name_zh=code, name_en=code)
    yield made
    cache.clear()


@pytest.fixture
def o08(here: World) -> Inventory:
    return here.declared("O08")


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def asks(client: Client, name: str, number: str, telephone: str = ""):
    return client.post(reverse("identity_claim"), {"name": name, "number": number, "telephone": telephone})


def police_say(monkeypatch: pytest.MonkeyPatch, verdict: gateway.Reply) -> None:
    monkeypatch.setattr(gateway, "ask", lambda agency, pair: verdict)
    for row in Verification.objects.filter(state="pending"):
        Verification.objects.filter(pk=row.pk).update(due_at=timezone.now())
        lookups.run(row.pk)


def seen(
    monkeypatch: pytest.MonkeyPatch, telephone: str = P6.telephone[-4:], verdict: gateway.Reply = "match"
):
    client = browser()
    asks(client, P6.name, P6.id_number, telephone)
    police_say(monkeypatch, verdict)
    return client, client.get(reverse("identity_uses")).content.decode()


def test_before_the_police_answer_nothing_is_shown(o08: Inventory) -> None:
    client = browser()
    answer = asks(client, P6.name, P6.id_number, P6.telephone[-4:])
    assert answer["Location"] == reverse("identity_uses")
    html = client.get(answer["Location"]).content.decode()
    assert "The police are being asked" in html
    assert o08.ebp_name not in html
    held = str(dict(client.session))
    assert P6.id_number not in held
    assert P6.name not in held


def test_with_the_telephone_of_an_order_the_lists_are_shown_masked(
    o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _client, html = seen(monkeypatch)
    for shown in (o08.ebp_name, "436.00", "1301**********0511", "26,000.00"):
        assert shown in html
    assert P6.id_number not in html
    assert P6.name not in html


def test_p6_is_told_that_o08_was_refused_for_the_limit_and_of_no_other_reason(
    o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, told in (("-621018", True), ("1332", False)):
        Inventory.objects.filter(pk=o08.pk).update(state="returned", return_code=code)
        _client, html = seen(monkeypatch)
        assert ("your yearly limit is exceeded" in html) is told


@pytest.mark.parametrize("telephone", ["", "9999"])
def test_without_it_only_how_many(o08: Inventory, monkeypatch: pytest.MonkeyPatch, telephone: str) -> None:
    _client, html = seen(monkeypatch, telephone)
    assert "1 purchase was declared in your name" in html
    for hidden in (o08.ebp_name, "436.00", "26,000.00", str(o08.pk)):
        assert hidden not in html


def test_a_wrong_name_looks_like_a_person_without_purchases(
    o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _client, wrong = seen(monkeypatch, verdict="mismatch")
    stranger = browser()
    asks(stranger, P2.name, P2.id_number, "0000")
    police_say(monkeypatch, "match")
    empty = stranger.get(reverse("identity_uses")).content.decode()
    said = "No purchase was declared under this name and number."
    assert (said in wrong, said in empty) == (True, True)
    assert o08.ebp_name not in wrong


def test_p6_reports_o08_which_is_marked_and_b_is_told(
    here: World, o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[registry.Happened] = []
    monkeypatch.setitem(registry._hooks, "identity.misuse_reported", [told.append])
    client, _html = seen(monkeypatch)
    answer = client.post(
        reverse("identity_answer"), {"use": str(o08.pk), "answer": "not_mine", "contact": "12000000006"}
    )
    made = MisuseReport.objects.get()
    assert made.reference in answer.content.decode()
    notice = Notice.objects.get(code="identity.reported")
    assert notice.company == here.companies["B"]
    assert made.reference in notice.params["reference"]
    assert [(one.ids, one.submission_ids) for one in told] == [((made.pk,), (o08.message_id,))]
    assert "12000000006" not in str(vars(made))
    progress = browser().get(reverse("identity_report"), {"reference": made.reference}).content.decode()
    assert "being examined" in progress
    assert "吴" not in progress
    assert not Fact.objects.exists()  # a report is no finding
    officer = officials()
    assert made.reference in officer.get(reverse("admin:list", args=[o08.pk])).content.decode()
    case = Referral.objects.get(submission=o08.message_id)
    assert (
        "Identity reported as misused" in officer.get(reverse("admin:case", args=[case.pk])).content.decode()
    )
    marked(here, o08, made.reference)
    page = reverse("admin:misuse_report", args=[made.pk])
    assert "12000000006" in officer.get(page).content.decode()
    officer.post(page, {"verdict": "confirm", "reason": "the telephone is somebody else's"})
    officer.post(page, {"verdict": "reject", "reason": "again"})
    made.refresh_from_db()
    assert (made.state, made.reason) == ("confirmed", "the telephone is somebody else's")
    assert Notice.objects.filter(code="identity.confirmed").count() == 1
    fact = Fact.objects.get()
    assert (fact.type, fact.severity, fact.company) == ("misuse-confirmed", "minor", here.companies["B"])


def marked(here: World, one: Inventory, reference: str) -> None:
    """Declarant and e-commerce firm see the mark; the payment firm sees the list without it."""
    for key, sees in (("G", True), ("B", True), ("C", False)):
        reader = browser()
        user = people.a_member(here.companies[key])
        reader.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        table = reader.get(reverse("customs_lists")).content.decode()
        page = reader.get(reverse("inventory", args=[one.pk])).content.decode()
        assert ("Identity reported as misused" in table, reference in page) == (sees, sees), key


def officials(agency: str = "customs") -> Client:
    client = browser()
    user = people.an_official(people.an_agency(agency), "officer")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_no_decision_without_a_reason_and_none_by_another_agency(
    o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _html = seen(monkeypatch)
    client.post(reverse("identity_answer"), {"use": str(o08.pk), "answer": "not_mine"})
    page = reverse("admin:misuse_report", args=[MisuseReport.objects.get().pk])
    officials().post(page, {"verdict": "confirm", "reason": ""})
    assert officials("market").post(page, {"verdict": "confirm", "reason": "x"}).status_code == 404
    assert MisuseReport.objects.get().state == "open"


def test_this_was_me_and_a_second_thought(o08: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _html = seen(monkeypatch)
    url, given = reverse("identity_answer"), {"use": str(o08.pk), "answer": "mine"}
    client.post(url, given)
    client.post(url, given)
    assert UseAnswer.objects.get().answer == "mine"
    client.post(url, given | {"answer": "not_mine"})
    client.post(url, given | {"answer": "not_mine"})
    client.post(url, given)
    assert UseAnswer.objects.get().answer == "not_mine"
    assert MisuseReport.objects.count() == 1


def test_who_knows_only_the_number_of_lists_can_report_them_all(
    o08: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _html = seen(monkeypatch, "")
    client.post(reverse("identity_answer"), {"answer": "mine", "use": str(o08.pk)})
    assert UseAnswer.objects.get().answer == "not_mine"


def test_another_persons_list_is_not_answered_for(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.declared("O08")
    here.load_all(story_set("O02"))
    other = Inventory.objects.get(order_no__contains="O02")
    client, html = seen(monkeypatch)
    client.post(reverse("identity_answer"), {"use": str(other.pk), "answer": "not_mine"})
    assert str(other.pk) not in html
    assert not UseAnswer.objects.exists()


def test_guessing_ends_soon_and_a_fault_of_form_asks_nobody(here: World) -> None:
    client = browser()
    statuses = [asks(client, P6.name, P6.id_number, f"{n:04d}").status_code for n in range(12)]
    assert statuses == [302] * 10 + [429] * 2
    assert asks(client, P2.name, "120199198511020372").status_code == 200
    assert Verification.objects.count() == 1


def test_leaving_forgets_who_asked(o08: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _html = seen(monkeypatch)
    client.post(reverse("identity_leave"))
    assert client.get(reverse("identity_uses")).status_code == 302
