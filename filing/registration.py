"""What this room registers with the life of a submission."""

from __future__ import annotations


def register() -> None:
    """Called once by `apps.py`."""
    from filing import warehouse
    from filing.enterprise import definition as enterprise
    from filing.enterprise import records
    from filing.goods import registration as goods
    from submissions import registry
    from submissions.definitions.registration import register_service

    register_service(enterprise.DEFINITION)
    register_service(warehouse.DEFINITION)
    goods.register()
    registry.register_hook("referral.accept", records.accepted)
