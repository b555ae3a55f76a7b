"""Every permission and every role of the house; nothing else decides who may do what.

A role is a list of permissions with a sentence for people. `docs/permissions.md` is generated from this file
(`manage.py permissions_doc`). A permission says *what* may be done; *for whom* (which company, which agency)
comes from the membership, the mandate or the machine client that brought it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Holder = Literal["company", "agency", "portal"]


class Permission(StrEnum):
    """What may be done; `sentence` says it to people."""

    CEB_SEND = "ceb.send"
    CEB_READ = "ceb.read"
    FILING_READ = "filing.read"
    GOODS_FILE = "goods.file"
    SUBMISSION_READ = "submission.read"
    SUBMISSION_WRITE = "submission.write"
    NOTICE_READ = "notice.read"
    FEED_READ = "feed.read"
    MANDATE_MANAGE = "mandate.manage"
    MEMBER_MANAGE = "member.manage"
    CLIENT_MANAGE = "client.manage"
    QUEUE_READ = "queue.read"
    QUEUE_WORK = "queue.work"
    QUEUE_SUPERVISE = "queue.supervise"
    DISPATCH_SEND_AGAIN = "dispatch.send_again"
    AGENCY_SWITCH = "agency.switch"
    PERSONAL_UNMASK = "personal.unmask"
    FACT_SEND = "fact.send"
    RECORD_READ = "record.read"
    REFERENCE_MANAGE = "reference.manage"
    USER_MANAGE = "user.manage"
    TRAIL_READ = "trail.read"
    FOREX_READ = "forex.read"
    FOREX_WRITE = "forex.write"
    PAYMENT_SEND = "payment.send"
    DECLARATION_QUERY = "declaration.query"
    CONSENT_MANAGE = "consent.manage"
    IDENTITY_CHECK = "identity.check"

    @property
    def sentence(self) -> str | Promise:
        """What the holder may do, in words."""
        return SENTENCES[self]


SENTENCES: dict[Permission, str | Promise] = {
    Permission.CEB_SEND: _("Hand in customs messages (orders, payments, waybills, inventory lists)."),
    Permission.CEB_READ: _("Read customs documents that name the company, or that are before the agency."),
    Permission.FILING_READ: _("Read what is on file: registrations and goods."),
    Permission.GOODS_FILE: _("File goods, singly or by Excel, and amend them."),
    Permission.SUBMISSION_READ: _("Read submissions, their states and their papers."),
    Permission.SUBMISSION_WRITE: _("Draft, submit, amend and withdraw submissions."),
    Permission.NOTICE_READ: _("Read notices to the company."),
    Permission.FEED_READ: _("Read the change feed."),
    Permission.MANDATE_MANAGE: _("Give and revoke mandates of the company."),
    Permission.MEMBER_MANAGE: _(
        "Add and remove the company's or agency's own people and change their roles."
    ),
    Permission.CLIENT_MANAGE: _("Create and revoke machine clients and their scopes."),
    Permission.QUEUE_READ: _("See the agency's queue and its cases."),
    Permission.QUEUE_WORK: _("Take cases, put them back, ask for information and decide."),
    Permission.QUEUE_SUPERVISE: _("Reassign cases of absent colleagues."),
    Permission.DISPATCH_SEND_AGAIN: _("Send failed dispatches to an agency again, one or many."),
    Permission.AGENCY_SWITCH: _("Switch dispatch to an agency off and on, with a notice."),
    Permission.PERSONAL_UNMASK: _("See personal data unmasked, with a reason that is kept."),
    Permission.FACT_SEND: _("Report facts of the integrity record."),
    Permission.RECORD_READ: _("Read integrity records whole, each look with its reason."),
    Permission.REFERENCE_MANAGE: _("Load and change dated reference data."),
    Permission.USER_MANAGE: _("Create companies, agencies and people, and give roles."),
    Permission.TRAIL_READ: _("Read the audit trail."),
    Permission.FOREX_READ: _("Read the company's inward payments, payout statements and FX declarations."),
    Permission.FOREX_WRITE: _("Hand in payout statements, match payments and declare them."),
    Permission.PAYMENT_SEND: _("Push inward payments of account holders, as their bank."),
    Permission.DECLARATION_QUERY: _("Ask, as a bank and within consents, whether a declaration exists."),
    Permission.CONSENT_MANAGE: _("Let banks ask about the company's declarations, and withdraw that."),
    Permission.IDENTITY_CHECK: _("Have buyers' names and identity numbers checked, each time with a reason."),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions. `holder` is what the membership belongs to."""

    code: str
    name: str | Promise
    sentence: str | Promise
    holder: Holder
    permissions: frozenset[Permission]
    second_factor: bool = True


_READ = {
    Permission.CEB_READ,
    Permission.FILING_READ,
    Permission.SUBMISSION_READ,
    Permission.NOTICE_READ,
    Permission.FEED_READ,
    Permission.FOREX_READ,
}
_AGENCY_READ = {
    Permission.CEB_READ,
    Permission.FILING_READ,
    Permission.SUBMISSION_READ,
    Permission.FEED_READ,
    Permission.QUEUE_READ,
}
_OFFICER = _AGENCY_READ | {
    Permission.QUEUE_WORK,
    Permission.DISPATCH_SEND_AGAIN,
    Permission.PERSONAL_UNMASK,
    Permission.FACT_SEND,
    Permission.RECORD_READ,
}

_ALL = (
    Role(
        "company_admin",
        _("company administrator"),
        _("Keeps the company's people, mandates and machine clients in order."),
        "company",
        frozenset(
            _READ
            | {
                Permission.MEMBER_MANAGE,
                Permission.MANDATE_MANAGE,
                Permission.CLIENT_MANAGE,
                Permission.CONSENT_MANAGE,
            }
        ),
    ),
    Role(
        "declaring_user",
        _("declaring user"),
        _("Declares for the company and for those that gave it a mandate."),
        "company",
        frozenset(
            _READ
            | {
                Permission.CEB_SEND,
                Permission.SUBMISSION_WRITE,
                Permission.GOODS_FILE,
                Permission.FOREX_WRITE,
                Permission.IDENTITY_CHECK,
            }
        ),
    ),
    Role(
        "viewer",
        _("viewer"),
        _("Reads what the company sent and what came back."),
        "company",
        frozenset(_READ),
        second_factor=False,
    ),
    Role(
        "officer",
        _("officer"),
        _("Works on the agency's queue."),
        "agency",
        frozenset(_OFFICER),
    ),
    Role(
        "supervisor",
        _("supervisor"),
        _("Works on the queue, reassigns cases, and switches dispatch to the agency off and on."),
        "agency",
        frozenset(
            _OFFICER | {Permission.QUEUE_SUPERVISE, Permission.AGENCY_SWITCH, Permission.MEMBER_MANAGE}
        ),
    ),
    Role(
        "agency_viewer",
        _("agency viewer"),
        _("Reads the agency's cases."),
        "agency",
        frozenset(_AGENCY_READ),
    ),
    Role(
        "system_admin",
        _("system administrator"),
        _("Runs the platform: dispatch, switches, reference data. Neither gives roles nor reads the trail."),
        "portal",
        frozenset({Permission.DISPATCH_SEND_AGAIN, Permission.AGENCY_SWITCH, Permission.REFERENCE_MANAGE}),
    ),
    Role(
        "security_admin",
        _("security administrator"),
        _("Creates companies and people, gives roles, issues machine clients. Runs nothing."),
        "portal",
        frozenset({Permission.USER_MANAGE, Permission.MEMBER_MANAGE, Permission.CLIENT_MANAGE}),
    ),
    Role(
        "auditor",
        _("auditor"),
        _("Reads the audit trail and changes nothing."),
        "portal",
        frozenset({Permission.TRAIL_READ}),
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _ALL}


def role_codes(holder: Holder) -> list[str]:
    """Codes of the roles that a membership of that kind may carry."""
    return [role.code for role in _ALL if role.holder == holder]


class Scope(StrEnum):
    """What a machine client may be allowed; each brings one permission."""

    CEB_SEND = "ceb:send"
    SUBMISSIONS_READ = "submissions:read"
    SUBMISSIONS_WRITE = "submissions:write"
    CHANGES_READ = "changes:read"
    INVENTORIES_READ = "inventories:read"
    EXPORTS_READ = "exports:read"
    FILINGS_READ = "filings:read"
    GOODS_WRITE = "goods:write"
    EXEMPTIONS_READ = "exemptions:read"
    PAYMENTS_SEND = "payments:send"
    PAYMENTS_READ = "payments:read"
    FOREX_WRITE = "forex:write"
    DECLARATIONS_QUERY = "declarations:query"
    FACTS_SEND = "facts:send"
    RECORDS_READ = "records:read"
    IDENTITIES_CHECK = "identities:check"

    @property
    def permission(self) -> Permission:
        """The permission this scope brings, also asked of people who use the API by session."""
        return SCOPE_PERMISSIONS[self]


SCOPE_PERMISSIONS: dict[Scope, Permission] = {
    Scope.CEB_SEND: Permission.CEB_SEND,
    Scope.SUBMISSIONS_READ: Permission.SUBMISSION_READ,
    Scope.SUBMISSIONS_WRITE: Permission.SUBMISSION_WRITE,
    Scope.CHANGES_READ: Permission.FEED_READ,
    Scope.INVENTORIES_READ: Permission.CEB_READ,
    Scope.EXPORTS_READ: Permission.CEB_READ,
    Scope.FILINGS_READ: Permission.FILING_READ,
    Scope.GOODS_WRITE: Permission.GOODS_FILE,
    Scope.EXEMPTIONS_READ: Permission.SUBMISSION_READ,
    Scope.PAYMENTS_SEND: Permission.PAYMENT_SEND,
    Scope.PAYMENTS_READ: Permission.FOREX_READ,
    Scope.FOREX_WRITE: Permission.FOREX_WRITE,
    Scope.DECLARATIONS_QUERY: Permission.DECLARATION_QUERY,
    Scope.FACTS_SEND: Permission.FACT_SEND,
    Scope.RECORDS_READ: Permission.RECORD_READ,
    Scope.IDENTITIES_CHECK: Permission.IDENTITY_CHECK,
}
# What a client of each kind may be given at all: an agency's system hands in no documents of companies.
_OF_AGENCIES = frozenset(
    {
        Scope.PAYMENTS_SEND,
        Scope.DECLARATIONS_QUERY,
        Scope.FACTS_SEND,
    }
)
_OF_COMPANIES = frozenset(
    {
        Scope.CEB_SEND,
        Scope.SUBMISSIONS_WRITE,
        Scope.GOODS_WRITE,
        Scope.FOREX_WRITE,
        Scope.IDENTITIES_CHECK,
    }
)
COMPANY_SCOPES = frozenset(Scope) - _OF_AGENCIES
AGENCY_SCOPES = frozenset(Scope) - _OF_COMPANIES
