"""What goods filing registers with the life of a submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from filing.goods import services
from filing.goods.services import KIND
from reference.problems import Problem
from submissions import guides, papers, registry
from submissions.guides import Guide, Step
from submissions.models import Paper, Submission, SubmissionState
from submissions.panels import Panel, register_panel
from submissions.papers import fact

if TYPE_CHECKING:
    from accounts.principals import Principal

MOST_LISTED = 200  # goods on the acknowledgement; the digest covers all

GUIDE = Guide(
    basis=(
        _("Tianjin plan for the pilot zone, 2018 No. 1: registration and filing on one platform"),
        _("Customs' message specification for cross-border e-commerce, edition 202205"),
    ),
    who=_("E-commerce firms, domestic agents and producers, for the goods they sell, or an agent by mandate"),
    papers=(_("The goods, one by one in a form, or as Excel or CSV in the form of the template"),),
    steps=(
        Step(_("portal"), _("gives a number at once and checks every row against customs' code tables")),
        Step(_("portal"), _("files the rows that are in order and says of every other cell what is wrong")),
    ),
    promised=_("Within a minute; long files within minutes"),
    fee=_("Free of charge"),
    group=_("Registration and filing"),
)


def register() -> None:
    """Called once by the room's `registration.py`."""
    registry.register_kind(
        registry.Kind(
            code=KIND,
            name=_("Goods filing"),
            sentence=_(
                "File the goods you sell once, singly or by Excel; declarations then know them by item number."
            ),
            start_url="goods_upload",
            mandate_service=KIND,
            joint_state=services.joint_states,
            summary=_summary,
        )
    )
    guides.register_guide(KIND, GUIDE)
    register_panel(KIND, _panel)
    papers.register(
        Paper.Kind.ACKNOWLEDGEMENT,
        "",
        papers.acknowledgement(_acknowledgement, _not_submitted),
        service=KIND,
    )


def _summary(submission: Submission) -> registry.Summary:
    return registry.Summary(submission.title, reverse("submission", args=[submission.reference]))


def _panel(submission: Submission, principal: Principal) -> Panel:
    near = principal.agency is None
    return Panel("filing/goods/_panel.html", {"batch": submission.goods_batch, "near": near})


# --- acknowledgement --------------------------------------------------------------------------------------


def _acknowledgement(submission: Submission, object_id: str) -> Mapping[str, Any]:
    batch = submission.goods_batch
    rows = submission.goods.order_by("pk")[:MOST_LISTED]
    return {
        "service_zh": "商品备案",
        "service_en": "Goods filing",
        "facts": [
            fact("文件", "File", batch.file_name or "–"),
            fact("行数", "Rows", batch.row_count),
            fact("新备案", "Newly filed", batch.filed_count),
            fact("变更", "Amended", batch.amended_count),
            fact("无变化", "Unchanged", batch.unchanged_count),
            fact("未接受", "Not accepted", batch.faulty_count),
        ],
        "columns": [
            {"zh": "商品货号", "en": "Item number"},
            {"zh": "版本", "en": "Version"},
            {"zh": "商品编码", "en": "HS code"},
            {"zh": "商品名称", "en": "Name"},
        ],
        "documents": [[row.item_no, row.version, row.hs10, row.name_zh] for row in rows],
    }


def _not_submitted(submission: Submission, object_id: str) -> list[Problem]:
    if submission.state == SubmissionState.IN_PROGRESS:
        return [Problem("paper.being_checked", "/", gettext_noop("The rows are still being checked."))]
    return []
