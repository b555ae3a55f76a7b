"""What the counter keeps: who wants notices by mail, the copies sent, and planned outages of agencies."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from submissions.models.core import Notice


class NoticeMail(models.Model):
    """A person wants copies of the notices by mail, in this language; no row: none."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="notice_mail")
    language = models.CharField(max_length=10)
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("notices by mail")
        verbose_name_plural = _("notices by mail")

    def __str__(self) -> str:
        return f"{self.user_id} {self.language}"


class MailCopy(models.Model):
    """One notice, one person; a copy whose worker died is sent again when its lease is over."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="copies")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    leased_until = models.DateTimeField(null=True)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("copy by mail")
        verbose_name_plural = _("copies by mail")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="mail_copy_once")]
        indexes = [models.Index(fields=["user"], name="mail_copy_todo", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.user_id}"


class Outage(models.Model):
    """A planned outage of an agency: told to applicants before and during it.

    With `pauses` dispatch is switched off for its time (`submissions/outages.py`); intake goes on all the same.
    """

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="outages", verbose_name=_("agency"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    words_zh = models.CharField(_("notice in Chinese"), max_length=500)
    words_en = models.CharField(_("notice in English"), max_length=500)
    pauses = models.BooleanField(_("dispatch is switched off"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    # When dispatch was switched off and on again by it.
    paused_at = models.DateTimeField(null=True, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("planned outage")
        verbose_name_plural = _("planned outages")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outage_ends_after_start")
        ]
        indexes = [models.Index(fields=["ends_at"], name="outage_to_come", condition=Q(cancelled_at=None))]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> str:
        """The notice in the reader's language."""
        return self.words_en if get_language() == "en" else self.words_zh


class AgencyContact(models.Model):
    """Where one asks an agency, and where one complains about it; on the guides of what goes to it."""

    agency = models.OneToOneField(Agency, models.CASCADE, primary_key=True, related_name="contact")
    telephone = models.CharField(_("telephone"), max_length=40)
    hours_zh = models.CharField(_("hours in Chinese"), max_length=100, blank=True)
    hours_en = models.CharField(_("hours in English"), max_length=100, blank=True)
    address_zh = models.CharField(_("address in Chinese"), max_length=200, blank=True)
    address_en = models.CharField(_("address in English"), max_length=200, blank=True)
    complaints = models.CharField(_("telephone for complaints"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("contact of an agency")
        verbose_name_plural = _("contacts of agencies")

    def __str__(self) -> str:
        return f"{self.agency_id} {self.telephone}"

    @property
    def hours(self) -> str:
        """In the reader's language."""
        return self.hours_en if get_language() == "en" else self.hours_zh

    @property
    def address(self) -> str:
        """In the reader's language."""
        return self.address_en if get_language() == "en" else self.address_zh
