"""Pages for what went wrong: useful, without a stack, with the number of the request."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as real

pytestmark = pytest.mark.django_db
SECRET = "a detail nobody outside may see"


def broken(request):
    raise RuntimeError(SECRET)


def suspicious(request):
    raise SuspiciousOperation(SECRET)


urlpatterns = [*real, path("broken/", broken), path("suspicious/", suspicious)]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@pytest.fixture
def visitor() -> Client:
    return Client(
        raise_request_exception=False, headers={"Accept-Language": "en", "X-Request-Id": "number-42"}
    )


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/broken/", HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
        ("/suspicious/", HTTPStatus.BAD_REQUEST, "The request could not be read"),
        ("/nothing-here/", HTTPStatus.NOT_FOUND, "There is nothing at this address"),
    ],
)
def test_the_page_says_what_to_do_and_nothing_of_the_inside(visitor, address, status, says) -> None:
    answer = visitor.get(address)
    html = answer.content.decode()
    assert answer.status_code == status
    assert says in html
    assert "number-42" in html
    assert SECRET not in html
    assert "Traceback" not in html


def test_without_the_permission_the_page_names_the_way_out(log_in) -> None:
    answer = log_in("G", "viewer").get("/customs/upload/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "ask your company&#x27;s administrator" in answer.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_why() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    answer = client.post("/switch-company/", {"company": "1"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "The form was not accepted" in answer.content.decode()


@pytest.mark.parametrize("address", ["/submissions/a%00b/", "/submissions/a%00b/acknowledgement.pdf"])
def test_an_address_with_a_nul_is_no_address(log_in, address) -> None:
    assert log_in("G").get(address).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("address", ["/", "/progress/", "/api/v1/submissions", "/api/v1/inventories"])
def test_what_was_made_for_one_reader_is_kept_nowhere(log_in, address) -> None:
    answer = log_in("G").get(address)
    assert answer.status_code == HTTPStatus.OK
    assert "no-store" in answer.headers["Cache-Control"]
