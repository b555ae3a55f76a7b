"""Numbers for the people who run the portal, read from the database when they are asked for.

Gauges of what stands where, so that every web process tells the same, whichever is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from customs.models import CebMessage, Inventory
from submissions.models import Dispatch, InboxMessage, Referral, Submission


class PortalCollector(Collector):
    """Queue sizes, their age, and counts by state."""

    def collect(self) -> Iterable[Metric]:
        """One grouped query a table."""
        yield self._states("portal_submissions", "Submissions by state.", Submission)
        yield self._states("portal_referrals", "Referrals by state.", Referral)
        yield self._states("portal_inventory_lists", "Inventory lists by state.", Inventory)
        yield self._states("portal_inbox_messages", "Messages from agencies by state.", InboxMessage)
        yield self._dispatches()
        yield self._oldest()
        yield GaugeMetricFamily(
            "portal_messages_to_load",
            "Customs messages received whose documents are not loaded yet.",
            value=CebMessage.objects.filter(loaded_at__isnull=True).count(),
        )

    def _states(self, name: str, text: str, model: type) -> Metric:
        family = GaugeMetricFamily(name, text, labels=["state"])
        for state, count in model.objects.order_by().values_list("state").annotate(Count("pk")):  # type: ignore[attr-defined]
            family.add_metric([state], count)
        return family

    def _dispatches(self) -> Metric:
        family = GaugeMetricFamily(
            "portal_dispatches",
            "Dispatches by agency, state and failure.",
            labels=["agency", "state", "failure"],
        )
        rows = Dispatch.objects.order_by().values_list("referral__agency__code", "state", "failure")
        for agency, state, failure, count in rows.annotate(Count("pk")):
            family.add_metric([agency, state, failure], count)
        return family

    def _oldest(self) -> Metric:
        family = GaugeMetricFamily(
            "portal_dispatch_overdue_seconds",
            "How long the oldest due dispatch has waited.",
            labels=["agency"],
        )
        due = Dispatch.objects.filter(Q(state="queued"), due_at__lte=timezone.now()).order_by()
        for agency, since in due.values_list("referral__agency__code").annotate(Min("due_at")):
            family.add_metric([agency], (timezone.now() - since).total_seconds())
        return family


def page() -> bytes:
    """The answer to a scrape."""
    registry = CollectorRegistry()
    registry.register(PortalCollector())
    return generate_latest(registry)
