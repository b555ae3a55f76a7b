"""B2B declarations over REST, with real tokens."""

from __future__ import annotations

from typing import Any

from customs.models import B2BDeclaration
from submissions.models import Submission
from tests.accounts import factories as people
from tests.api.conftest import _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.customs.b2b.factories import Firms, bicycles, direct, raw

LITTLE = [{"item_no": "EX03", "quantity": "1", "unit_price": "260"}]
URL = "/api/v1/b2b-declarations"


def send(client: Any, form: dict[str, Any], **more: Any) -> Any:
    return client.post(URL, {"form": form, **more}, content_type="application/json")


def test_declared_by_mandate_found_and_read_with_its_reasons(here: Firms) -> None:
    broker = erp_of(here.declarant)
    made = send(broker, raw(), applicant=here.exporter.uscc)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["cny"], told["verdict"], told["fitting_mode"]) == ("219960.00", "cbec_b2b", "9810")
    assert {one["standing"] for one in told["reasons"]} == {"firm", "contested"}
    page = broker.get(URL, {"mode": "9810", "number": "WH-2026-0007"}).json()
    assert ([one["reference"] for one in page["results"]], page["next"]) == ([told["reference"]], None)
    assert broker.get(f"{URL}/{told['reference']}").json()["lines"][0]["hs"] == "8712003000"
    stranger = erp_of(people.a_company("陌生示例"))
    assert stranger.get(URL).json()["results"] == []
    problem_of(stranger.get(f"{URL}/{told['reference']}"), 404, "not_found")


def test_everything_wrong_is_told_and_nothing_is_kept(here: Firms) -> None:
    goods = [{"item_no": "EX99", "quantity": "1", "unit_price": "1"}]
    answer = send(erp_of(here.exporter), raw(goods=goods, booking_no=None, terms="XXX"))
    told = problem_of(answer, 422, "refused")
    assert {one["path"] for one in told["problems"]} >= {"/goods/1/item_no", "/booking_no", "/terms"}
    assert not B2BDeclaration.objects.exists()


def test_another_company_cannot_declare_for_it(here: Firms) -> None:
    other = people.a_company("陌生示例")
    bicycles(other)
    problem_of(send(erp_of(other), raw(), applicant=here.exporter.uscc), 404, "not_found")


def test_pages_and_questions_that_cannot_be_read(here: Firms) -> None:
    own = erp_of(here.exporter)
    for booking in ("WH-1", "WH-2", "WH-3"):
        made = send(own, raw(booking_no=booking, logistics_refers=booking, declarant=here.exporter.uscc))
        assert made.status_code == 201, made.content
    send(own, direct(declarant=here.exporter.uscc))
    first = own.get(URL, {"limit": 3}).json()
    rest = own.get(URL, {"limit": 3, "after": first["next"]}).json()
    assert [one["booking_no"] for one in first["results"] + rest["results"]] == ["", "WH-3", "WH-2", "WH-1"]
    problem_of(own.get(URL, {"mode": "1210", "since": "x"}), 400, "input")


def test_a_trial_tells_everything_and_keeps_nothing(here: Firms) -> None:
    own, submissions = erp_of(here.exporter), Submission.objects.count()
    form = direct(buyer="person", terms="XXX", declarant=here.exporter.uscc, goods=LITTLE, refund=False)
    answer = own.post("/api/v1/b2b-declaration-checks", {"form": form}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["verdict"], told["fitting_mode"], told["cny"]) == ("general_trade", "9610", "1833.00")
    assert told["ways"] == ["h2018", "list"]
    assert [(one["path"], one["level"]) for one in told["problems"]] == [
        ("/terms", "error"), ("/trade_mode", "warning"), ("/buyer", "warning"),
    ]  # fmt: skip
    assert any(not one["met"] for one in told["reasons"])
    assert Submission.objects.count() == submissions
    other = {"form": form, "applicant": here.declarant.uscc}
    problem_of(
        own.post("/api/v1/b2b-declaration-checks", other, content_type="application/json"), 404, "not_found"
    )
    empty = own.post("/api/v1/b2b-declaration-checks", {"form": {}}, content_type="application/json").json()
    assert (empty["verdict"], empty["amount"], empty["ways"]) == ("general_trade", "0.00", ["h2018"])
