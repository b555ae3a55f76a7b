"""Verbs about people, companies, agencies and clients. Each is one transaction with its trail row."""

from accounts.services.agencies import AgencyNotice, create_agency, set_notice
from accounts.services.clients import create_client, renew_secret, revoke_client, set_client_scopes
from accounts.services.companies import create_company, enter_registration, set_company_roles
from accounts.services.mandates import give_mandate, revoke_mandate
from accounts.services.members import add_member, remove_member
from accounts.services.people import reset_second_factor, set_active

__all__ = [
    "AgencyNotice",
    "add_member",
    "create_agency",
    "create_client",
    "create_company",
    "enter_registration",
    "give_mandate",
    "remove_member",
    "renew_secret",
    "reset_second_factor",
    "revoke_client",
    "revoke_mandate",
    "set_active",
    "set_client_scopes",
    "set_company_roles",
    "set_notice",
]
