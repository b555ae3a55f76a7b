"""The demonstration: invented companies, people and machine clients, loaded as often as one likes.

Every name says 示例 (example); the codes are of a series no registrar issues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agency, ClientPrincipal, Company, Mandate, Membership, User
from accounts.permissions import Scope
from accounts.personal import keyed_hash
from accounts.principals import principal_of_user
from credit import demo as credit_demo
from customs.demo.cast import BUYERS, COMPANIES, DemoCompany
from customs.demo.export import hand_in_export
from customs.demo.story import story_set
from customs.demo.wire import SENDERS as SENDER_OF
from customs.intake import receive_message
from customs.models import CebMessage, YearlyUse
from filing.goods.demo import file_goods
from portal import demo_contacts

PASSWORD = "demo-only-2026"  # noqa: S105 - the demonstration says it on the screen


SENDERS = ("A", "C", "D", "F", "G")
MANDATES = (
    ("B", "G", "import-declaration"),
    ("F", "G", "import-declaration"),
    ("F", "G", "export-declaration"),
    ("F", "G", "b2b-declaration"),
    ("F", "G", "exemption-declaration"),
)
OFFICIALS = (
    ("officer@customs.example", "关员示例", "officer"),
    ("supervisor@customs.example", "科长示例", "supervisor"),
)
# code, names, promised working days, what its machine client may do
OFFICES: tuple[tuple[str, str, str, int, tuple[Scope, ...]], ...] = (
    ("commerce", "天津市商务局（演示）", "Tianjin Commerce Bureau (demonstration)", 3, (Scope.FILINGS_READ,)),
    (
        "tax",
        "天津市税务局（演示）",
        "Tianjin Tax Service (demonstration)",
        3,
        (Scope.EXEMPTIONS_READ, Scope.EXPORTS_READ),
    ),
    (
        "market",
        "天津市市场监管委（演示）",
        "Tianjin Market Regulation (demonstration)",
        1,
        (Scope.FILINGS_READ,),
    ),
    (
        "bank",
        "示例银行天津分行",
        "Example Bank, Tianjin branch",
        2,
        (Scope.PAYMENTS_SEND, Scope.PAYMENTS_READ, Scope.DECLARATIONS_QUERY),
    ),
    (
        "bank2",
        "样本银行天津分行",
        "Sample Bank, Tianjin branch",
        2,
        (Scope.PAYMENTS_SEND, Scope.PAYMENTS_READ, Scope.DECLARATIONS_QUERY),
    ),
    ("credit-china", "信用中国（天津）（演示）", "Credit China, Tianjin (demonstration)", 3, ()),
)
OFFICE_PEOPLE = ("commerce", "tax", "market", "bank")
OPERATORS = (
    ("system@portal.example", "系统管理员示例", "system_admin"),
    ("security@portal.example", "安全管理员示例", "security_admin"),
    ("auditor@portal.example", "审计员示例", "auditor"),
)
POLICE = (
    ("police-local", "天津市公安局（演示）", "Tianjin police, local base (demonstration)"),
    ("police-national", "全国公民身份信息系统（演示）", "National base of persons (demonstration)"),
)
STORY_BEGINS = date(2026, 1, 1)
STORY_YEAR = 2026


def email_of(firm: DemoCompany) -> str:
    """Login of the company's one demonstration user."""
    return f"{firm.key.lower()}@demo.example"


def client_id_of(firm: DemoCompany) -> str:
    """Machine client of the company."""
    return f"demo-{firm.key.lower()}"


def _person(email: str, name: str, *, staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, full_name=name, is_staff=staff)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _company(firm: DemoCompany) -> Company:
    values = {
        "customs_code": firm.customs_code,
        "name": firm.name,
        "name_en": firm.name_en,
        "roles": list(firm.roles),
        "in_pilot_zone": firm.in_pilot_zone,
        "dxp_id": firm.dxp_id,
    }
    company, _ = Company.objects.get_or_create(uscc=firm.uscc, defaults=values)
    user = _person(email_of(firm), f"{firm.name[:2]}申报员示例")
    Membership.objects.get_or_create(user=user, company=company, agency=None, role="declaring_user")
    Membership.objects.get_or_create(user=user, company=company, agency=None, role="company_admin")
    return company


def _client(client_id: str, name: str, scopes: Sequence[str], **owner: Company | Agency) -> None:
    client, created = Client.objects.get_or_create(
        id=client_id, defaults={"name": name, "secret": lambda: make_password(secret_of(client_id))}
    )
    if created:
        client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        client.set_scopes([str(scope) for scope in scopes])
        client.set_default_scopes([str(scope) for scope in scopes])
        client.save()
    ClientPrincipal.objects.get_or_create(client=client, defaults=owner)


def secret_of(client_id: str) -> str:
    """The demonstration's secrets are no secrets; they differ between installations all the same."""
    return f"{client_id}-{keyed_hash('demo client', client_id).hex()[:16]}"


def _office(code: str, name_zh: str, name_en: str, *rest: Any) -> None:
    """An agency with its two officials and its machine client."""
    days, scopes = rest
    names = {"name_zh": name_zh, "name_en": name_en, "promised_days": days}
    agency, _ = Agency.objects.get_or_create(code=code, defaults=names)
    for role, title in (("officer", "经办示例"), ("supervisor", "科长示例")):
        if code in OFFICE_PEOPLE:
            person = _person(f"{role}@{code}.example", title, staff=True)
            Membership.objects.get_or_create(user=person, company=None, agency=agency, role=role)
    readers = (Scope.SUBMISSIONS_READ, Scope.CHANGES_READ, Scope.RECORDS_READ)
    if code in OFFICE_PEOPLE or scopes:
        _client(
            f"demo-{code}",
            f"{name_en} reader",
            (*readers, *scopes, Scope.FACTS_SEND, Scope.RECORDS_READ),
            agency=agency,
        )


SENDER_SCOPES = (
    Scope.CEB_SEND,
    Scope.SUBMISSIONS_READ,
    Scope.SUBMISSIONS_WRITE,
    Scope.INVENTORIES_READ,
    Scope.EXPORTS_READ,
    Scope.CHANGES_READ,
    Scope.GOODS_WRITE,
    Scope.FILINGS_READ,
    Scope.FOREX_WRITE,
    Scope.EXEMPTIONS_READ,
    Scope.PAYMENTS_READ,
    Scope.RECORDS_READ,
    Scope.IDENTITIES_CHECK,
)
READER_SCOPES = (
    *(Scope.SUBMISSIONS_READ, Scope.INVENTORIES_READ, Scope.EXPORTS_READ, Scope.CHANGES_READ),
    *(Scope.FACTS_SEND, Scope.RECORDS_READ, Scope.EXEMPTIONS_READ),
)


def _people(customs: Agency) -> None:
    """Officials of customs and the portal's administrators."""
    for staff, agency in ((OFFICIALS, customs), (OPERATORS, None)):
        for email, name, role in staff:
            Membership.objects.get_or_create(
                user=_person(email, name, staff=True), company=None, agency=agency, role=role
            )


def _machines(companies: Mapping[str, Company], customs: Agency) -> None:
    """Clients of the senders' systems, and one that reads for customs."""
    for firm in COMPANIES.values():
        if firm.key in SENDERS:
            name = f"{firm.name_en} ERP"
            _client(client_id_of(firm), name, list(SENDER_SCOPES), company=companies[firm.key])
    _client("demo-customs", "Customs reader", list(READER_SCOPES), agency=customs)


@transaction.atomic
def load() -> None:
    """Make what is missing; what is there stays as people have changed it."""
    customs, _ = Agency.objects.get_or_create(
        code="customs",
        defaults={
            "name_zh": "天津海关（演示）",
            "name_en": "Tianjin Customs (demonstration)",
            "promised_days": 1,
        },
    )
    for code, zh, en in POLICE:
        Agency.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})
    for office in OFFICES:
        _office(*office)
    demo_contacts.load()
    companies = {firm.key: _company(firm) for firm in COMPANIES.values()}
    for principal, agent, service in MANDATES:
        Mandate.objects.get_or_create(
            principal=companies[principal],
            agent=companies[agent],
            service=service,
            defaults={"valid_from": STORY_BEGINS},
        )
    _people(customs)
    _machines(companies, customs)
    for buyer in (b for b in BUYERS.values() if b.used):
        YearlyUse.objects.get_or_create(
            buyer_id_hash=keyed_hash(buyer.id_number), year=STORY_YEAR, defaults={"used": buyer.used}
        )


def logins() -> str:
    """What `make run` prints: who can log in, and as what."""
    clients = [f"demo-{key.lower()}" for key in SENDERS] + ["demo-customs"]
    clients += [f"demo-{row[0]}" for row in OFFICES if row[0] in OFFICE_PEOPLE or row[4]]
    people = [(email_of(firm), firm.name_en, ", ".join(firm.roles)) for firm in COMPANIES.values()]
    people += [(email, "Tianjin Customs", role) for email, _name, role in OFFICIALS]
    names = {code: name for code, _zh, name, _days, _scopes in OFFICES}
    people += [
        (f"{role}@{code}.example", names[code], role)
        for code in OFFICE_PEOPLE
        for role in ("officer", "supervisor")
    ]
    people += [(email, "the portal", role) for email, _name, role in OPERATORS]
    lines = [f"Demo logins (password of all: {PASSWORD})"]
    lines += [f"  {email:30} {firm} – {role}" for email, firm, role in people]
    lines += [f"Machine clients (client credentials at {settings.SITE_URL}/identity/o/api/token)"]
    lines += [f"  {client:14} {secret_of(client)}" for client in clients]
    lines += [f"Messages to hand in (see README.md there): {settings.VAR_DIR('demo')}"]
    return "\n".join(lines)


# Left for people to hand in themselves: O01, O02, O10 (see `demo_files`).
ALREADY_HERE = ("O03", "O04", "O05", "O06", "O07", "O08", "O09", "O11", "O12")


def hand_in_story() -> int:
    """The other orders of the story, each message by its sender; nothing when messages are there already."""
    sellers = ("F", "B")
    file_goods({key: principal_of_user(User.objects.get(email=email_of(COMPANIES[key]))) for key in sellers})
    credit_demo.load({key: Company.objects.get(uscc=firm.uscc) for key, firm in COMPANIES.items()})
    if CebMessage.objects.exists():
        return 0
    senders = {key: principal_of_user(User.objects.get(email=email_of(COMPANIES[key]))) for key in SENDERS}
    count = 0
    for order in ALREADY_HERE:
        for type_, message in story_set(order).items():
            receive_message(message, principal=senders[SENDER_OF[type_]], channel="browser")
            count += 1
    return count + hand_in_export(senders)
