"""What the clock does in this room."""

from __future__ import annotations

from celery import shared_task

from tax import services


@shared_task(ignore_result=True)
def close_months() -> int:
    """Close the months whose filing day has passed; how many. Once an hour: the day turns in the portal's time zone."""
    return services.close_due()
