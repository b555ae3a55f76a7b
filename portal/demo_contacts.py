"""Where one asks the agencies of the demonstration. The short numbers are the public hotlines; the rest is invented."""

from __future__ import annotations

from accounts.models import Agency
from submissions.models import AgencyContact

HOURS = ("工作日 9:00–17:00", "Working days 9:00–17:00")
ADDRESS = ("政务服务中心综试区窗口（演示）", "Pilot zone counter, government service centre (demonstration)")
GOVERNMENT = "12345"
# agency → telephone, complaints
CONTACTS = {
    "customs": ("12360", "12360"),
    "commerce": (GOVERNMENT, GOVERNMENT),
    "tax": ("12366", "12366"),
    "market": ("12315", GOVERNMENT),
    "bank": ("022-0000-0001", "022-0000-0002"),
    "bank2": ("022-0000-0003", "022-0000-0004"),
    "credit-china": (GOVERNMENT, GOVERNMENT),
}


def load() -> None:
    """Make what is missing; what is there stays as people have changed it."""
    known = dict(Agency.objects.filter(code__in=CONTACTS).values_list("code", "pk"))
    AgencyContact.objects.bulk_create(
        (
            AgencyContact(
                agency_id=known[code],
                telephone=telephone,
                complaints=complaints,
                hours_zh=HOURS[0],
                hours_en=HOURS[1],
                address_zh=ADDRESS[0],
                address_en=ADDRESS[1],
            )
            for code, (telephone, complaints) in CONTACTS.items()
            if code in known
        ),
        ignore_conflicts=True,
    )
