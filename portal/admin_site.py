"""The officials' desk: Django's own admin in the portal's frame, entered by the portal's own login.

Who sees what is said in `accounts.permissions`; Django's permission strings are answered from there too
(`accounts.backends`). Pages of the rooms are registered with `submissions.admin_registry`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from portal.context import Item
from submissions import admin_registry
from submissions.admin_board import home_of
from submissions.registry import Text

P = Permission
# Any of these opens the desk; what is on it then is each page's own matter.
OPENS: frozenset[Permission] = frozenset(
    {
        P.QUEUE_READ,
        P.DISPATCH_SEND_AGAIN,
        P.AGENCY_SWITCH,
        P.REFERENCE_MANAGE,
        P.USER_MANAGE,
        P.TRAIL_READ,
    }
)

# The agency's page has the switch, the line and the queue in one place.
HAVE_PAGES = frozenset({"accounts.Agency"})


class DeskSite(admin.AdminSite):
    """Queue, cases, dispatches, agencies, and the tables one may look up."""

    site_header = _("Officials' desk")
    site_title = _("Officials' desk")
    index_title = _("Officials' desk")
    index_template = "admin/index.html"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether anything here is this person's business, or they are an installation's first."""
        principal = principal_of(request)
        if principal is None or not isinstance(request.user, User) or not request.user.is_active:
            return False
        return request.user.is_superuser or bool(principal.permissions & OPENS)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers go to the portal's login, people without business here get 403."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                return self._refuse(request)
            return inner(request, *args, **kwargs)

        guarded.desk_permissions = OPENS  # type: ignore[attr-defined]
        return guarded

    def _refuse(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one login; this address only leads to it."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """There is one way out, too."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Passwords are changed in one place."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        """The rooms' pages first, then Django's; "view on site" leads nowhere here and fails at any other key."""
        desk = [
            path(page.route, admin_registry.door(page), name=page.name) for page in admin_registry.pages()
        ]
        return [*desk, *(one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site")]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, with the menu of the desk in place of the portal's.

        Its list of tables is left out: there is no side bar, and asking for it costs every page three queries.
        The first page and those of the tables ask for it themselves.
        """
        principal = principal_of(request)
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "log_entries": self.get_log_entries(request),
            "NAVIGATION": menu(request, principal) if principal else [],
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:  # type: ignore[override]
        """Without the tables that have a page of their own on the desk."""
        listed = super().get_app_list(request, app_label)
        for app in listed:
            app["models"] = [one for one in app["models"] if one["model"]._meta.label not in HAVE_PAGES]
        return [app for app in listed if app["models"]]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """What waits, and what can be looked up."""
        principal = principal_of(request)
        context: dict[str, Any] = {"desk_cards": cards_of(principal) if principal else []}
        if principal is not None and principal.may(P.QUEUE_READ):
            context["home"] = home_of(principal)
        return super().index(request, context | (extra_context or {}))  # type: ignore[return-value]


def visible(principal: Principal) -> list[admin_registry.DeskPage]:
    """The pages of the menu this person may open."""
    return [page for page in admin_registry.pages() if page.is_for(principal)]


def cards_of(principal: Principal) -> list[tuple[admin_registry.DeskPage, str, int | None]]:
    """What the first page shows: page, address, and what waits there where something can."""
    return [
        (page, reverse(f"admin:{page.name}"), page.count(principal) if page.count else None)
        for page in visible(principal)
    ]


def menu(request: HttpRequest, principal: Principal) -> list[Item]:
    """The desk's menu with what waits on each page, folded by the words of the pages."""
    index = reverse("admin:index")
    groups: dict[Text, list[Item]] = {}
    for page in visible(principal):
        groups.setdefault(page.group, []).append(_entry(request, principal, page))
    desk = Item(label=_("Desk"), url=index, is_current=request.path == index)
    return [desk, *groups.pop("", []), *(folded(label, entries) for label, entries in groups.items())]


def _entry(request: HttpRequest, principal: Principal, page: admin_registry.DeskPage) -> Item:
    url = reverse(f"admin:{page.name}")
    return Item(page.label, url, request.path.startswith(url), page.count(principal) if page.count else 0)


def folded(label: Text, entries: list[Item]) -> Item:
    """Entries under one word; a single one needs none."""
    if len(entries) == 1:
        return entries[0]
    is_current = any(one.is_current for one in entries)
    return Item(label, "", is_current, sum(one.count for one in entries), tuple(entries))
