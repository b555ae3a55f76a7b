"""Agencies and their switches."""

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
def switch_agency(agency: Agency, open: bool, notice: AgencyNotice | str, by: Actor) -> Agency:
    """Switch dispatch to an agency on or off, with its notice. A plain string is shown in both languages.

    Intake goes on either way; what waits is sent when the switch is on again.
    """
    words = notice if isinstance(notice, AgencyNotice) else AgencyNotice(notice, notice)
    if not open and not (words.zh and words.en):
        message = gettext_noop("Say in both languages why dispatch is switched off.")
        raise Refused([Problem("agency.notice_missing", "/notice", message)])
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    detail = {"before": agency.is_open, "after": open, "notice_zh": words.zh, "notice_en": words.en}
    agency.is_open = open
    agency.notice_zh, agency.notice_en = words.zh, words.en
    agency.stopped_because = "" if open else "switched off by hand"
    agency.save(update_fields=["is_open", "notice_zh", "notice_en", "stopped_because"])
    record("agency.switched", by=by, object_type="agency", object_id=agency.code, detail=detail)
    return agency
