"""The one record of a person, a company and an agency, and who may act for whom."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ROLES, role_codes


class UserManager(BaseUserManager["User"]):
    """People are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A person; the address is kept in lower case."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """The first system administrator of an installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person with one login for everything."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=100, blank=True)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def throttle_id(self) -> str:
        """Bucket of rate limits."""
        return f"person:{self.pk}"

    def get_full_name(self) -> str:
        """Name for people."""
        return str(self)


class CompanyRole(models.TextChoices):
    """What a company may do at customs (rules R5.04, R13.01); words of the glossary, section A."""

    PLATFORM = "platform", _("e-commerce platform")
    ECOMMERCE_FIRM = "ecommerce_firm", _("e-commerce firm")
    DOMESTIC_AGENT = "domestic_agent", _("domestic agent")
    PAYMENT_FIRM = "payment_firm", _("payment firm")
    LOGISTICS_FIRM = "logistics_firm", _("logistics firm")
    DECLARANT = "declarant", _("declarant")
    AREA_FIRM = "area_firm", _("in-area warehouse")
    SITE_OPERATOR = "site_operator", _("supervised-site operator")
    PRODUCER = "producer", _("producer or actual seller")


class Company(models.Model):
    """The one company record."""

    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    customs_code = models.CharField(_("customs code"), max_length=10, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=CompanyRole.choices), default=list, blank=True)
    dxp_id = models.CharField(_("DXP number"), max_length=30, blank=True)
    in_pilot_zone = models.BooleanField(_("registered in the pilot zone"), default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Name in the reader's language where there is one."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    @property
    def codes(self) -> frozenset[str]:
        """Both codes by which messages may name this company (customs code or USCC, R5.03)."""
        return frozenset(filter(None, [self.uscc, self.customs_code]))


class Agency(models.Model):
    """A government office behind a referral, with its switch and its notice."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    is_open = models.BooleanField(_("dispatch switched on"), default=True)
    stopped_because = models.CharField(_("stopped because"), max_length=500, blank=True)
    notice_zh = models.CharField(_("notice in Chinese"), max_length=500, blank=True)
    notice_en = models.CharField(_("notice in English"), max_length=500, blank=True)
    promised_days = models.PositiveSmallIntegerField(_("promised working days"), default=1)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh

    @property
    def notice(self) -> str:
        """Notice in the reader's language."""
        return self.notice_en if get_language() == "en" else self.notice_zh


class Membership(models.Model):
    """A person's role in one company or one agency; the roles and what they may do: `permissions.py`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("company")
    )
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("agency")
    )
    role = models.CharField(
        _("role"), max_length=30, choices=[(role.code, role.name) for role in ROLES.values()]
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            # A role fits what it is held in; so no membership is of a company and an agency at once.
            models.CheckConstraint(
                condition=Q(company__isnull=False, agency__isnull=True, role__in=role_codes("company"))
                | Q(company__isnull=True, agency__isnull=False, role__in=role_codes("agency"))
                | Q(company__isnull=True, agency__isnull=True, role__in=role_codes("portal")),
                name="membership_role_fits",
            ),
            # System, security and audit administrators are different people.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(company__isnull=True, agency__isnull=True),
                name="membership_one_portal_role",
            ),
            models.UniqueConstraint(
                fields=["user", "company", "agency", "role"], nulls_distinct=False, name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.role} – {self.company or self.agency or ''}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates in business words."""

    def in_force(self, on: date | None = None) -> MandateQuerySet:
        """Those that may be used on that day (today when none is given)."""
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day, revoked_at__isnull=True
        )


class Mandate(models.Model):
    """A principal lets an agent act for it: one service, from a day to a day, revocable at once."""

    principal = models.ForeignKey(Company, models.CASCADE, related_name="mandates_given")
    agent = models.ForeignKey(Company, models.CASCADE, related_name="mandates_held")
    service = models.CharField(_("service"), max_length=40)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="mandate_two_companies"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="mandate_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.agent}: {self.service}"


class ClientPrincipal(models.Model):
    """Whom a machine client (an `allauth.idp.oidc` client) speaks for: exactly one company or agency."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", models.CASCADE, related_name="principal", verbose_name=_("client")
    )
    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="clients", verbose_name=_("company")
    )
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="clients", verbose_name=_("agency")
    )
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)

    class Meta:
        verbose_name = _("machine client")
        verbose_name_plural = _("machine clients")
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False, agency__isnull=True)
                | Q(company__isnull=True, agency__isnull=False),
                name="client_for_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} – {self.company or self.agency}"
