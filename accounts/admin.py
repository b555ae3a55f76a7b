"""People, companies and agencies for administrators: pared back, every write through a service.

allauth's own tables (addresses, factors, sessions, clients, tokens) are not shown raw: what may be done about
them is a verb here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import services
from accounts.forms import ClientForm, CompanyForm, MembershipForm
from accounts.models import Agency, ClientPrincipal, Company, Mandate, Membership, User
from accounts.permissions import Permission
from accounts.principals import principal_of
from reference.problems import Refused
from trail.actors import Actor

# Their admin modules register what is taken back below; imported first, they cannot do it after us.
for app in ("account", "mfa", "usersessions", "idp.oidc"):
    import_module(f"allauth.{app}.admin")
import_module("django.contrib.auth.admin")
for raw in (EmailAddress, EmailConfirmation, Client, Token, Authenticator, UserSession, Group):
    if admin.site.is_registered(raw):
        admin.site.unregister(raw)


def actor_of(request: HttpRequest) -> Actor:
    """Who writes; only reached by people who are logged in."""
    principal = principal_of(request)
    assert principal is not None  # noqa: S101 - the admin lets nobody else in
    return principal.actor


def may(request: HttpRequest, permission: Permission) -> bool:
    """Whether the person holds the permission."""
    principal = principal_of(request)
    return principal is not None and principal.may(permission)


class ServiceAdmin(admin.ModelAdmin):
    """Rows are looked at and verbs done to them; nothing is edited or deleted unless a class says so."""

    form: type[ModelForm]
    actions_on_top = True
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People. They register themselves; roles are memberships."""

    list_display = ("email", "full_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "full_name")
    fields = ("email", "full_name", "is_active", "is_staff", "is_superuser", "date_joined", "last_login")
    ordering = ("email",)
    actions = ("deactivate", "activate", "reset_second_factor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody is given a password by somebody else."""
        return False

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return may(request, Permission.USER_MANAGE)

    @admin.action(description=gettext_lazy("Lock out and end all sessions"), permissions=["manage"])
    def deactivate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Lock people out."""
        for user in chosen.exclude(pk=request.user.pk or 0):
            services.set_active(user, False, by=actor_of(request))

    @admin.action(description=gettext_lazy("Let in again"), permissions=["manage"])
    def activate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Let people in again."""
        for user in chosen:
            services.set_active(user, True, by=actor_of(request))

    @admin.action(description=gettext_lazy("Forget a lost authenticator"), permissions=["manage"])
    def reset_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """For a lost telephone."""
        for user in chosen.exclude(pk=request.user.pk or 0):
            services.reset_second_factor(user, by=actor_of(request))


@admin.register(Company)
class CompanyAdmin(ServiceAdmin):
    """The one company record."""

    form = CompanyForm
    list_display = ("name", "uscc", "customs_code", "in_pilot_zone")
    list_filter = ("in_pilot_zone",)
    search_fields = ("name", "name_en", "=uscc", "=customs_code")
    ordering = ("name",)

    def save_model(self, request: HttpRequest, obj: Company, form: CompanyForm, change: bool) -> None:  # type: ignore[override]
        """Through the service."""
        obj.pk = form.perform(by=actor_of(request)).pk


@admin.register(Agency)
class AgencyAdmin(ServiceAdmin):
    """Agencies to look at; the desk's own page switches them."""

    list_display = ("code", "name_zh", "name_en", "is_open", "stopped_because", "promised_days")
    ordering = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new agency needs a gateway first: it comes with the code."""
        return False


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    """Who holds which role where; a role is given or taken away, never edited."""

    form = MembershipForm
    list_display = ("user", "role", "company", "agency", "created_at")
    list_filter = ("role", "agency")
    list_select_related = ("user", "company", "agency")
    search_fields = ("user__email", "user__full_name", "company__name", "=company__uscc")
    autocomplete_fields = ("user", "company")
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Taking a role away."""
        return may(request, Permission.USER_MANAGE)

    def save_model(self, request: HttpRequest, obj: Membership, form: MembershipForm, change: bool) -> None:  # type: ignore[override]
        """Through the service."""
        obj.pk = form.perform(by=actor_of(request)).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Through the service."""
        services.remove_member(obj, by=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Through the service, one by one: each has its own trail row."""
        for membership in queryset:
            services.remove_member(membership, by=actor_of(request))


@admin.register(Mandate)
class MandateAdmin(ServiceAdmin):
    """Mandates are given and revoked by companies; here they are looked at."""

    list_display = ("principal", "agent", "service", "valid_from", "valid_to", "revoked_at")
    list_filter = ("service",)
    list_select_related = ("principal", "agent")
    search_fields = ("principal__name", "agent__name", "=principal__uscc", "=agent__uscc")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the principal gives one."""
        return False


@admin.register(ClientPrincipal)
class ClientPrincipalAdmin(ServiceAdmin):
    """Machine clients."""

    form = ClientForm
    list_display = ("client_name", "client_id", "company", "agency", "scopes", "disabled_at")
    list_filter = ("agency",)
    list_select_related = ("client", "company", "agency")
    search_fields = ("=client__id", "client__name", "company__name")
    autocomplete_fields = ("company",)
    ordering = ("-pk",)
    actions = ("revoke", "renew_secret")

    @admin.display(description=gettext_lazy("name"))
    def client_name(self, row: ClientPrincipal) -> str:
        """Its name."""
        return str(row.client.name)

    @admin.display(description=gettext_lazy("scopes"))
    def scopes(self, row: ClientPrincipal) -> str:
        """What it may do."""
        return ", ".join(row.client.get_scopes())

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new one is described; one that is there is shown."""
        if obj is None:
            return ("name", "company", "agency", "chosen_scopes")
        return ("client_name", "client_id", "company", "agency", "scopes", "disabled_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """What is shown of one that is there."""
        return () if obj is None else self.get_fields(request, obj)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return may(request, Permission.CLIENT_MANAGE)

    def save_model(self, request: HttpRequest, obj: ClientPrincipal, form: ClientForm, change: bool) -> None:  # type: ignore[override]
        """Through the service; the secret is shown this once."""
        made, secret = form.perform(by=actor_of(request))
        obj.pk, obj.client = made.pk, made.client
        _show_secret(request, made.client_id, secret)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["manage"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ClientPrincipal]) -> None:
        """Bites at the next request."""
        for link in chosen:
            services.revoke_client(link.client_id, by=actor_of(request))
        text = ngettext("%(count)d client revoked.", "%(count)d clients revoked.", len(chosen))
        messages.success(request, text % {"count": len(chosen)})

    @admin.action(description=gettext_lazy("Issue a new secret"), permissions=["manage"])
    def renew_secret(self, request: HttpRequest, chosen: QuerySet[ClientPrincipal]) -> None:
        """The old one stops working now."""
        for link in chosen:
            try:
                _show_secret(
                    request, link.client_id, services.renew_secret(link.client_id, by=actor_of(request))
                )
            except Refused as refused:
                messages.error(request, " ".join(problem.text for problem in refused.problems))


def _show_secret(request: HttpRequest, client_id: str, secret: str) -> None:
    text = _("Client %(id)s, secret %(secret)s: note it now, it is not shown again.")
    messages.warning(request, text % {"id": client_id, "secret": secret})
