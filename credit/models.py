"""Tables of integrity records. Facts, what happened to them, levels and looks are only ever added to.

The database refuses to change or delete them, whoever asks: a fact that was wrong is withdrawn and recorded anew.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Company, User
from credit.types import type_name
from reference.keys import uuid7
from submissions.models import Submission


class Severity(models.TextChoices):
    """Class of a dishonesty record (R6.04)."""

    MINOR = "minor", _("minor")
    GENERAL = "general", _("general")
    SERIOUS = "serious", _("serious")


class Fact(models.Model):
    """One integrity record: what was found, by whom, on which document. Added by `services.record_fact`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="facts", verbose_name=_("company"))
    type = models.CharField(_("kind of fact"), max_length=40)
    severity = models.CharField(_("class"), max_length=10, choices=Severity)
    ruled_on = models.DateField(_("date of the ruling"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="facts", verbose_name=_("source agency"))
    # The agency's own number of the record: the same number twice is the same record.
    record_no = models.CharField(_("record number"), max_length=64)
    document_no = models.CharField(_("number of the document"), max_length=100)
    words_zh = models.TextField(_("what happened, in Chinese"))
    words_en = models.TextField(_("what happened, in English"), blank=True)
    # Goods or service it is about, by code: the desks that keep them stand above this room.
    subject_kind = models.CharField(_("concerns"), max_length=20, blank=True)
    subject_code = models.CharField(_("code"), max_length=64, blank=True)
    basis_zh = models.CharField(_("basis in Chinese"), max_length=300)
    basis_en = models.CharField(_("basis in English"), max_length=300, blank=True)
    evidence_sha256 = models.CharField(_("digest of the evidence"), max_length=64, blank=True)
    made_public = models.BooleanField(_("published although minor"), default=False)
    observed = models.BooleanField(_("noted by the portal"), default=False)
    # What the agency sent, as a digest: a repeat is known by it.
    body_sha256 = models.CharField(max_length=64)
    known_at = models.DateTimeField(_("recorded"))
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.CharField(_("recorded by"), max_length=200)

    class Meta:
        verbose_name = _("integrity record")
        verbose_name_plural = _("integrity records")
        constraints = [
            models.UniqueConstraint(fields=["agency", "record_no"], name="credit_fact_once"),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_code="") | ~Q(subject_kind="") & ~Q(subject_code=""),
                name="credit_fact_subject_both",
            ),
        ]
        indexes = [models.Index(fields=["company", "-ruled_on"], name="credit_fact_company")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.record_no}"

    @property
    def words(self) -> str:
        """What happened, in the reader's language where it was given in it."""
        return self.words_en if get_language() == "en" and self.words_en else self.words_zh

    @property
    def basis(self) -> str:
        """Its basis, in the reader's language where it was given in it."""
        return self.basis_en if get_language() == "en" and self.basis_en else self.basis_zh

    @property
    def type_name(self) -> str:
        """Name of its kind as on the day of the ruling."""
        return type_name(self.type, self.ruled_on)


class FactEvent(models.Model):
    """What happened to a fact afterwards (`values.EventVerb`): never edited either."""

    class Verb(models.TextChoices):
        """Objection, repair and withdrawal."""

        OBJECT = "object", _("objection lodged")
        REJECT_OBJECTION = "reject_objection", _("objection not upheld")
        DROP_OBJECTION = "drop_objection", _("objection taken back")
        ASK_REPAIR = "ask_repair", _("repair asked")
        REFUSE_REPAIR = "refuse_repair", _("repair refused")
        DROP_REPAIR = "drop_repair", _("request for repair taken back")
        REPAIR = "repair", _("repaired: publication ended")
        WITHDRAW = "withdraw", _("withdrawn: the record was wrong")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="events")
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    on = models.DateField(_("counts from"))
    known_at = models.DateTimeField(_("known here"))
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="+")
    why = models.TextField(_("why"), blank=True)
    actor_label = models.CharField(_("who"), max_length=200)

    class Meta:
        verbose_name = _("event of a record")
        verbose_name_plural = _("events of records")
        ordering = ["known_at", "id"]
        constraints = [
            # Two officials at once: one of them finds that it was done.
            models.UniqueConstraint(
                fields=["fact", "verb"],
                condition=Q(verb__in=["repair", "withdraw"]),
                name="credit_event_final_once",
            ),
            models.UniqueConstraint(
                fields=["fact", "verb", "submission"],
                condition=Q(submission__isnull=False),
                name="credit_event_case_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.verb} {self.on}"


class WithdrawalState(models.TextChoices):
    """Second approval of a withdrawal."""

    PROPOSED = "proposed", _("waiting for a second official")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")


class Withdrawal(models.Model):
    """A proposal to withdraw a fact; another official of the same agency decides. States: `lifecycle.py`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="withdrawals")
    state = models.CharField(_("state"), max_length=10, choices=WithdrawalState, editable=False)
    why = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"), db_default=Now(), editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    class Meta:
        verbose_name = _("proposal to withdraw")
        verbose_name_plural = _("proposals to withdraw")
        constraints = [
            models.UniqueConstraint(
                fields=["fact"], condition=Q(state="proposed"), name="credit_withdrawal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="credit_withdrawal_decided_both",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="credit_withdrawal_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.state}"


class CustomsLevel(models.Model):
    """A credit level as customs gave it. Received and dated, never computed here (R6.01, R13.11)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="customs_levels", verbose_name=_("company")
    )
    level = models.CharField(_("customs credit level"), max_length=20)
    rule = models.CharField(_("given under"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    document_no = models.CharField(_("number of the document"), max_length=100)
    known_at = models.DateTimeField(_("received"))
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.CharField(_("recorded by"), max_length=200)

    class Meta:
        verbose_name = _("customs credit level")
        verbose_name_plural = _("customs credit levels")
        constraints = [
            models.UniqueConstraint(fields=["company", "document_no"], name="credit_level_once"),
        ]
        indexes = [models.Index(fields=["company", "-valid_from"], name="credit_level_company")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.level} {self.valid_from}"


class Look(models.Model):
    """An official's or an agency's look at the whole record of a company, with the reason given (R6.06)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="looks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(_("who"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("look at a record")
        verbose_name_plural = _("looks at records")
        indexes = [models.Index(fields=["company", "-at"], name="credit_look_company")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.company_id} {self.at}"
