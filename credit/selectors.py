"""Reads of integrity records: what was known when, what is public on a day, and how a company stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, Q, QuerySet, TextField, Value
from django.utils import timezone

from accounts.models import Company
from credit.formula import Score, formula_on, score
from credit.models import CustomsLevel, Fact, FactEvent
from credit.values import Event, Known, Recorded, known
from credit.window_rules import window_on
from credit.windows import Window, is_public
from reference.selectors import code_name

DISHONEST = ("dishonest", "seriously_dishonest")  # levels of Orders 251 and 282
SHORTEST = 2  # characters of a name one can search for


@dataclass(frozen=True, slots=True)
class Standing:
    """How a company stands on a day: customs' level as received, and the zone's own score. Two separate things."""

    customs_level: str
    level_since: date | None
    score: Decimal
    formula_version: str


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on a page."""

    fact: Fact
    known: Known
    window: Window | None
    is_public: bool
    on: date

    @property
    def repair_open(self) -> bool:
        """Whether its repair may be asked on that day."""
        over = self.known.is_withdrawn or self.known.repaired_on is not None or self.known.asks_repair
        return not over and self.window is not None and self.window.repair_open(self.on)

    @property
    def public_until(self) -> date | None:
        """The first day on which it stands in public no more; None where it never does, or was withdrawn.

        A repair that was granted before the period was over has ended it.
        """
        if self.window is None or not self.window.is_public or self.known.is_withdrawn:
            return None
        repaired = self.known.repaired_on
        return min(repaired, self.window.ends_on) if repaired else self.window.ends_on

    @property
    def may_object(self) -> bool:
        """Whether an objection may be lodged."""
        return not self.known.is_withdrawn and not self.known.is_disputed

    @property
    def state(self) -> str:
        """One word for it."""
        if self.known.is_withdrawn:
            return "withdrawn"
        if self.known.is_disputed:
            return "disputed"
        if self.known.repaired_on is not None and self.known.repaired_on <= self.on:
            return "repaired"
        return "public" if self.is_public else "not_public"


@dataclass(frozen=True, slots=True)
class Level:
    """Customs' level in words, with the rule it was given under."""

    row: CustomsLevel

    @property
    def name(self) -> str:
        """In the reader's language, as on its first day."""
        return code_name("customs_level", self.row.level, self.row.valid_from) or self.row.level


def known_of(company_ids: Iterable[int], at: datetime) -> dict[int, list[Known]]:
    """Company → its facts as they were known at a moment; two queries for all of them."""
    facts = list(
        Fact.objects.filter(company_id__in=list(company_ids), known_at__lte=at).order_by("ruled_on", "pk")
    )
    told = known(map(_recorded, facts), _events(facts, at), at)
    owner = {fact.pk: fact.company_id for fact in facts}
    found: defaultdict[int, list[Known]] = defaultdict(list)
    for one in told:
        found[owner[one.fact.id]].append(one)
    return found


def _recorded(fact: Fact) -> Recorded:
    return Recorded(fact.pk, fact.severity, fact.ruled_on, fact.known_at, fact.made_public)  # type: ignore[arg-type]


def _events(facts: Sequence[Fact], at: datetime) -> list[Event]:
    rows = FactEvent.objects.filter(fact__in=[fact.pk for fact in facts], known_at__lte=at)
    values = rows.values_list("fact_id", "verb", "on", "known_at", "submission_id")
    return [Event(*row) for row in values]  # type: ignore[arg-type]  # the column holds no other verb


def score_of(company: Company, as_of: date, known_at: datetime | None = None) -> Score:
    """The zone's score of a day, from what was known at `known_at` (now when not given)."""
    told = known_of([company.pk], known_at or timezone.now())[company.pk]
    return score(told, as_of, formula_on(as_of))


def rows_of(company: Company, on: date, known_at: datetime | None = None) -> list[Row]:
    """Every fact of a company with its period, the newest ruling first."""
    told = known_of([company.pk], known_at or timezone.now())[company.pk]
    facts = Fact.objects.select_related("agency").in_bulk([one.fact.id for one in told])
    made = [_row(facts[one.fact.id], one, on) for one in told]
    return sorted(made, key=lambda row: (row.fact.ruled_on, row.fact.pk), reverse=True)


def _row(fact: Fact, one: Known, on: date) -> Row:
    its = window_on(fact.severity, fact.ruled_on, on, made_public=fact.made_public)
    return Row(fact, one, its, is_public(one, its, on), on)


def public_rows(company: Company, on: date) -> list[Row]:
    """What anybody may read of a company on a day."""
    return [row for row in rows_of(company, on) if row.is_public]


def levels_of(company: Company) -> list[Level]:
    """Every level received, the newest first."""
    return [
        Level(row)
        for row in CustomsLevel.objects.filter(company=company).order_by("-valid_from", "-known_at")
    ]


def level_on(company: Company, on: date, known_at: datetime | None = None) -> Level | None:
    """The level in force on a day as far as it was known."""
    return _levels([company.pk], on, known_at or timezone.now()).get(company.pk)


def _levels(company_ids: Iterable[int], on: date, at: datetime) -> dict[int, Level]:
    rows = CustomsLevel.objects.filter(company_id__in=list(company_ids), valid_from__lte=on, known_at__lte=at)
    latest = rows.order_by("company_id", "-valid_from", "-known_at").distinct("company_id")
    return {row.company_id: Level(row) for row in latest}


def standings(company_ids: Iterable[int], on: date) -> Mapping[int, Standing]:
    """How these companies stand on a day; three queries for all of them."""
    ids, now = list(company_ids), timezone.now()
    facts, levels, formula = known_of(ids, now), _levels(ids, on, now), formula_on(on)
    found = {}
    for key in ids:
        level = levels.get(key)
        value = score(facts.get(key, []), on, formula).value
        found[key] = Standing(
            level.row.level if level else "", level.row.valid_from if level else None, value, formula.version
        )
    return found


def standing(company: Company, on: date) -> Standing:
    """How one company stands on a day."""
    return standings([company.pk], on)[company.pk]


def to_look_at(on: date) -> list[int]:
    """Companies whose cases come first: a serious record that stands and is neither withdrawn nor repaired, or a
    level of customs that says dishonest.
    """
    now = timezone.now()
    serious = Fact.objects.filter(severity="serious").exclude(events__verb__in=["withdraw", "repair"])
    ids = set(serious.values_list("company_id", flat=True))
    rated = set(CustomsLevel.objects.values_list("company_id", flat=True))
    bad = {key for key, level in _levels(rated, on, now).items() if level.row.level in DISHONEST}
    return sorted(ids | bad)


# --- public search ----------------------------------------------------------------------------------------


def grams(*texts: F | Value) -> Func:
    """The pairs of neighbouring characters of a name: the index over companies is made of the same expression."""
    return Func(*texts, function="credit_grams", output_field=ArrayField(TextField()))


def companies_named(text: str) -> QuerySet[Company]:
    """Companies with that code, or with that fragment in a name; none for fewer than two characters."""
    asked = " ".join(text.split())
    if len(asked) < SHORTEST or "\0" in asked:
        return Company.objects.none()
    by_code = Company.objects.filter(Q(uscc=asked.upper()) | Q(customs_code=asked.upper()))
    if by_code.exists():
        return by_code
    empty = Value("", output_field=CharField())
    pairs = grams(Value(asked, output_field=CharField()), empty)
    rows = Company.objects.annotate(pairs=grams(F("name"), F("name_en"))).filter(pairs__contains=pairs)
    # The pairs may stand apart from each other in a name: the fragment itself decides.
    return rows.filter(Q(name__icontains=asked) | Q(name_en__icontains=asked)).order_by("name", "pk")


def fact_of(company: Company, fact_id: UUID, on: date) -> Row | None:
    """One fact of a company; None for any other."""
    return next((row for row in rows_of(company, on) if row.fact.pk == fact_id), None)
