"""Who may open which address: the one table, from which `docs/access.md` is made and every request is judged.

    PYTHONPATH=. .venv/bin/python -m tests.house.access     # writes docs/access.md

A page says its door itself: `required_permissions` (`accounts.decorators.requires`) or `required_scopes` (REST).
What has neither stands below with its reason. An address that is nowhere has no door, which is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import ROLES, Permission, Scope
from tests.conftest import BASE

P = Permission
# What came of a request: let in, sent to the login, 403, 401, or 404 as if there were nothing.
Outcome = Literal["in", "login", "403", "401", "404"]
Kind = Literal["public", "people", "permission", "scope", "desk", "credentials"]
PAGE = BASE / "docs" / "access.md"

PUBLIC: Mapping[str, str] = {
    "home": "the front page",
    "guide": "what a service is and needs",
    "help": "questions with answers, and where to ask",
    "progress": "the state, to whoever holds the number, and nothing else",
    "try": "invented data of the demonstration; elsewhere it leads to the front page",
    "try_set": "the same",
    "try_file": "the same",
    "calculator": "reckons and stores nothing",
    "identity_claim": "a buyer says who they are; by POST alone",
    "identity_uses": "only to who has just said who they are; others are led there",
    "identity_answer": "the same",
    "identity_leave": "forgets who asked",
    "identity_report": "the state of a report, to whoever holds its number",
    "set_language": "everybody chooses a language",
    "verify_entry": "where the code of a paper is typed in",
    "verify": "anyone checks a paper by its code, which cannot be guessed",
    "signing_certificate": "for checking papers offline",
    "healthz": "whether the process lives",
    "readyz": "whether it can serve",
    "metrics": "from the machine itself or with the token; for others there is no such page",
    "api_schema": "the description of the API",
    "api_docs": "the same for people",
    "api-quotes": "a quote stores nothing and names nobody",
    "api-public-records": "what is published about a company, and nothing else",
    "credit_search": "whom one may ask about",
    "credit_public": "what is published about a company, and nothing else",
    "credit_csv": "the same as a table",
    "credit_formula": "how the score comes about, and how long records are published",
    "account_login": "the way in",
    "account_logout": "the way out, for who is out already too",
    "account_inactive": "says that a login was locked",
    "account_signup": "people register themselves; a role is given to them later",
    "account_email_verification_sent": "says where to look",
    "account_confirm_email": "the link of the message is the key",
    "account_reset_password": "for who cannot log in",
    "account_reset_password_done": "says where to look",
    "account_reset_password_from_key": "the link of the message is the key",
    "account_reset_password_from_key_done": "says that it is done",
    "account_confirm_login_code": "a step of the login; leads there when none is under way",
    "mfa_authenticate": "a step of the login; leads there when none is under way",
}
# These lead to the login in the ordinary course: a step of one that is not under way, an address confirmed.
STEPS = frozenset({"account_confirm_login_code", "mfa_authenticate", "account_confirm_email"})
# The caller proves itself in the request, whoever is logged in.
CREDENTIALS: Mapping[str, str] = {
    "api-inbox": "an agency's signature (HMAC)",
    "idp:oidc:token": "a machine client's id and secret",
    "idp:oidc:revoke": "a machine client's id and secret",
}
OWN_ACCOUNT: Mapping[str, str] = {
    "account_reauthenticate": "one's own password once more",
    "account_email": "one's own addresses",
    "account_change_password": "one's own password",
    "account_set_password": "one's own password",
    "mfa_index": "one's own second factor",
    "mfa_reauthenticate": "one's own code once more",
    "mfa_activate_totp": "one's own second factor",
    "mfa_deactivate_totp": "one's own second factor",
    "mfa_view_recovery_codes": "one's own recovery codes",
    "mfa_generate_recovery_codes": "one's own recovery codes",
    "mfa_download_recovery_codes": "one's own recovery codes",
    "usersessions_list": "one's own sessions",
}

# --- the desk ---------------------------------------------------------------------------------------------

DESK = frozenset(
    {
        P.QUEUE_READ,
        P.DISPATCH_SEND_AGAIN,
        P.AGENCY_SWITCH,
        P.REFERENCE_MANAGE,
        P.USER_MANAGE,
        P.TRAIL_READ,
    }
)
_NOBODY: frozenset[Permission] = frozenset()
_USERS, _LOOK_UP = frozenset({P.USER_MANAGE}), frozenset({P.QUEUE_READ, P.REFERENCE_MANAGE})
_SEEN = frozenset({P.USER_MANAGE, P.QUEUE_READ})
_TRAIL = frozenset({P.TRAIL_READ})
# Table → verb → any of these permissions. A verb that is not here is nobody's, superusers' neither.
TABLES: Mapping[str, Mapping[str, frozenset[Permission]]] = {
    "accounts_user": {"view": _USERS},
    "accounts_company": {"view": _SEEN, "add": _USERS},
    "accounts_agency": {"view": frozenset({P.USER_MANAGE, P.AGENCY_SWITCH})},
    "accounts_membership": {"view": _USERS, "add": _USERS, "delete": _USERS},
    "accounts_mandate": {"view": _SEEN},
    "accounts_clientprincipal": {"view": _USERS, "add": _USERS},
    "reference_code": {"view": _LOOK_UP},
    "reference_tariffline": {"view": _LOOK_UP},
    "reference_parameter": {"view": _LOOK_UP},
    "reference_calendarday": {"view": _LOOK_UP},
    "reference_exchangerate": {"view": _LOOK_UP},
    "identity_personallook": {"view": _TRAIL},
    "trail_entry": {"view": _TRAIL},
    "trail_seal": {"view": _TRAIL},
}
_VERBS = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}
# Pages of the admin itself. "404": nothing is there even for who has business at the desk.
_SITE: Mapping[str, Outcome] = {
    "index": "in",
    "login": "in",
    "logout": "in",
    "password_change": "in",
    "password_change_done": "in",
    "jsi18n": "in",
    "autocomplete": "403",  # asked without naming a field of a form
    "app_list": "in",  # of the companies and people, to who may see one of their tables
    "no page": "404",
    "old address": "in",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks: nobody known, a role, or a machine client with scopes."""

    name: str
    permissions: frozenset[Permission] = frozenset()
    is_person: bool = False
    scopes: frozenset[Scope] | None = None  # None: no machine client


ROLE_HOLDERS = tuple(Who(role.code, role.permissions, is_person=True) for role in ROLES.values())
ANONYMOUS = Who("anonymous")


@dataclass(frozen=True, slots=True)
class Door:
    """An address and who is let in."""

    name: str  # of the address, unique
    route: str
    kind: Kind
    reason: str = ""
    permissions: frozenset[Permission] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)  # method → scope
    beyond: Outcome = "in"  # what is behind the door where it is no page

    @property
    def is_written_to(self) -> bool:
        """Whether a page that can be read is asked to write, too: those of ours, and the tables' forms."""
        table, _, page = self.name.removeprefix("admin:").rpartition("_")
        return self.kind in ("permission", "scope") or (
            table in TABLES and page in ("add", "change", "delete")
        )

    def expects(self, who: Who, method: str) -> Outcome:
        """What a request must come to."""
        if self.kind == "public":
            return "in"
        if self.kind == "credentials":
            return "401"
        if self.kind == "scope":
            return self._rest(who, method)
        if not who.is_person:
            return "login"
        return self._page(who, method)

    def _rest(self, who: Who, method: str) -> Outcome:
        scope = self.scopes.get(method)
        if who.scopes is not None:
            return "in" if scope in who.scopes else "403"
        if not who.is_person:
            return "401"
        return "in" if scope is not None and scope.permission in who.permissions else "403"

    def _page(self, who: Who, method: str) -> Outcome:
        if self.kind == "people":
            return "in"
        if self.kind == "permission":
            return "in" if self.permissions <= who.permissions else "403"
        if not who.permissions & DESK:
            return "403"
        table, _, page = self.name.removeprefix("admin:").rpartition("_")
        if self.name == "admin:app_list":
            return "in" if who.permissions & _SEEN else "404"
        if table not in TABLES or page not in _VERBS:
            return self.beyond
        verb = "change" if (page, method) == ("change", "POST") else _VERBS[page]
        return "in" if who.permissions & TABLES[table].get(verb, _NOBODY) else "403"


@dataclass(frozen=True, slots=True)
class Address:
    """A pattern of the resolver."""

    name: str
    route: str
    view: Any


def addresses() -> Iterator[Address]:
    """Every address there is."""
    yield from _walk(get_resolver().url_patterns, "", ())


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, spaces: tuple[str, ...]
) -> Iterator[Address]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one.url_patterns, route, inner)
        else:
            yield Address(":".join([*spaces, one.name or _unnamed(route)]), route, one.callback)


def _unnamed(route: str) -> str:
    """Django's admin has two sorts of patterns without a name."""
    if route.endswith("(?P<url>.*)$"):
        return "no page"
    if route.endswith("<path:object_id>/"):
        app, model = route.split("/")[1:3]
        return f"{app}_{model}_old address"
    return f"unnamed {route}"


def door_of(address: Address) -> Door | None:
    """The door of an address; None when it says none and stands in no table."""
    name, route, view = address.name, address.route, address.view
    permissions = getattr(view, "required_permissions", None)
    scopes = getattr(getattr(view, "cls", None), "required_scopes", None)
    doors: list[Door] = []
    if permissions is not None:
        doors.append(Door(name, route, "permission" if permissions else "people", "", permissions))
    if scopes:
        doors.append(Door(name, route, "scope", scopes=scopes))
    for table, kind in ((PUBLIC, "public"), (CREDENTIALS, "credentials"), (OWN_ACCOUNT, "people")):
        if name in table:
            doors.append(Door(name, route, kind, table[name]))  # type: ignore[arg-type]
    if not doors and name.startswith("admin:"):
        doors += _of_the_desk(name, route)
    return doors[0] if len(doors) == 1 else None


def _of_the_desk(name: str, route: str) -> Iterator[Door]:
    table, _, page = name.removeprefix("admin:").rpartition("_")
    if table in TABLES and page in _VERBS:
        yield Door(name, route, "desk")
    short = page if page == "old address" else name.removeprefix("admin:")
    if short in _SITE:
        yield Door(name, route, "desk", beyond=_SITE[short])


@cache
def doors() -> tuple[Door, ...]:
    """The doors of all addresses that have one."""
    return tuple(door for address in addresses() if (door := door_of(address)))


# --- the page ---------------------------------------------------------------------------------------------

_HEAD = """# Who may open which address

Generated from the addresses of the portal by `python -m tests.house.access`; do not edit by hand. A test asks
every address as every role, as nobody and as machine clients, and compares.

● is let in. Empty: who is not logged in is led to the login (REST: 401), others are refused (403). Behind the door
each page shows its reader's own records only; those of others are not there (404).

| address | door | """


def page() -> str:
    """`docs/access.md`."""
    head = _HEAD + " | ".join(["nobody", *(who.name.replace("_", " ") for who in ROLE_HOLDERS)]) + " |\n"
    line = "|---|---|" + ":-:|" * (1 + len(ROLE_HOLDERS)) + "\n"
    rows = [_line(door, method) for door in doors() for method in _methods(door)]
    return head + line + "\n".join(rows) + "\n"


def _methods(door: Door) -> list[str]:
    if door.kind == "scope":
        return sorted(door.scopes)
    changes = door.name.removeprefix("admin:").removesuffix("_change") in TABLES
    return ["GET", "POST"] if changes and door.name.endswith("_change") else [""]


def _line(door: Door, method: str) -> str:
    asked = [door.expects(who, method or "GET") == "in" for who in (ANONYMOUS, *ROLE_HOLDERS)]
    route = door.route.replace("|", "\\|")
    shown = f"{method} /{route}".strip()
    return f"| `{shown}` | {_says(door, method)} | " + " | ".join("●" if one else "" for one in asked) + " |"


def _says(door: Door, method: str) -> str:
    if door.kind == "public":
        return f"open: {door.reason}"
    if door.kind == "credentials":
        return door.reason
    if door.kind == "scope":
        return f"scope `{door.scopes[method]}`"
    if door.kind == "people":
        return door.reason or "anybody logged in"
    if door.kind == "permission":
        return ", ".join(f"`{one}`" for one in sorted(door.permissions))
    return "nothing there" if door.beyond == "404" else "the desk"


def main() -> None:  # pragma: no cover
    """Write the page."""
    import django

    django.setup()
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    main()
