"""People, companies and agencies of the tests, named after their situation.

Alice works for the declarant, Bob for another company, Charlie for nobody.
"""

from __future__ import annotations

from itertools import count

from accounts.models import Agency, Company, Membership, User
from accounts.services import add_member, create_agency, create_client, create_company
from reference.numbers import organisation_check_character, uscc_check_character
from trail.actors import Actor

TESTER = Actor("system", "tests", "tests")
_serial = count(1)


def valid_uscc(serial: int, division: str = "120116") -> str:
    """A unified social credit code of a series that no registrar issues, with both checksums."""
    body = f"TEST{serial:04d}"
    first17 = f"91{division}{body.replace('S', 'E')}"
    first17 += organisation_check_character(first17[8:16])
    return first17 + uscc_check_character(first17)


def base36(number: int) -> str:
    """As the last five characters of a customs code may be."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (base36(number // 36) if number >= 36 else "") + digits[number % 36]


def a_company(name: str = "示例公司", *, roles: tuple[str, ...] = (), **extra: str) -> Company:
    """A company with both codes."""
    serial = next(_serial)
    extra.setdefault("customs_code", f"12072{base36(serial):0>5}")
    return create_company(uscc=valid_uscc(serial), name=name, roles=roles, by=TESTER, **extra)


def an_agency(code: str = "customs") -> Agency:
    """A government office."""
    found = Agency.objects.filter(code=code).first()
    return found or create_agency(code, name_zh=f"{code}（示例）", name_en=f"{code} (example)", by=TESTER)


def a_person(name: str = "charlie", **extra: object) -> User:
    """Somebody with a confirmed address and no role anywhere."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(f"{name}{next(_serial)}@demo.example", full_name=name, **extra)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def a_member(company: Company, role: str = "declaring_user", name: str = "alice") -> User:
    """A person with that role in a company."""
    user = a_person(name)
    add_member(user, role, company=company, by=TESTER)
    return user


def an_official(agency: Agency, role: str = "officer", name: str = "olga") -> User:
    """A person with that role in an agency."""
    user = a_person(name)
    add_member(user, role, agency=agency, by=TESTER)
    return User.objects.get(pk=user.pk)


def an_administrator(role: str) -> User:
    """A person with a role in the portal itself."""
    user = a_person(role)
    add_member(user, role, by=TESTER)
    return User.objects.get(pk=user.pk)


def a_client(owner: Company | Agency, *scopes: str) -> tuple[str, str]:
    """A machine client: (id, secret)."""
    return create_client(owner, name="test client", scopes=scopes, by=TESTER)


def membership_of(user: User) -> Membership:
    """The only membership of a person."""
    return user.memberships.get()
