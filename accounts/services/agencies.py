"""Agencies and their notices."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Agency
from reference.problems import Problem, Refused
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def create_agency(code: str, *, name_zh: str, name_en: str, by: Actor, promised_days: int = 1) -> Agency:
    """A government office that referrals go to."""
    agency = Agency.objects.create(code=code, name_zh=name_zh, name_en=name_en, promised_days=promised_days)
    record("agency.created", by=by, object_type="agency", object_id=agency.code)
    return agency


@dataclass(frozen=True, slots=True)
class AgencyNotice:
    """What applicants read while an agency is switched off, or about its service."""

    zh: str = ""
    en: str = ""


@transaction.atomic
def set_notice(agency: Agency, notice: AgencyNotice, *, by: Actor) -> Agency:
    """What applicants read about an agency. The switch itself is `submissions.services.switch_agency`.

    While dispatch is switched off, both languages must say why.
    """
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if not agency.is_open and not (notice.zh and notice.en):
        message = gettext_noop("Say in both languages why dispatch is switched off.")
        raise Refused([Problem("agency.notice_missing", "/notice", message)])
    agency.notice_zh, agency.notice_en = notice.zh, notice.en
    agency.save(update_fields=["notice_zh", "notice_en"])
    detail = {"notice_zh": notice.zh, "notice_en": notice.en}
    record("agency.notice", by=by, object_type="agency", object_id=agency.code, detail=detail)
    return agency
