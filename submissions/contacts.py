"""Where one asks an agency and complains about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import Agency
from submissions.models import AgencyContact
from trail import services as trail
from trail.actors import Actor

FIELDS = ("telephone", "hours_zh", "hours_en", "address_zh", "address_en", "complaints")


def set_contact(agency: Agency, values: Mapping[str, str], *, by: Actor) -> AgencyContact:
    """What the guides say of the agency from now on (`FIELDS`). Permission: `agency.switch`."""
    kept = {name: values.get(name, "") for name in FIELDS}
    with transaction.atomic():
        row, _created = AgencyContact.objects.update_or_create(agency=agency, defaults=kept)
        trail.record("agency.contact", by=by, object_type="agency", object_id=agency.code, detail=kept)
    return row


def contacts_of(agency_ids: Iterable[int]) -> list[AgencyContact]:
    """In the order of the agencies' codes; one query."""
    rows = AgencyContact.objects.filter(agency__in=list(agency_ids)).select_related("agency")
    return list(rows.order_by("agency__code"))
