"""Verbs about companies, members and agencies: refused with every problem, recorded when done."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Agency, Company, Membership
from accounts.services import (
    AgencyNotice,
    add_member,
    create_company,
    remove_member,
    renew_secret,
    revoke_client,
    set_company_roles,
    set_notice,
)
from reference.problems import Refused
from tests.accounts.factories import (
    TESTER,
    a_client,
    a_company,
    a_member,
    a_person,
    an_administrator,
    an_agency,
    an_official,
    membership_of,
    valid_uscc,
)
from trail.models import Entry

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_a_company_of_the_story():
    company = create_company(
        uscc="91120116DEM000014X", customs_code="120726DE01", name="示例", roles=["platform"], by=TESTER
    )
    assert company.codes == {"91120116DEM000014X", "120726DE01"}
    row = Entry.objects.get(action="company.created")
    assert row.object_id == str(company.pk)
    assert row.detail["roles"] == ["platform"]


def test_every_fault_of_a_company_is_listed():
    with pytest.raises(Refused) as refused:
        create_company(
            uscc="91120116DEM000014Y", customs_code="12", name=" ", roles=["platform", "pirate"], by=TESTER
        )
    assert codes(refused) == ["uscc.check", "customs_code.form", "company.name", "company.role"]
    assert not Company.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("place", [16, 17])
def test_both_checksums_count(place):
    good = valid_uscc(1)
    wrong = good[:place] + ("0" if good[place] != "0" else "1") + good[place + 1 :]
    with pytest.raises(Refused):
        create_company(uscc=wrong, name="示例", by=TESTER)


def test_letters_are_legal_in_the_first_two_places():
    first17 = "A1" + valid_uscc(1)[2:17]
    from reference.numbers import uscc_check_character

    assert create_company(uscc=first17 + uscc_check_character(first17), name="示例", by=TESTER).pk


def test_a_company_exists_once_by_either_code():
    company = a_company()
    with pytest.raises(Refused) as refused:
        create_company(uscc=company.uscc, customs_code=company.customs_code, name="again", by=TESTER)
    assert codes(refused) == ["company.uscc_taken", "company.customs_code_taken"]


def test_customs_roles_are_replaced_and_recorded():
    company = set_company_roles(a_company(roles=("platform",)), ["declarant"], by=TESTER)
    assert company.roles == ["declarant"]
    detail = Entry.objects.get(action="company.roles_changed").detail
    assert detail == {"before": ["platform"], "after": ["declarant"]}


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("officer", "company"),
        ("viewer", "agency"),
        ("auditor", "company"),
        ("viewer", ""),
        ("king", "company"),
    ],
)
def test_a_role_fits_what_it_is_held_in(role, where):
    company = a_company() if where == "company" else None
    agency = an_agency() if where == "agency" else None
    user = a_person()
    with pytest.raises(Refused) as refused:
        add_member(user, role, company=company, agency=agency, by=TESTER)
    assert codes(refused) == ["membership.role"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=role, company=company, agency=agency)


def test_a_membership_is_not_of_a_company_and_an_agency():
    company, agency, user = a_company(), an_agency(), a_person()
    with pytest.raises(Refused) as refused:
        add_member(user, "viewer", company=company, agency=agency, by=TESTER)
    assert codes(refused) == ["membership.both"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role="viewer", company=company, agency=agency)


def test_the_three_administrators_are_three_people():
    user = an_administrator("auditor")
    with pytest.raises(Refused) as refused:
        add_member(user, "system_admin", by=TESTER)
    assert codes(refused) == ["membership.administrators_apart"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role="system_admin")


def test_an_official_belongs_to_no_company_and_to_one_agency():
    company, customs, other = a_company(), an_agency(), an_agency("tax")
    official = an_official(customs)
    with pytest.raises(Refused) as refused:
        add_member(official, "viewer", company=company, by=TESTER)
    assert codes(refused) == ["membership.apart"]
    with pytest.raises(Refused) as refused:
        add_member(a_member(company), "officer", agency=customs, by=TESTER)
    assert codes(refused) == ["membership.apart"]
    with pytest.raises(Refused) as refused:
        add_member(official, "officer", agency=other, by=TESTER)
    assert codes(refused) == ["membership.one_agency"]
    with pytest.raises(Refused) as refused:
        add_member(an_administrator("auditor"), "officer", agency=customs, by=TESTER)
    assert codes(refused) == ["membership.one_agency"]
    assert add_member(official, "supervisor", agency=customs, by=TESTER).pk


def test_only_officials_enter_the_admin():
    assert an_official(an_agency()).is_staff
    assert not a_member(a_company()).is_staff
    official = an_official(an_agency())
    remove_member(membership_of(official), by=TESTER)
    official.refresh_from_db()
    assert not official.is_staff


def test_a_role_is_held_once():
    company = a_company()
    user = a_member(company)
    add_member(user, "declaring_user", company=company, by=TESTER)
    assert user.memberships.count() == 1
    assert Entry.objects.filter(action="membership.added").count() == 1


def test_an_agency_has_a_notice_in_both_languages():
    agency = set_notice(an_agency(), AgencyNotice("维护", "maintenance"), by=TESTER)
    assert (agency.notice_zh, agency.notice_en) == ("维护", "maintenance")
    assert Entry.objects.get(action="agency.notice").detail["notice_en"] == "maintenance"
    assert set_notice(agency, AgencyNotice(), by=TESTER).notice_zh == ""


def test_an_agency_that_is_switched_off_says_why():
    agency = an_agency()
    Agency.objects.update(is_open=False)
    with pytest.raises(Refused):
        set_notice(agency, AgencyNotice(zh="维护"), by=TESTER)
    assert Agency.objects.get(pk=agency.pk).notice_zh == ""


def test_a_revoked_client_gets_no_new_secret():
    client_id, _secret = a_client(a_company(), "ceb:send")
    revoke_client(client_id, by=TESTER)
    with pytest.raises(Refused):
        renew_secret(client_id, by=TESTER)
