"""What notices are about: the headings of the directory, found by the submission's service or the notice's code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Company
from submissions import registry
from submissions.guides import guide
from submissions.models import Notice
from submissions.registry import Text

# Notices that are of no submission, by the beginning of their code: the service under whose heading they stand.
STAND_UNDER = {"forex.": "bop-declaration", "exemption.": "exemption-declaration", "credit.": "credit-repair"}


@dataclass(frozen=True, slots=True)
class Topic:
    """One heading. `code` is its English name as in an address."""

    code: str
    label: Text
    kinds: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    @property
    def condition(self) -> Q:
        """Its notices."""
        alone = [Q(submission=None, code__startswith=prefix) for prefix in self.prefixes]
        return reduce(or_, alone, Q(submission__kind__in=self.kinds))


def topics() -> list[Topic]:
    """All headings in the order of the directory; identities come last."""
    found: dict[str, Topic] = {}
    for kind in registry.kinds():
        about = guide(kind.code)
        if about is None or not about.group:
            continue
        with override("en"):
            code = slugify(str(about.group))
        before = found.get(code) or Topic(code, about.group)
        more = tuple(prefix for prefix, under in STAND_UNDER.items() if under == kind.code)
        found[code] = Topic(code, about.group, (*before.kinds, kind.code), (*before.prefixes, *more))
    return [*found.values(), Topic("identities", _("Identities"), prefixes=("identity.",))]


def topic(code: str) -> Topic | None:
    """The heading of that code."""
    return next((one for one in topics() if one.code == code), None)


def counted(company: Company) -> Iterator[tuple[Topic, int, int]]:
    """Headings that a company has notices of: how many, and how many unread; one query."""
    asked = topics()
    counts = {f"all_{i}": Count("pk", filter=one.condition) for i, one in enumerate(asked)}
    counts |= {f"new_{i}": Count("pk", filter=one.condition & Q(read_at=None)) for i, one in enumerate(asked)}
    found = Notice.objects.filter(company=company).aggregate(**counts)
    for i, one in enumerate(asked):
        if found[f"all_{i}"]:
            yield one, found[f"all_{i}"], found[f"new_{i}"]
