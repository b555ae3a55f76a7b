"""What went wrong, what it means and what to do; never a stack."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from portal.api.problems import asks_api, plain_problem
from trail.services import request_id

CODES = {400: "bad_request", 403: "permission_denied", 404: "not_found"}


def _page(request: HttpRequest, status: int, title: str, text: str, what_now: str) -> HttpResponse:
    if asks_api(request):
        return plain_problem(status, CODES[status], title, text)
    context = {
        "status": status,
        "title": title,
        "text": text,
        "what_now": what_now,
        "number": request_id.get(),
    }
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(
        request, 400, _("The request could not be read"),
        _("Something in the address or in what was sent is not as it should be. Nothing was changed."),
        _("Go back and try once more."),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: logged in, but without the permission."""
    return _page(
        request, 403, _("You may not open this page"),
        _("You are logged in, but the role you hold in this company does not include it."),
        _("Switch to another company above, or ask your company's administrator for the role."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing, or nothing for this reader; both look the same."""
    return _page(
        request, 404, _("There is nothing at this address"),
        _("The address may be mistyped, or the record may belong to a company you do not act for."),
        _("Check the address, switch company above, or search by number."),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the forgery protection: mostly a form left open too long, or a closed cookie jar."""
    return _page(
        request, 403, _("The form was not accepted"),
        _("It was open for too long, you logged in again in another tab, or your browser keeps no cookies. "
          "Nothing was changed."),
        _("Go back, reload the page and send the form again."),
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """500: plain page that needs neither database nor session."""
    if asks_api(request):
        return plain_problem(500, "broken", _("Something went wrong on our side"))
    context = {"number": request_id.get()}
    return HttpResponse(loader.render_to_string("500.html", context), status=500)
