"""The demonstration: invented companies, people and machine clients of the story, loaded as often as one likes.

Every name says 示例 (example); the codes are of a series no registrar issues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agency, ClientPrincipal, Company, Mandate, Membership, User
from accounts.models import CompanyRole as R
from accounts.permissions import Scope
from accounts.personal import keyed_hash
from customs.models import YearlyUse

PASSWORD = "demo-only-2026"  # noqa: S105 - the demonstration says it on the screen


@dataclass(frozen=True, slots=True)
class Firm:
    """A company of the story and its one demonstration user."""

    key: str
    name: str
    name_en: str
    uscc: str
    customs_code: str
    roles: tuple[R, ...]
    in_pilot_zone: bool = False

    @property
    def email(self) -> str:
        """Login of its declaring user."""
        return f"{self.key.lower()}@demo.example"

    @property
    def client_id(self) -> str:
        """Its machine client."""
        return f"demo-{self.key.lower()}"


FIRMS = (
    Firm("A", "海河优选（示例）网络科技有限公司", "Haihe Select (example) Network Technology",
         "91120116DEM000014X", "120726DE01", (R.PLATFORM,)),
    Firm("B", "津桥（示例）供应链管理有限公司", "Jinqiao (example) Supply Chain",
         "91120116DEM000022Q", "120746DE02", (R.ECOMMERCE_FIRM, R.DOMESTIC_AGENT)),
    Firm("C", "津付通（示例）支付有限公司", "Jinfutong (example) Payments",
         "91120116DEM000030K", "120726DE03", (R.PAYMENT_FIRM,)),
    Firm("D", "津速（示例）国际物流有限公司", "Jinsu (example) International Logistics",
         "91120116DEM000049G", "120746DE04", (R.LOGISTICS_FIRM,)),
    Firm("E", "东疆云仓（示例）仓储有限公司", "Dongjiang Cloud (example) Warehousing",
         "91120116DEM000057B", "120746DE05", (R.AREA_FIRM,)),
    Firm("F", "津沽户外（示例）用品有限公司", "Jingu Outdoor (example)",
         "91120118DEM0000653", "129096DE06", (R.ECOMMERCE_FIRM, R.PRODUCER), in_pilot_zone=True),
    Firm("G", "津关通（示例）报关有限公司", "Jinguantong (example) Customs Broker",
         "91120116DEM0000731", "120746DE07", (R.DECLARANT,)),
    Firm("H", "东疆口岸（示例）监管场所经营有限公司", "Dongjiang Port (example) Supervised Site",
         "91120116DEM000081U", "120746DE08", (R.SITE_OPERATOR,)),
)  # fmt: skip
SENDERS = ("A", "C", "D", "G")
MANDATES = (("B", "G", "import-declaration"), ("F", "G", "import-declaration"))
OFFICIALS = (
    ("officer@customs.example", "关员示例", "officer"),
    ("supervisor@customs.example", "科长示例", "supervisor"),
)
OPERATORS = (
    ("system@portal.example", "系统管理员示例", "system_admin"),
    ("security@portal.example", "安全管理员示例", "security_admin"),
    ("auditor@portal.example", "审计员示例", "auditor"),
)
STORY_BEGINS = date(2026, 1, 1)
# The story's sixth buyer has used nearly all of his yearly limit before it begins.
USED_BEFORE = (("130199200001010511", 2026, Decimal("25800.00")),)


def _person(email: str, name: str, *, staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, full_name=name, is_staff=staff)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _company(firm: Firm) -> Company:
    values = {
        "customs_code": firm.customs_code,
        "name": firm.name,
        "name_en": firm.name_en,
        "roles": [str(role) for role in firm.roles],
        "in_pilot_zone": firm.in_pilot_zone,
        "dxp_id": f"DXPENTDEMO00000{firm.key}",
    }
    company, _ = Company.objects.get_or_create(uscc=firm.uscc, defaults=values)
    user = _person(firm.email, f"{firm.name[:2]}申报员示例")
    Membership.objects.get_or_create(user=user, company=company, agency=None, role="declaring_user")
    Membership.objects.get_or_create(user=user, company=company, agency=None, role="company_admin")
    return company


def _client(client_id: str, name: str, scopes: list[str], **owner: Company | Agency) -> None:
    client, created = Client.objects.get_or_create(
        id=client_id, defaults={"name": name, "secret": make_password(secret_of(client_id))}
    )
    if created:
        client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        client.set_scopes(scopes)
        client.save()
    ClientPrincipal.objects.get_or_create(client=client, defaults=owner)


def secret_of(client_id: str) -> str:
    """The demonstration's secrets are no secrets; they differ between installations all the same."""
    return f"{client_id}-{keyed_hash('demo client', client_id).hex()[:16]}"


@transaction.atomic
def load() -> None:
    """Make what is missing; what is there stays as people have changed it."""
    customs, _ = Agency.objects.get_or_create(
        code="customs",
        defaults={"name_zh": "天津海关（演示）", "name_en": "Tianjin Customs (demonstration)", "promised_days": 1},
    )
    companies = {firm.key: _company(firm) for firm in FIRMS}
    for principal, agent, service in MANDATES:
        Mandate.objects.get_or_create(
            principal=companies[principal],
            agent=companies[agent],
            service=service,
            defaults={"valid_from": STORY_BEGINS},
        )
    for email, name, role in OFFICIALS:
        Membership.objects.get_or_create(
            user=_person(email, name, staff=True), company=None, agency=customs, role=role
        )
    for email, name, role in OPERATORS:
        Membership.objects.get_or_create(
            user=_person(email, name, staff=True), company=None, agency=None, role=role
        )
    sender_scopes = [Scope.CEB_SEND, Scope.SUBMISSIONS_READ, Scope.INVENTORIES_READ, Scope.CHANGES_READ]
    for firm in FIRMS:
        if firm.key in SENDERS:
            _client(firm.client_id, f"{firm.name_en} ERP", sender_scopes, company=companies[firm.key])
    readers = [Scope.SUBMISSIONS_READ, Scope.INVENTORIES_READ, Scope.CHANGES_READ]
    _client("demo-customs", "Customs reader", readers, agency=customs)
    for number, year, used in USED_BEFORE:
        YearlyUse.objects.get_or_create(
            buyer_id_hash=keyed_hash(number), year=year, defaults={"used": used}
        )


def logins() -> str:
    """What `make run` prints: who can log in, and as what."""
    clients = [f"demo-{key.lower()}" for key in SENDERS] + ["demo-customs"]
    people = [(firm.email, firm.name_en, ", ".join(firm.roles)) for firm in FIRMS]
    people += [(email, "Tianjin Customs", role) for email, _name, role in OFFICIALS]
    people += [(email, "the portal", role) for email, _name, role in OPERATORS]
    lines = [f"Demo logins (password of all: {PASSWORD})"]
    lines += [f"  {email:30} {firm} – {role}" for email, firm, role in people]
    lines += [f"Machine clients (client credentials at {settings.SITE_URL}/identity/o/api/token)"]
    lines += [f"  {client:14} {secret_of(client)}" for client in clients]
    return "\n".join(lines)
