"""Who acts in a request, for whom, and what they may do: one shape for people and machines.

Read from the database at every request, so that a revoked role, client, scope or mandate bites at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import Agency, ClientPrincipal, Company, Mandate, Membership, User
from accounts.permissions import ROLES, SCOPE_PERMISSIONS, Permission, Scope
from trail.actors import Actor

SESSION_COMPANY = "company_id"
_CACHE = "_principal"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person in a company or agency, or a machine client of one.

    `companies`: those it belongs to; `company`: the one it acts as now. A machine client has exactly one
    company or one agency. `permissions` are those held *as* `company`/`agency`, not elsewhere.
    `second_factor`: one of the person's roles, anywhere, demands it. `kept`: where a page keeps the mandates it has
    asked for, so that its parts share one question; None asks anew each time.
    """

    actor: Actor
    permissions: frozenset[Permission]
    companies: tuple[Company, ...] = ()
    company: Company | None = None
    agency: Agency | None = None
    client_id: str = ""
    scopes: frozenset[str] = frozenset()
    user: User | None = None
    second_factor: bool = False
    kept: list[Mapping[str, Set[int]]] | None = field(default=None, repr=False, compare=False)

    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> str:
        """Stable key of whoever acts; DRF and logs ask for it."""
        return self.throttle_id

    @property
    def throttle_id(self) -> str:
        """Bucket of rate limits: the client, else the person."""
        return f"{self.actor.kind}:{self.actor.id}"

    def may(self, permission: Permission) -> bool:
        """Whether it holds that permission as the company or agency it acts as now."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """PermissionDenied (403) without the permission."""
        if not self.may(permission):
            raise PermissionDenied

    def acting_for(self, service: str) -> frozenset[int]:
        """Ids of the companies it may act for in that service: its own, and mandates in force today."""
        if self.company is None:
            return frozenset()
        if self.kept is None:
            return self._acting_now(service)
        return frozenset({self.company.pk, *self.mandates().get(service, ())})

    def mandates(self) -> Mapping[str, Set[int]]:
        """By service, ids of the companies whose mandates its company holds today."""
        if self.company is None:
            return {}
        if self.kept:
            return self.kept[0]
        found: defaultdict[str, set[int]] = defaultdict(set)
        rows = Mandate.objects.in_force().filter(agent=self.company)
        for service, principal_id in rows.values_list("service", "principal_id"):
            found[service].add(principal_id)
        if self.kept is not None:
            self.kept.append(found)
        return found

    def _acting_now(self, service: str) -> frozenset[int]:
        assert self.company is not None  # noqa: S101 - both callers saw to it
        mandates = Mandate.objects.in_force().filter(agent=self.company, service=service)
        return frozenset({self.company.pk, *mandates.values_list("principal_id", flat=True)})

    def may_act_for(self, company: Company, service: str) -> bool:
        """Whether it may act for that company in that service now; asked anew on every act."""
        return self.company is not None and company.pk in self._acting_now(service)

    def actor_for(self, company: Company) -> Actor:
        """The actor to record when it acts for that company: names agent and principal."""
        if self.company is None or company.pk == self.company.pk:
            return self.actor
        return replace(self.actor, on_behalf_of=f"{self.company.name} → {company.name}"[:200])


def principal_of(request: HttpRequest | Request) -> Principal | None:
    """Who acts in this request; None when nobody is logged in. Read once a request."""
    user = getattr(request, "user", None)
    if isinstance(user, Principal):
        return user
    if not isinstance(user, User):
        return None
    plain = request._request if isinstance(request, Request) else request
    cached = getattr(plain, _CACHE, None)
    if isinstance(cached, Principal) and cached.user == user:
        return cached
    chosen = plain.session.get(SESSION_COMPANY) if hasattr(plain, "session") else None
    principal = replace(principal_of_user(user, chosen), kept=[])
    setattr(plain, _CACHE, principal)
    return principal


def principal_of_user(user: User, company_id: int | None = None) -> Principal:
    """A person as the company with that id; as the first of theirs when it is not one of theirs."""
    memberships = list(user.memberships.select_related("company", "agency").order_by("pk"))
    companies = tuple({m.company_id: m.company for m in memberships if m.company}.values())
    company = next((c for c in companies if c.pk == company_id), companies[0] if companies else None)
    agency = next((m.agency for m in memberships if m.agency), None)
    held = [m for m in memberships if _counts(m, company, agency)]
    behalf = company.name if company else agency.name_zh if agency else ""
    return Principal(
        actor=Actor("person", str(user.pk), str(user), behalf),
        permissions=_permissions(held) if user.is_active else frozenset(),
        companies=companies,
        company=company,
        agency=agency,
        user=user,
        second_factor=demands_second_factor(user, (m.role for m in memberships)),
    )


def principal_of_client(link: ClientPrincipal, scopes: Iterable[str]) -> Principal:
    """A machine client with the scopes its token and its registration both allow."""
    known = frozenset(scopes) & frozenset(Scope)
    owner = link.company or link.agency
    behalf = link.company.name if link.company else link.agency.name_zh if link.agency else ""
    return Principal(
        actor=Actor("client", link.client_id, link.client.name or str(owner), behalf),
        permissions=frozenset(SCOPE_PERMISSIONS[Scope(scope)] for scope in known),
        companies=(link.company,) if link.company else (),
        company=link.company,
        agency=link.agency,
        client_id=link.client_id,
        scopes=frozenset(str(scope) for scope in known),
    )


def switch_company(request: HttpRequest, company_id: int) -> Company:
    """Act as another of one's own companies from now on; PermissionDenied for any other.

    What one may do changes with it, so the session gets a new id.
    """
    principal = principal_of(request)
    own = principal.companies if principal else ()
    company = next((c for c in own if c.pk == company_id), None)
    if company is None:
        raise PermissionDenied
    request.session[SESSION_COMPANY] = company.pk
    _new_session_id(request)
    if hasattr(request, _CACHE):
        delattr(request, _CACHE)
    return company


def _new_session_id(request: HttpRequest) -> None:
    """Change the id, and in the list of one's sessions too, so that it can still be ended from there."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def demands_second_factor(user: User, roles: Iterable[str]) -> bool:
    """Whether a person with those roles must show a second factor, were it asked for at all."""
    return user.is_superuser or user.is_staff or any(ROLES[r].second_factor for r in roles if r in ROLES)


def _counts(membership: Membership, company: Company | None, agency: Agency | None) -> bool:
    if membership.company_id:
        return company is not None and membership.company_id == company.pk
    if membership.agency_id:
        return agency is not None and membership.agency_id == agency.pk
    return True


def _permissions(memberships: Iterable[Membership]) -> frozenset[Permission]:
    roles = (ROLES.get(m.role) for m in memberships)
    return frozenset(permission for role in roles if role for permission in role.permissions)
