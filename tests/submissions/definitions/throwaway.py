"""A definition that is nobody's service: every shape once, two agencies that see different things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts.models import Agency
from reference.problems import Problem
from submissions import registry
from submissions.definitions import definition as kept
from submissions.definitions.definition import AgencyPart, Certificate, PaperSlot, Section, ServiceDefinition
from submissions.definitions.fields import Field, Shape
from submissions.definitions.registration import register_service
from submissions.models import Submission


def in_order(values: Any) -> list[Problem]:
    """A rule between two fields."""
    if values.get("count", 0) > 5 and values.get("agreed") is False:
        return [Problem("test.many", "/agreed", "So many must be agreed.")]
    return []


def not_odd(value: Any, values: Any) -> list[Problem]:
    """A rule of one field."""
    return [Problem("test.odd", "/count", "Not odd.")] if value % 2 else []


FIELDS = (
    Field("text", "Text", most=10),
    Field("long", "Long text", Shape.LONG_TEXT, most=50, required=False),
    Field("choice", "Choice", Shape.CHOICE, choices=(("a", "Word A"), ("b", "Word B"))),
    Field("choices", "Choices", Shape.CHOICES, choices=(("x", "Word X"), ("y", "Word Y"), ("z", "Word Z"))),
    Field("day", "Day", Shape.DATE, not_after_today=True),
    Field("money", "Money", Shape.MONEY, least_value=0, most_value=1000, visible_to=("tax",)),
    Field("decimal", "Decimal", Shape.DECIMAL, places=3, required=False),
    Field("count", "Count", Shape.INTEGER, least_value=0, check=not_odd),
    Field("agreed", "Agreed", Shape.YES_NO),
    Field("country", "Country", Shape.COUNTRY),
    Field("currency", "Currency", Shape.CURRENCY, required=False),
    Field("unit", "Unit", Shape.UNIT, required=False),
    Field("uscc", "USCC", Shape.USCC, prefill=lambda company: company.uscc),
    Field("email", "E-mail", Shape.EMAIL, required=False, personal=True),
    Field("phone", "Phone", Shape.PHONE, visible_to=("customs",), personal=True),
    Field("code", "Code", required=False, pattern=r"[0-9]{4}", pattern_help="Four digits."),
)
DEFINITION = ServiceDefinition(
    code="throw-away",
    name="Throw-away service",
    sentence="Nobody's.",
    group="Tests",
    basis=("A law",),
    who="Anybody",
    sections=(Section("one", "First", FIELDS[:8]), Section("two", "Second", FIELDS[8:])),
    papers=(
        PaperSlot("deed", "Deed", most_bytes=2000),
        PaperSlot("photo", "Photo", required=False, types=("image/png",), visible_to=("tax",)),
    ),
    agencies=(AgencyPart("customs", "looks", 2, 20, "A decree"), AgencyPart("tax", "counts", 3)),
    certificate=Certificate(
        "作废证明", "Certificate of nothing", lambda submission, values: [("文字", "Text", values["text"])]
    ),
    check=in_order,
    title=lambda values: str(values.get("text", "")),
)
ANSWERS: dict[str, Any] = {
    "text": "A firm",
    "choice": "a",
    "choices": ["z", "x"],
    "day": "2026-01-31",
    "money": "12.5",
    "count": "4",
    "agreed": "yes",
    "country": "502",
    "uscc": "91110000600037341L",
    "phone": "120 0000 0001",
}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"


@contextmanager
def registered() -> Iterator[ServiceDefinition]:
    """The service, for the time of a test; with its agencies."""
    stores: list[dict[Any, Any]] = [registry._kinds, kept._definitions]
    before = [dict(store) for store in stores]
    register_service(DEFINITION)
    for code in DEFINITION.agency_codes:
        Agency.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code.title()})
    yield DEFINITION
    for store, old in zip(stores, before, strict=True):
        store.clear()
        store.update(old)


def referral_of(submission: Submission, agency: str) -> Any:
    return submission.referrals.get(agency__code=agency)
