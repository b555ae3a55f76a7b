"""Tables of the life of a submission. States are written by `lifecycle.py` alone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Company, User
from reference.keys import uuid7


class SubmissionState(models.TextChoices):
    """Where a submission stands; the joint state of its referrals once it is submitted."""

    DRAFT = "draft", _("draft")
    IN_PROGRESS = "in_progress", _("in progress")
    ACTION_NEEDED = "action_needed", _("action needed")
    ACCEPTED = "accepted", _("accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("partly accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Submission(models.Model):
    """One application: one message of documents, one form, one number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("service"), max_length=40)
    reference = models.CharField(_("reference number"), max_length=24, unique=True, null=True, editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="submissions", verbose_name=_("applicant")
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=20, default="browser")
    state = models.CharField(
        _("state"), max_length=20, choices=SubmissionState, default=SubmissionState.DRAFT, editable=False
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    draft = models.JSONField(default=dict, blank=True)
    # Rises with every save of the draft: two tabs cannot overwrite each other unseen.
    draft_version = models.PositiveIntegerField(default=0, editable=False)
    payload_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    # Companies that may read it besides the applicant.
    parties = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            models.Index(fields=["company", "-submitted_at"], name="submission_company"),
            models.Index(fields=["state", "-submitted_at"], name="submission_state"),
            GinIndex(fields=["parties"], name="submission_parties"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at__isnull=True, reference__isnull=True)
                | (~Q(state="draft") & Q(submitted_at__isnull=False, reference__isnull=False))
                | Q(state="withdrawn"),
                name="submission_number_when_submitted",
            )
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)


class Payload(models.Model):
    """The frozen bytes of a submission, encrypted; never changed after submission."""

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="payload")
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.content_type} {self.size}"


class ReferralState(models.TextChoices):
    """One agency's share."""

    WAITING = "waiting", _("waiting to be sent")
    SENT = "sent", _("with the agency")
    INFORMATION_REQUESTED = "information_requested", _("further information asked")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Referral(models.Model):
    """One agency's share of a submission."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="referrals")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="referrals", verbose_name=_("agency"))
    state = models.CharField(
        _("state"), max_length=24, choices=ReferralState, default=ReferralState.WAITING, editable=False
    )
    agency_number = models.CharField(_("agency's number"), max_length=64, blank=True, editable=False)
    words = models.TextField(_("the agency's words"), blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(_("promised by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    taken_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
        editable=False,
    )
    taken_until = models.DateTimeField(_("taken until"), null=True, editable=False)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.UniqueConstraint(fields=["submission", "agency"], name="referral_once"),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_until__isnull=True)
                | Q(taken_by__isnull=False, taken_until__isnull=False),
                name="referral_taken_both",
            ),
        ]
        indexes = [models.Index(fields=["agency", "state"], name="referral_queue")]

    def __str__(self) -> str:
        return f"{self.submission} – {self.agency}"


class DispatchState(models.TextChoices):
    """What stands between us and the agency's having it."""

    HELD = "held", _("held")  # not yet to be sent: its documents wait for their partners
    QUEUED = "queued", _("queued")
    LEASED = "leased", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused at the door")
    STOPPED = "stopped", _("stopped")  # needs a person: misconfigured, or too many failures
    CANCELLED = "cancelled", _("cancelled")


class FailureKind(models.TextChoices):
    """Why an attempt did not end in an answer of substance."""

    NONE = "", "–"
    LATER = "later", _("the agency asked to come later")
    UNREACHABLE = "unreachable", _("the agency could not be reached")
    UNKNOWN = "unknown", _("no answer in time: unknown whether it arrived")
    MALFORMED = "malformed", _("the answer could not be read")
    MISCONFIGURED = "misconfigured", _("our access is refused")
    LOST_LEASE = "lost_lease", _("the worker died while sending")
    CLOSED = "closed", _("dispatch to the agency is switched off")


class Dispatch(models.Model):
    """One thing to be delivered to one agency exactly once; `key` travels with it and names it there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="dispatches")
    what = models.CharField(_("what"), max_length=20, default="payload")
    key = models.UUIDField(unique=True, default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=DispatchState, default=DispatchState.QUEUED)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("failure"), max_length=20, choices=FailureKind, blank=True, default="")
    # Body when it is not the submission's payload (an opinion); encrypted.
    sealed_body = models.BinaryField(null=True, editable=False)
    content_type = models.CharField(max_length=60, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        constraints = [
            models.UniqueConstraint(fields=["referral", "what"], name="dispatch_once"),
            models.CheckConstraint(
                condition=Q(state="leased", lease__isnull=False, leased_until__isnull=False)
                | (~Q(state="leased") & Q(lease__isnull=True, leased_until__isnull=True)),
                name="dispatch_lease_both",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="dispatch_due", condition=Q(state__in=["queued", "leased", "held"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class Line(models.Model):
    """How the line to an agency stands.

    After so many failures in a row its whole queue waits, and one probe at a time goes out.
    """

    agency = models.OneToOneField(Agency, models.CASCADE, primary_key=True, related_name="line")
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    quiet_until = models.DateTimeField(_("quiet until"), null=True)

    class Meta:
        verbose_name = _("line to an agency")
        verbose_name_plural = _("lines to agencies")

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.failures}"


class Attempt(models.Model):
    """What was sent and what came back, one row a try."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    request_line = models.CharField(_("request"), max_length=200, blank=True)
    request_sha256 = models.CharField(_("digest of what was sent"), max_length=64, blank=True)
    answer_status = models.PositiveSmallIntegerField(_("status"), null=True)
    answer_body = models.TextField(_("what came back"), blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["dispatch", "number"], name="attempt_number")]

    def __str__(self) -> str:
        return f"{self.dispatch} #{self.number}"


class InboxState(models.TextChoices):
    """What became of a message from an agency."""

    RECEIVED = "received", _("received")
    APPLIED = "applied", _("applied")
    PARKED = "parked", _("parked")  # kept with its reason, can be replayed


class InboxMessage(models.Model):
    """A message from an agency, stored before it was answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="inbox", verbose_name=_("agency"))
    message_id = models.CharField(_("message number"), max_length=64)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=60)
    sealed_body = models.BinaryField()
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)
    state = models.CharField(_("state"), max_length=10, choices=InboxState, default=InboxState.RECEIVED)
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), db_default=Now(), editable=False)
    applied_at = models.DateTimeField(_("applied"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("message from an agency")
        verbose_name_plural = _("messages from agencies")
        constraints = [models.UniqueConstraint(fields=["agency", "message_id"], name="inbox_once")]
        indexes = [
            models.Index(fields=["due_at"], name="inbox_todo", condition=Q(state="received")),
        ]

    def __str__(self) -> str:
        return self.message_id


class Transition(models.Model):
    """A log row in the transaction of the change: who, when, why and the agency's words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="transitions")
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, related_name="transitions")
    verb = models.CharField(_("verb"), max_length=30)
    from_state = models.CharField(_("from"), max_length=24, blank=True)
    to_state = models.CharField(_("to"), max_length=24)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(_("who"), max_length=200)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    why = models.TextField(_("why"), blank=True)
    words = models.TextField(_("the agency's words"), blank=True)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_state} → {self.to_state}"


class Notice(models.Model):
    """A message in the message centre of a company."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="notices")
    submission = models.ForeignKey(Submission, models.CASCADE, null=True, related_name="notices")
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["company", "-created_at"], name="notice_company")]

    def __str__(self) -> str:
        return self.code


class Paper(models.Model):
    """An acknowledgement or a certificate: PDF from frozen data, signed, findable by its code."""

    class Kind(models.TextChoices):
        """Two papers, two words (glossary, section B)."""

        ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
        CERTIFICATE = "certificate", _("certificate")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField(_("verification code"), max_length=32, unique=True)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="papers")
    # The document it certifies where that is not the submission itself ("inventory", its id).
    object_type = models.CharField(max_length=20, blank=True)
    object_id = models.CharField(max_length=36, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    facts = models.JSONField(default=dict)  # the minimal fields that /verify shows
    sealed_pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)
    made_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "submission", "object_type", "object_id"], name="paper_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Change(models.Model):
    """A row of the change feed.

    The migration adds `tx xid8 DEFAULT pg_current_xact_id()`: ids are handed out in one order and committed
    in another, so readers go by (tx, id) and never past the oldest transaction still running.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    event = models.CharField(max_length=40)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="changes")
    object_type = models.CharField(max_length=20)
    object_id = models.CharField(max_length=36)
    data = models.JSONField(default=dict)
    parties = ArrayField(models.BigIntegerField(), default=list)
    agencies = ArrayField(models.CharField(max_length=20), default=list)

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"


class IdempotencyKey(models.Model):
    """The stored answer of an unsafe API call."""

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    method_path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key
