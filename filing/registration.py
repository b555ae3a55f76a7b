"""What this room registers with the life of a submission."""

from __future__ import annotations


def register() -> None:
    """Called once by `apps.py`."""
    from filing import overview, warehouse, workbench
    from filing.enterprise import definition as enterprise
    from filing.enterprise import records
    from filing.goods import registration as goods
    from submissions import registry
    from submissions.definitions.registration import register_service
    from submissions.http_gateway import HttpGateway

    register_service(enterprise.DEFINITION)
    register_service(warehouse.DEFINITION)
    goods.register()
    # Customs' registration office is another door than the E-port's.
    for what, path in (("payload", "/customs/cases"), ("information", "/customs/information")):
        registry.register_gateway(
            enterprise.CUSTOMS, what, HttpGateway(enterprise.CUSTOMS, path), kind_code=enterprise.CODE
        )
    registry.register_hook("referral.accept", records.accepted)
    for counter in workbench.counters():
        registry.register_counter(counter)
    for figure in overview.figures():
        registry.register_figure(figure)
    for duty in overview.duties():
        registry.register_duty(duty)
