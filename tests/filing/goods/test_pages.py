"""Pages and REST: the same story through the door."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from accounts.permissions import Scope
from filing.goods.demo import export_rows, story_workbook
from filing.models import GoodsFiling
from tests.accounts import factories as people
from tests.filing.goods.makers import filed, load_codes

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
LINES = "application/x-ndjson"


@pytest.fixture(autouse=True)
def _codes() -> None:
    load_codes()
    cache.clear()


@pytest.fixture
def firm() -> Company:
    return people.a_company()


def of(company: Company, role: str = "declaring_user") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.a_member(company, role), backend=LOGIN)
    return client


def machine(owner: object, *scopes: str) -> Client:
    client_id, secret = people.a_client(owner, *scopes)  # type: ignore[arg-type]
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    value = Client().post(reverse("idp:oidc:token"), given).json()["access_token"]
    return Client(headers={"authorization": f"Bearer {value}", "accept-language": "en"})


def upload(client: Client, data: bytes, name: str = "goods.xlsx") -> str:
    answer = client.post(reverse("goods_upload"), {"document": SimpleUploadedFile(name, data)}, follow=True)
    return answer.content.decode()


def test_upload_tells_every_wrong_cell(firm: Company) -> None:
    html = upload(of(firm), story_workbook())
    for word in ("57 rows accepted", "3 rows to be mended", "F13", "D27", "A42", "commented.xlsx"):
        assert word in html
    html = upload(of(firm), story_workbook(mended=True))
    assert "3 rows accepted" in html
    assert "57 unchanged" in html
    assert "Nothing new" in upload(of(firm), story_workbook(mended=True))


def test_a_hostile_file_gets_no_number(firm: Company) -> None:
    html = upload(of(firm), b"PK\x03\x04 nothing")
    assert "This file was not taken" in html


def test_my_goods_are_searched_exported_and_have_a_history(firm: Company) -> None:
    filed(firm, story_workbook())
    client = of(firm, "viewer")
    html = client.get(reverse("goods"), {"q": "EX10", "hs": "8541"}).content.decode()
    assert "8541430000" in html
    assert "8712003000" not in html
    assert client.get(reverse("goods_export_csv"), {"mode": "9810"}).content.count(b"\n") == 58
    one = GoodsFiling.objects.get(item_no="EX10")
    assert "Version 1" in client.get(reverse("goods_item", args=[one.pk])).content.decode()
    assert client.get(reverse("goods_upload")).status_code == 403


def test_one_good_in_a_form(firm: Company) -> None:
    client, told = of(firm), export_rows()[0]
    wrong = client.post(reverse("goods_new"), told | {"unit": "18", "origin": ""})
    assert "This field is required" in wrong.content.decode()
    assert wrong.status_code == 422
    assert "018" in wrong.content.decode()
    assert "Every row is in order" in client.post(reverse("goods_new"), told, follow=True).content.decode()
    one = GoodsFiling.objects.get(company=firm)
    again = client.get(reverse("goods_new"), {"good": str(one.pk)}).content.decode()
    assert told["hs10"] in again


def test_rest_files_reads_and_repeats(firm: Company) -> None:
    client = machine(firm, Scope.GOODS_WRITE, Scope.FILINGS_READ)
    body = "\n".join(
        json.dumps(row) for row in [*export_rows(), export_rows()[0] | {"item_no": "", "unit": "18"}]
    )
    key = {"Idempotency-Key": "goods-1"}
    answer = client.post(reverse("api-goods"), body, content_type=LINES, headers=key)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["filed"], told["faulty"], told["state"]) == (10, 1, "partly_accepted")
    assert {(one["line"], one["field"]) for one in told["problems"]} == {(11, "item_no"), (11, "unit")}
    again = client.post(reverse("api-goods"), body, content_type=LINES, headers=key)
    assert again.json() == told
    found = client.get(reverse("api-goods"), {"text": "EX10", "limit": "5"}).json()
    assert [one["hs10"] for one in found["results"]] == ["8541430000"]
    assert client.post(reverse("api-goods"), "[1]", content_type=LINES).status_code == 422


def test_offices_that_compare_goods_read_them_and_others_do_not(firm: Company) -> None:
    filed(firm, story_workbook())
    for code, seen in (("customs", 57), ("police", 0)):
        answer = machine(people.an_agency(code), Scope.FILINGS_READ).get(
            reverse("api-goods"), {"limit": "500"}
        )
        assert len(answer.json()["results"]) == seen
    stranger = machine(people.a_company(), Scope.FILINGS_READ)
    assert stranger.get(reverse("api-goods")).json()["results"] == []
    assert of(people.a_company()).get(reverse("goods_export_csv")).content.count(b"\n") == 1


def test_the_official_looks_goods_up(firm: Company) -> None:
    filed(firm, story_workbook())
    officer = Client(headers={"accept-language": "en"})
    officer.force_login(people.an_official(people.an_agency("customs")), backend=LOGIN)
    html = officer.get("/admin/goods/", {"company": firm.uscc, "q": "EX10"}).content.decode()
    assert "8541430000" in html
