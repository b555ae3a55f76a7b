"""Copies of notices by mail, for who wants them: one mail a person and round, naming numbers and pages alone.

A mail leaves the house unsealed: it says that there is news, of which submission, and where to read it after
logging in; never what an agency wrote. A copy is noted before it is sent and marked after; a worker that dies
in between leaves a lease, and the person may then get it twice, never not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from accounts.permissions import ROLES, Permission
from submissions.models import MailCopy, NoticeMail
from trail import services as trail
from trail.actors import Actor

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
KEEP = timedelta(days=30)
MOST_TRIES = 10
SHOWN = 20  # notices named in one mail
PEOPLE_AT_ONCE = 500

# Who belongs to the company in a role that reads notices, and wanted copies before the notice came.
NEW_COPIES = """
INSERT INTO submissions_mailcopy (notice_id, user_id, attempts_made)
SELECT DISTINCT n.id, m.user_id, 0
FROM submissions_notice n
JOIN accounts_membership m ON m.company_id = n.company_id AND m.role = ANY(%(roles)s)
JOIN submissions_noticemail w ON w.user_id = m.user_id AND w.since <= n.created_at
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
WHERE n.created_at > %(since)s AND n.read_at IS NULL
ON CONFLICT DO NOTHING
"""


def want(user: User, language: str, *, by: Actor) -> None:
    """From now on copies go to that person, in that language. Permission: `notice.read`."""
    with transaction.atomic():
        NoticeMail.objects.update_or_create(user=user, defaults={"language": language, "since": Now()})
        trail.record("notice.mail_on", by=by, object_type="user", object_id=str(user.pk))


def want_no_more(user: User, *, by: Actor) -> None:
    """No copies any more, those not sent yet included. Permission: `notice.read`."""
    with transaction.atomic():
        if NoticeMail.objects.filter(user=user).delete()[0]:
            MailCopy.objects.filter(user=user, sent_at=None).delete()
            trail.record("notice.mail_off", by=by, object_type="user", object_id=str(user.pk))


def note_copies() -> int:
    """Note which copies are to be sent of what came in the last day; how many are new."""
    roles = [code for code, role in ROLES.items() if Permission.NOTICE_READ in role.permissions]
    with connection.cursor() as cursor:
        cursor.execute(NEW_COPIES, {"roles": roles, "since": timezone.now() - timedelta(days=1)})
        return cursor.rowcount


def due() -> list[int]:
    """Ids of people to whom copies are to be sent."""
    rows = MailCopy.objects.filter(_to_send()).values_list("user", flat=True).order_by("user")
    return list(rows.distinct()[:PEOPLE_AT_ONCE])


def _to_send() -> Q:
    free = Q(leased_until=None) | Q(leased_until__lte=timezone.now())
    return free & Q(sent_at=None, attempts_made__lt=MOST_TRIES)


def send_to(user_id: int) -> int:
    """One mail with everything that is due for this person; the number of copies in it.

    No mail is sent inside a transaction. What the server refuses is tried again when the lease is over.
    """
    copies = _claim(user_id)
    wish = NoticeMail.objects.select_related("user").filter(user=user_id).first()
    if not copies or wish is None:
        return 0
    with override(wish.language):
        mail = _mail(wish.user, copies)
    try:
        mail.send()
    except (OSError, SMTPException):
        log.warning("a mail with copies of notices could not be sent; it is tried again", exc_info=True)
        return 0
    MailCopy.objects.filter(pk__in=[one.pk for one in copies]).update(sent_at=Now(), leased_until=None)
    return len(copies)


def _claim(user_id: int) -> list[MailCopy]:
    with transaction.atomic():
        rows = MailCopy.objects.filter(_to_send(), user=user_id).select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True))
        MailCopy.objects.filter(pk__in=ids).update(
            leased_until=timezone.now() + LEASE, attempts_made=F("attempts_made") + 1
        )
    copies = MailCopy.objects.filter(pk__in=ids).select_related("notice__submission").order_by("notice")
    return list(copies)


def _mail(user: User, copies: Sequence[MailCopy]) -> EmailMessage:
    count = len(copies)
    subject = ngettext("{count} new notice", "{count} new notices", count).format(count=count)
    lines = [_line(copy) for copy in copies[:SHOWN]]
    if count > SHOWN:
        lines.append("…")
    body = "\n".join(
        [
            _("There is news for your company in the single window. Log in to read it:"),
            "",
            *lines,
            "",
            _("All notices: {url}").format(url=_absolute(reverse("notices"))),
            _("You get this mail because you asked for copies; you can end it on that page."),
        ]
    )
    return EmailMessage(
        "{}: {}".format(_("Single window"), subject), body, settings.DEFAULT_FROM_EMAIL, [user.email]
    )


def _line(copy: MailCopy) -> str:
    submission = copy.notice.submission
    what = submission.reference if submission is not None and submission.reference else _("notice")
    return f"- {what}: {_absolute(reverse('notice', args=[copy.notice_id]))}"


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def delete_old() -> int:
    """Forget what was sent long ago, and what could not be sent so often that it is old news."""
    past = timezone.now() - KEEP
    return MailCopy.objects.filter(Q(sent_at__lt=past) | Q(notice__created_at__lt=past)).delete()[0]
