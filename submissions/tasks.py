"""Ids in, service call out. A task lost or run twice does no harm: the database knows what is due."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from submissions import casework, inbox, mailing, outages
from submissions import dispatch as dispatching
from submissions import sweep as sweeping
from submissions.nudge import in_sets, send, taken, wake_waiting


@shared_task(name="submissions.tasks.dispatch")
def dispatch(dispatch_id: str | None = None) -> None:
    """Try the dispatches that wait in the mailbox, and this one."""
    ids = taken(dispatch, dispatch_id)
    dispatching.run_set([UUID(key) for key in dict.fromkeys(ids)])


in_sets(dispatch, dispatching.AT_ONCE)


@shared_task(name="submissions.tasks.process_inbox")
def process_inbox(inbox_id: str | None = None) -> None:
    """Read the messages of agencies that wait in the mailbox, and this one."""
    ids = taken(process_inbox, inbox_id)
    inbox.process_set([UUID(key) for key in dict.fromkeys(ids)])


in_sets(process_inbox, inbox.AT_ONCE)


@shared_task(name="submissions.tasks.sweep")
def sweep() -> None:
    """Wake workers for everything that is due, and give back what nobody works on; once a minute."""
    casework.return_expired()
    outages.follow()
    for dispatch_id in sweeping.due_dispatches():
        send(dispatch, str(dispatch_id))
    for inbox_id in sweeping.due_inbox():
        send(process_inbox, str(inbox_id))
    wake_waiting(dispatch)
    wake_waiting(process_inbox)
    sweeping.delete_old_keys()


@shared_task(name="submissions.tasks.mail_notices")
def mail_notices() -> None:
    """Note the copies by mail that are to be sent, and let workers send them; once a minute."""
    mailing.note_copies()
    for user_id in mailing.due():
        send(mail_to, user_id)


@shared_task(name="submissions.tasks.mail_to")
def mail_to(user_id: int) -> None:
    """Send one person what is due."""
    mailing.send_to(user_id)


@shared_task(name="submissions.tasks.purge_mail")
def purge_mail() -> None:
    """Forget old copies; once a day."""
    mailing.delete_old()
