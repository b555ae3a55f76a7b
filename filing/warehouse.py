"""Overseas-warehouse filing: a service that is nothing but its definition.

It is voluntary: since 2024-12-15 the 9810 declaration needs no filing (GACC 2024-167, R2.07).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions.definitions.definition import (
    AgencyPart,
    Certificate,
    Facts,
    PaperSlot,
    Section,
    ServiceDefinition,
)
from submissions.definitions.fields import Field, Shape, Values
from submissions.models import Submission


def _facts(submission: Submission, values: Values) -> Facts:
    return [
        ("海外仓名称", "Warehouse", str(values.get("warehouse", ""))),
        ("所在城市", "City", str(values.get("city", ""))),
        ("仓储面积（平方米）", "Floor space (m²)", str(values.get("floor_space", ""))),
        ("备案编号", "Number", ", ".join(row.agency_number for row in submission.referrals.all())),
    ]


DEFINITION = ServiceDefinition(
    code="overseas-warehouse",
    name=_("Overseas-warehouse filing"),
    sentence=_("Enter an overseas warehouse in the pilot zone's voluntary register."),
    group=_("Registration and filing"),
    basis=(_("GACC announcement 2024-167: from 2024-12-15 declaring under 9810 needs no warehouse filing"),),
    who=_("Exporters and operators of overseas warehouses"),
    notes=(
        _("This filing is voluntary: since 2024-12-15 nobody needs it to declare under 9810."),
        _("The warehouse booking order is still sent with each 9810 declaration."),
    ),
    sections=(
        Section(
            "warehouse",
            _("The warehouse"),
            (
                Field("warehouse", _("Name of the warehouse"), most=120),
                Field("country", _("Country"), Shape.COUNTRY),
                Field("city", _("City"), most=80),
                Field("address", _("Address"), Shape.LONG_TEXT, most=400),
                Field("floor_space", _("Floor space"), Shape.DECIMAL, unit="m²", least_value=1, most_value=10**6),
                Field(
                    "tenure", _("Held as"), Shape.CHOICE,
                    choices=(("own", _("own")), ("rented", _("rented")), ("partner", _("of a partner"))),
                ),
                Field("public", _("Open to other firms"), Shape.YES_NO),
                Field("since", _("In use since"), Shape.DATE, not_after_today=True),
                Field("parcels", _("Parcels sent in a year"), Shape.INTEGER, least_value=0, most_value=10**9,
                      required=False),
            ),
        ),
    ),
    papers=(PaperSlot("tenure", _("Deed, lease or contract of the warehouse")),),
    agencies=(AgencyPart("commerce", _("enters the warehouse in its register"), 5),),
    certificate=Certificate(
        "海外仓备案证明（自愿备案）", "Certificate of overseas-warehouse filing (voluntary)", _facts
    ),
    title=lambda values: str(values.get("warehouse", "")),
)  # fmt: skip
