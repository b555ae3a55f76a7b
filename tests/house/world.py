"""A small house in which every address leads somewhere: the story's firms, one released list, people, machines.

Everything is made once a module; tests work in savepoints of their own (see `tests/house/conftest.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, ClientPrincipal, Company, Mandate, User
from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES, ROLES, Scope
from accounts.personal import seal_fields
from accounts.principals import principal_of_user
from accounts.services import give_mandate
from credit.models import Fact, Look
from credit.services import look
from customs import uploads
from customs.models import B2BDeclaration, ExportList, Inventory, Manifest
from customs.onelist import drafts as onelist
from customs.onelist.sheet import IMPORT
from filing.goods.demo import export_rows, workbook
from filing.goods.services import file_at_once
from filing.models import GoodsFiling
from forex import consents, declarations, document_uses, intake, matching
from forex.models import (
    BopDeclaration,
    Consent,
    DocumentKind,
    DocumentUse,
    InwardPayment,
    Match,
    PayoutStatement,
    Purpose,
)
from identity import looks
from identity.models import Batch, MisuseReport
from reference.keys import uuid7
from reference.models import Code
from submissions import papers
from submissions.models import Dispatch, Notice, Paper, Referral, Submission
from submissions.notices import notify
from tax import sources
from tax.models import ExemptionDeclaration
from tax.services import declare
from tests.accounts import factories as people
from tests.credit.situations import a_fact
from tests.customs.b2b import factories as b2b
from tests.customs.export import parcels
from tests.customs.factories import World, world
from tests.forex.factories import a_bank, a_payment, a_push, a_statement
from tests.house.access import TABLES, Who
from tests.submissions.definitions.world import FormWorld, form_world
from tests.tax.story import OCTOBER, Story
from trail.actors import Actor
from trail.models import Entry, Seal

CODE = {"table": "unit", "code": "007", "name_zh": "个", "valid_from": date(2020, 1, 1), "source": "tests"}
TYPED = ("one_list", *(f"one_list_{page}" for page in ("check", "unsigned", "hand_in", "discard")))
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class House:
    """The story's companies; G declared O01 of B on platform A, paid through C, carried by D. F has no part in it."""

    story: World
    customs: Agency
    people: Mapping[str, User]  # by role: in G, in customs, in the portal
    machines: Mapping[str, tuple[Who, str]]  # by name: who it is, and its token
    inventory: Inventory
    exported: ExportList  # of B, declared by G, released
    fact: Fact  # about G, of customs
    look: Look  # of somebody of customs, at G
    submission: Submission
    case: Referral
    dispatch: Dispatch
    mandate: Mandate  # of G, for a firm that is nothing else here
    notice: Notice
    paper: Paper
    uploaded: str  # key of what the declaring user of G handed in
    goods: GoodsFiling  # of G
    exemption: ExemptionDeclaration  # of G
    exemption_case: Referral  # here it is customs that has it, the one agency with people
    unconfirmed: str  # key of somebody's address
    payment: InwardPayment  # G's, with its payout statement
    statement: PayoutStatement
    form: FormWorld  # of G: a registration about which customs asked, and a draft
    typed: Submission  # an import list that G is typing
    consent: Consent  # of G, to a bank
    b2b: B2BDeclaration  # of G, with a classification proposed against the rules
    kept_here: InwardPayment  # G's, pushed by the agency whose officials are here
    document_use: DocumentUse  # of that payment's declaration, by the same
    match: Match  # of that payment with a statement of G
    declared: BopDeclaration  # of that payment, handed in, with that agency

    def company(self, key: str) -> Company:
        """A firm of the story."""
        return self.story.companies[key]

    def browser(self, user: User | None = None) -> Client:
        """Somebody's browser, in English; without a person nobody is logged in."""
        client = Client(headers={"accept-language": "en"})
        if user is not None:
            client.force_login(user, backend=LOGIN)
        return client

    def of(self, key: str, role: str = "declaring_user") -> Client:
        """The browser of somebody new in that firm."""
        return self.browser(people.a_member(self.company(key), role))

    def machine_of(self, owner: Company | Agency, *scopes: str) -> Client:
        """A machine client of that firm or agency."""
        return bearer(token(*people.a_client(owner, *scopes)))

    def address(self, name: str, route: str) -> str:
        """An address with numbers that exist."""
        space, _, short = name.rpartition(":")
        table, _, page = short.rpartition("_")
        if page == "old address" or (space == "admin" and table in TABLES):
            row = _some(table) if "<path:object_id>" in route else None
            return "/" + route.replace("<path:object_id>", str(row.pk) if row else "")
        if short == "no page":
            return "/admin/nothing/here/"
        return reverse(name, kwargs=self._numbers().get(name, {}))

    def _numbers(self) -> dict[str, dict[str, Any]]:
        return {
            "guide": {"code": "import-declaration"},
            "try_file": {"name": "O01/a-CEB311-order.xml"},
            "notice": {"notice_id": self.notice.pk},
            "credit_public": {"uscc": self.company("G").uscc},
            "credit_csv": {"uscc": self.company("G").uscc},
            "credit_object": {"fact_id": self.fact.pk},
            "credit_repair": {"fact_id": self.fact.pk},
            "admin:credit_fact": {"fact_id": self.fact.pk},
            "admin:credit_withdrawal": {"fact_id": self.fact.pk},
            "admin:credit_look": {"look_id": self.look.pk},
            "submission": {"reference": self.submission.reference},
            "acknowledgement": {"reference": self.submission.reference},
            "api-submission": {"reference": self.submission.reference},
            "verify": {"code": self.paper.code},
            "customs_uploaded": {"key": self.uploaded},
            "inventory": {"inventory_id": self.inventory.pk},
            "certificate": {"inventory_id": self.inventory.pk},
            "export_list": {"list_id": self.exported.pk},
            "export_release": {"list_id": self.exported.pk},
            "export_closing": {"list_id": self.exported.pk},
            "admin:export_notice": {
                "notice_id": Manifest.objects.get(logistics_code=self.exported.logistics_code).pk
            },
            "export_notice": {
                "notice_id": Manifest.objects.get(logistics_code=self.exported.logistics_code).pk
            },
            "admin:export_list": {"list_id": self.exported.pk},
            "admin:export_return": {"list_id": self.exported.pk},
            **{name: {"draft_id": self.typed.pk} for name in TYPED},
            "goods_batch": {"reference": self.goods.submission.reference},
            "goods_commented": {"reference": self.goods.submission.reference},
            "goods_item": {"goods_id": self.goods.pk},
            "exemption_declaration": {"declaration_id": self.exemption.pk},
            "exemption_comparison": {"declaration_id": self.exemption.pk},
            "api-exemption": {"declaration_id": self.exemption.pk},
            "exemption_lines_csv": {"declaration_id": self.exemption.pk},
            **{
                f"admin:exemption_{page}": {"case_id": self.exemption_case.pk}
                for page in ("lines", "csv", "settle", "approve")
            },
            **b2b.numbers(self.b2b),
            "api-export-list": {"list_id": self.exported.pk},
            "api-inventory": {"inventory_id": self.inventory.pk},
            **self.form.numbers(),
            "api-filings": {"uscc": self.company("G").uscc},
            "api-inbox": {"agency": "customs"},
            "api-identity-batch": {"batch_id": Batch.objects.get().pk},
            "account_confirm_email": {"key": self.unconfirmed},
            "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
            "mandate_revoke": {"pk": self.mandate.pk},
            **self._money_numbers(),
            **self._desk_numbers(),
        }

    def _money_numbers(self) -> dict[str, dict[str, Any]]:
        return {
            **{
                f"forex_{page}": {"payment_id": self.payment.pk}
                for page in ("payment", "match", "unmatch", "declare", "hand_over", "declaration_paper")
            },
            "forex_consent_withdraw": {"consent_id": self.consent.pk},
            "forex_statement": {"statement_id": self.statement.pk},
            "api-forex-match-undo": {"match_id": self.match.pk},
            "api-forex-declaration": {"reference": self.declared.submission.reference},
            "api-forex-use-release": {"use_id": self.document_use.pk},
            "admin:inward_payment": {"payment_id": self.kept_here.pk},
            "admin:inward_payment_hand_over": {"payment_id": self.kept_here.pk},
        }

    def _desk_numbers(self) -> dict[str, dict[str, Any]]:
        case = {"case_id": self.case.pk}
        verbs = ("take", "prolong", "put_back", "reassign", "ask_information", "accept", "refuse")
        return {
            "admin:list": {"list_id": self.inventory.pk},
            "admin:misuse_report": {"report_id": MisuseReport.objects.get().pk},
            "admin:list_unmask": {"list_id": self.inventory.pk},
            "admin:case": case,
            **{f"admin:case_{verb}": case for verb in verbs},
            "admin:dispatch": {"dispatch_id": self.dispatch.pk},
            "admin:agency": {"code": "customs"},
            "admin:agency_outage": {"code": "customs"},
            "admin:agency_contact": {"code": "customs"},
            "admin:app_list": {"app_label": "accounts"},
        }


def _some(table: str) -> Any:
    """Any row of a table of the desk."""
    return apps.get_model(*table.split("_", 1))._default_manager.order_by("pk")[0]


def bearer(value: str) -> Client:
    """A program that shows this token with every request."""
    return Client(headers={"authorization": f"Bearer {value}", "accept-language": "en"})


def token(client_id: str, secret: str) -> str:
    """A token from the portal's own endpoint."""
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = Client().post(reverse("idp:oidc:token"), given)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def build() -> House:
    """Make everything."""
    story = world()
    customs, firm = Agency.objects.get(code="customs"), story.companies["G"]
    inventory = story.declared("O01")
    Inventory.objects.filter(pk=inventory.pk).update(state="released", released_at=timezone.now())
    inventory.refresh_from_db()
    submission = Submission.objects.get(pk=inventory.message_id)
    case = Referral.objects.get(submission=submission)
    by = people.TESTER
    staff = {code: _holder(code, firm, customs) for code in ROLES}
    exemption = _exemption(firm)
    paper = papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, submission, by=by)
    entry = Entry.objects.order_by("pk")[0]
    looks.record(by=by, ground="case", reason="tests", subject_type="inventory", subject_id=inventory.pk)
    Batch.objects.create(company=firm, reason="tests", count=1)
    reported = uuid7()
    MisuseReport.objects.create(
        id=reported,
        reference="TJ26-0000-9999-9",
        number_hash=b"1",
        name_masked="*",
        number_masked="*",
        sealed=seal_fields({}, context=f"misuse:{reported}"),
        due_on=date(2026, 12, 1),
    )
    Code.objects.create(**CODE)
    Seal.objects.create(first_id=entry.pk, last_id=entry.pk, count=1, previous="0" * 64, digest="1" * 64)
    return House(
        story=story,
        customs=customs,
        people=staff,
        machines=_machines(firm, customs),
        inventory=inventory,
        exported=_exported(story),
        fact=a_fact(firm, agency=customs),
        look=look(firm, agency=customs, by=by, reason="a case"),
        submission=submission,
        case=case,
        dispatch=Dispatch.objects.get(referral=case, what="payload"),
        mandate=give_mandate(
            principal=firm, agent=people.a_company("代理示例"), service="import-declaration", by=by
        ),
        notice=notify(firm, "submission.accepted", {"reference": submission.reference or ""}, submission),
        paper=paper,
        form=form_world(firm),
        typed=onelist.begin(IMPORT, firm, principal=principal_of_user(staff["declaring_user"])),
        uploaded=uploads.keep([], principal_of_user(staff["declaring_user"])),
        goods=_goods(firm, staff["declaring_user"]),
        exemption=exemption,
        exemption_case=Referral.objects.create(submission=exemption.submission, agency=customs, state="sent"),
        unconfirmed=EmailConfirmationHMAC(
            EmailAddress.objects.create(user=people.a_person("dora"), email="dora@other.example")
        ).key,
        payment=a_payment(firm),
        statement=a_statement(firm),
        consent=consents.give(firm, a_bank(), Purpose.FINANCING, by=by),
        b2b=b2b.doubted(firm, people.an_official(customs)),
        **_kept_by(customs, firm),
    )


def _kept_by(agency: Agency, firm: Company) -> dict[str, Any]:
    """A payment as that agency would have pushed it, were it a bank, and what its document backs."""
    taken = intake.push(agency, a_push(firm, amount="10.00"), by=people.TESTER)
    assert taken.payment is not None
    consents.give(firm, agency, Purpose.FINANCING, by=people.TESTER)
    asked = consents.Question(DocumentKind.BOP, taken.payment.declaration_no, Purpose.FINANCING)
    used = document_uses.use(agency, asked, "LN-1", by=people.TESTER)
    made = matching.match(taken.payment.pk, a_statement(firm).pk, company_id=firm.pk, by=people.TESTER)
    basis = declarations.basis(taken.payment)
    one = replace(declarations.prefilled(basis), code="121990")
    declared = declarations.declare(
        taken.payment.pk,
        one,
        company=firm,
        by=people.TESTER,
        channel="api",
        confirmed=[said.code for said in declarations.check(basis, one)],
    )
    return {"kept_here": taken.payment, "document_use": used, "match": made, "declared": declared}


def _goods(firm: Company, user: User) -> GoodsFiling:
    """One of the goods G has filed by Excel."""
    principal = principal_of_user(user)
    plain = {"unit": "007", "unit1": "007", "unit2": "", "factor2": ""}  # the one unit there is here
    file_at_once(
        workbook([export_rows()[0] | plain]), name="g.xlsx", principal=principal, company=firm, channel="test"
    )
    return GoodsFiling.objects.get(company=firm, item_no="EX01")


def _exported(story: World) -> ExportList:
    """A parcel abroad of B, with its three notices."""
    one = parcels.declared(story, firm="B")
    ExportList.objects.filter(pk=one.pk).update(
        state="released", released_at=timezone.now(), invt_no="02132026E900000001"
    )
    one.refresh_from_db()
    return one


def _exemption(firm: Company) -> ExemptionDeclaration:
    """A month G has declared."""
    people.an_agency("tax")
    with sources.connected(Story()):
        return declare(company=firm, month=OCTOBER, by=Actor("person", "1", "G"), today=date(2026, 11, 12))


def _holder(code: str, firm: Company, agency: Agency) -> User:
    """A person with that role, a password and a second factor."""
    holder = ROLES[code].holder
    if holder == "company":
        user = people.a_member(firm, code, name=code)
    elif holder == "agency":
        user = people.an_official(agency, code, name=code)
    else:
        user = people.an_administrator(code)
    user.set_password(f"known to {code}")
    user.save()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def _machines(firm: Company, agency: Agency) -> dict[str, tuple[Who, str]]:
    """Of a company and of an agency, each with all scopes, with one, and with none any more."""
    made: dict[str, tuple[Who, str]] = {}
    for kind, owner, scopes in (("company", firm, COMPANY_SCOPES), ("agency", agency, AGENCY_SCOPES)):
        for suffix, given in (("", scopes), (" that reads changes", {Scope.CHANGES_READ})):
            name = f"machine of the {kind}{suffix}"
            made[name] = (Who(name, scopes=frozenset(given)), token(*people.a_client(owner, *given)))
        client_id, secret = people.a_client(owner, *scopes)
        name = f"machine of the {kind} without scopes"
        made[name] = (Who(name, scopes=frozenset()), token(client_id, secret))
        client = ClientPrincipal.objects.get(client_id=client_id).client
        client.set_scopes([])
        client.save(update_fields=["scopes"])
    return made
