"""The officials' desk of this room. No table is registered: a state is never edited, only verbs change it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from submissions import (
    admin_agencies,
    admin_board,
    admin_cases,
    admin_dispatches,
    admin_queue,
    admin_queue_views,
)
from submissions.admin_registry import LINE, DeskPage, register_page
from submissions.admin_verbs import VERBS, view_of

P = Permission

for page in (
    DeskPage(
        "queue",
        "queue/",
        admin_queue_views.queue,
        P.QUEUE_READ,
        _("Queue"),
        admin_queue.waiting_count,
        1,
        _("The agency's cases: find, take, decide, put back."),
    ),
    DeskPage(
        "board",
        "board/",
        admin_board.page,
        P.QUEUE_READ,
        _("Board"),
        rank=1,
        sentence=_("What came, what is open, what was decided in time, and how long it took."),
    ),
    DeskPage("board_csv", "board/csv/", admin_board.page_csv, P.QUEUE_READ),
    DeskPage("queue_take", "queue/take/", admin_queue_views.queue_take, P.QUEUE_WORK),
    DeskPage("queue_put_back", "queue/put-back/", admin_queue_views.queue_put_back, P.QUEUE_WORK),
    DeskPage("queue_reassign", "queue/reassign/", admin_queue_views.queue_reassign, P.QUEUE_SUPERVISE),
    DeskPage("case", "cases/<uuid:case_id>/", admin_cases.case, P.QUEUE_READ),
    *(
        DeskPage(
            verb.route_name,
            f"cases/<uuid:case_id>/{verb.code.replace('_', '-')}/",
            view_of(verb),
            verb.permission,
        )
        for verb in VERBS
    ),
    DeskPage(
        "dispatches",
        "dispatches/",
        admin_dispatches.dispatches,
        P.DISPATCH_SEND_AGAIN,
        _("Failed dispatches"),
        admin_dispatches.failing_count,
        2,
        _("What an agency did not take, why, and sending it again."),
        group=LINE,
    ),
    DeskPage("send_again", "dispatches/send-again/", admin_dispatches.send_again, P.DISPATCH_SEND_AGAIN),
    DeskPage("dispatch", "dispatches/<uuid:dispatch_id>/", admin_dispatches.dispatch, P.DISPATCH_SEND_AGAIN),
    DeskPage(
        "inbox",
        "inbox/",
        admin_dispatches.parked,
        P.DISPATCH_SEND_AGAIN,
        _("Parked messages"),
        admin_dispatches.parked_count,
        3,
        _("What an agency sent and nobody could read."),
        group=LINE,
    ),
    DeskPage("replay", "inbox/replay/", admin_dispatches.replay, P.DISPATCH_SEND_AGAIN),
    DeskPage(
        "agencies",
        "agencies/",
        admin_agencies.agencies,
        P.AGENCY_SWITCH,
        _("Agencies"),
        rank=5,
        sentence=_("Switch dispatch off and on, with a notice."),
        group=LINE,
    ),
    DeskPage("agency", "agencies/<slug:code>/", admin_agencies.agency, P.AGENCY_SWITCH),
    DeskPage(
        "agency_contact", "agencies/<slug:code>/contact/", admin_agencies.agency_contact, P.AGENCY_SWITCH
    ),
    DeskPage("agency_outage", "agencies/<slug:code>/outages/", admin_agencies.agency_outage, P.AGENCY_SWITCH),
):
    register_page(page)
