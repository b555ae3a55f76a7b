"""Records that the portal notes itself from what happens at a desk: each by its rule, dated data beside its kind.

A report, a return, a refusal is no record by itself. `credit/data/fact_types.toml` says which event is one, from
which day on, of which class, and in which words.
"""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Company
from credit import services
from credit.types import FactType, Rule, types_on
from submissions.observations import Observation


def fits(rule: Rule, one: Observation) -> bool:
    """Whether this occurrence is one of those that the rule notes."""
    said = not rule.codes or one.code in rule.codes
    return one.event == rule.event and said and one.after >= timedelta(hours=rule.grace_hours)


def noted_by(one: Observation) -> list[FactType]:
    """The kinds of fact whose rule of that day notes it."""
    return [kind for kind in types_on(one.on).values() if kind.rule is not None and fits(kind.rule, one)]


def listen(one: Observation) -> None:
    """The listener: a fact for each rule that notes it; the same occurrence again is the same fact."""
    for kind in noted_by(one):
        rule = kind.rule
        company = Company.objects.filter(pk=one.company_id).first()
        if rule is None or company is None:
            continue
        params = {"number": one.number, "code": one.code, **one.params}
        services.observe(
            kind.code,
            company=company,
            key=one.key,
            number=one.number,
            on=one.on,
            words=(rule.words_zh.format(**params), rule.words_en.format(**params)),
            by=one.by,
            subject=(rule.subject, one.number) if rule.subject else ("", ""),
        )
