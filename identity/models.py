"""The library, who looked at a full number, batches, and reports of misuse.

Numbers and names are kept as keyed hashes to find by, masked to show, and sealed to ask with; in clear nowhere.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from reference.keys import uuid7


class VerificationState(models.TextChoices):
    """Where a check stands. The last three are the agency's verdicts (R9.02)."""

    PENDING = "pending", _("waiting to be asked")
    ASKING = "asking", _("being asked")
    MATCH = "match", _("name and number match")
    MISMATCH = "mismatch", _("name and number do not match")
    NOT_IN_BASE = "not_in_base", _("not in the base")


SETTLED = (VerificationState.MATCH, VerificationState.MISMATCH, VerificationState.NOT_IN_BASE)
OPEN = (VerificationState.PENDING, VerificationState.ASKING)


class Verification(models.Model):
    """One pair of name and number in the library: asked once, kept while it is valid, purged after its time.

    `agency` is whom to ask (next); `source` who gave the verdict. `priority`: 0 somebody waits for it, 1 a list
    waits, 2 in bulk.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number_hash = models.BinaryField()
    name_hash = models.BinaryField()
    sealed = models.BinaryField()
    name_masked = models.CharField(_("name"), max_length=60)
    number_masked = models.CharField(_("identity number"), max_length=18)
    state = models.CharField(
        _("state"), max_length=12, choices=VerificationState, default=VerificationState.PENDING
    )
    agency = models.CharField(_("asked of"), max_length=20)
    source = models.CharField(_("answered by"), max_length=20, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=1)
    tries = models.PositiveIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("last failure"), max_length=20, blank=True, default="")
    due_at = models.DateTimeField(_("next attempt"), db_default=Now())
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    # The day on which somebody last asked for it: what nobody asks for any more is purged by it.
    used_on = models.DateField(_("last used"))

    class Meta:
        verbose_name = _("identity check")
        verbose_name_plural = _("identity checks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["number_hash", "name_hash"], name="verification_once"),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, answered_at__isnull=False, valid_until__isnull=False)
                & ~Q(source="")
                | Q(state__in=OPEN, answered_at__isnull=True, valid_until__isnull=True, source=""),
                name="verification_settled_with_answer",
            ),
            models.CheckConstraint(
                condition=Q(state="asking", lease__isnull=False, leased_until__isnull=False)
                | ~Q(state="asking") & Q(lease__isnull=True, leased_until__isnull=True),
                name="verification_asking_with_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at"], name="verification_due", condition=Q(state__in=OPEN)),
            models.Index(fields=["used_on"], name="verification_used"),
        ]

    def __str__(self) -> str:
        return f"{self.name_masked} {self.number_masked}"


class Ground(models.TextChoices):
    """Why somebody may look at a person's data or have them checked (PIPL art. 13; R9.03)."""

    CASE = "case", _("work on a case")
    LIBRARY = "library", _("work on the library")
    ORDER = "order", _("check of a buyer by the platform")
    DECLARATION = "declaration", _("check of a buyer before declaration")
    OWN = "own", _("the person's own request")


class PersonalLook(models.Model):
    """One look at a full number, or one check of a person: who, at whom, on what ground and why. Never changed.

    No foreign keys: what was looked at may be purged, that somebody looked stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor_kind = models.CharField(_("kind of actor"), max_length=10)
    actor_id = models.CharField(_("actor number"), max_length=64)
    actor_label = models.CharField(_("who"), max_length=200)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    subject_type = models.CharField(_("kind of object"), max_length=40)
    subject_id = models.CharField(_("object"), max_length=64)
    subject = models.CharField(_("at whom (masked)"), max_length=100, blank=True)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    reason = models.CharField(_("reason"), max_length=300)
    full = models.BooleanField(_("saw the full number"), default=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="look_subject"),
            models.Index(fields=["actor_kind", "actor_id"], name="look_actor"),
            models.Index(fields=["-at"], name="look_at"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="look_has_reason")]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.subject_type} {self.subject_id}"


class Batch(models.Model):
    """Many pairs asked for at once by a company; its rows are the queue, so that it goes on after any stop."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    reason = models.CharField(_("reason"), max_length=300)
    count = models.PositiveIntegerField(_("pairs"))
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("batch of identity checks")
        verbose_name_plural = _("batches of identity checks")
        default_permissions = ()
        indexes = [models.Index(fields=["company", "-created_at"], name="identity_batch_company")]

    def __str__(self) -> str:
        return str(self.pk)


class BatchItem(models.Model):
    """One pair of a batch, by its place (from 1): the check it became, or what is wrong with its form."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    index = models.PositiveIntegerField(_("place"))
    verification = models.ForeignKey(Verification, models.SET_NULL, null=True, related_name="+")
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "index"], name="identity_batch_place")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.index}"


class MisuseState(models.TextChoices):
    """Where a report stands."""

    OPEN = "open", _("being examined")
    CONFIRMED = "confirmed", _("misuse confirmed")
    REJECTED = "rejected", _("misuse not established")


class MisuseReport(models.Model):
    """A person says that lists used their identity without them. Customs officials examine it.

    `sealed` holds what only officials read: words and a way to reach the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(_("reference number"), max_length=24, unique=True)
    verification = models.ForeignKey(
        Verification, models.SET_NULL, null=True, related_name="+", verbose_name=_("identity check")
    )
    number_hash = models.BinaryField()
    name_masked = models.CharField(_("name"), max_length=60)
    number_masked = models.CharField(_("identity number"), max_length=18)
    sealed = models.BinaryField()
    state = models.CharField(_("state"), max_length=10, choices=MisuseState, default=MisuseState.OPEN)
    reported_at = models.DateTimeField(_("reported"), db_default=Now(), editable=False)
    due_on = models.DateField(_("to be answered by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True, default="")
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("report of misuse")
        verbose_name_plural = _("reports of misuse")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | Q(state__in=["confirmed", "rejected"], decided_at__isnull=False) & ~Q(reason=""),
                name="misuse_decided_with_reason",
            )
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="misuse_queue")]

    def __str__(self) -> str:
        return self.reference


class UseAnswer(models.Model):
    """What the person said of one use of their identity (an inventory list): mine, or not mine with its report."""

    class Answer(models.TextChoices):
        """The two buttons."""

        MINE = "mine", _("this was me")
        NOT_MINE = "not_mine", _("this was not me")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    use_id = models.UUIDField(_("inventory list"))
    number_hash = models.BinaryField()
    answer = models.CharField(_("answer"), max_length=8, choices=Answer)
    report = models.ForeignKey(MisuseReport, models.CASCADE, null=True, related_name="uses")
    at = models.DateTimeField(_("when"), db_default=Now())
    # As the person saw it; the list itself is the desk's.
    label = models.CharField(_("list"), max_length=200)
    firm = models.ForeignKey(Company, models.SET_NULL, null=True, related_name="+")
    submission_id = models.UUIDField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["use_id", "number_hash"], name="use_answered_once"),
            models.CheckConstraint(
                condition=Q(answer="mine", report__isnull=True) | Q(answer="not_mine", report__isnull=False),
                name="use_not_mine_has_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_id} {self.answer}"
