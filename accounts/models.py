"""Users, their roles and preferences."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

GUEST_IDLE_DAYS = 30


class UserQuerySet(models.QuerySet["User"]):
    """Questions about users, as adjectives."""

    def guests(self) -> "UserQuerySet":
        """Return people who have not signed up."""
        return self.filter(email__isnull=True)

    def idle_guests(self, *, now: datetime) -> "UserQuerySet":
        """Return guests whom nobody has seen for `GUEST_IDLE_DAYS`: their data is to be erased."""
        return self.guests().filter(last_seen_at__lt=now - timedelta(days=GUEST_IDLE_DAYS))


class UserManager(BaseUserManager["User"]):
    """Makes users: people with an email address, guests without."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def guests(self) -> UserQuerySet:
        """Return people who have not signed up."""
        return self.get_queryset().guests()

    def create_guest(self) -> "User":
        """Create someone who has no email address and no password yet."""
        guest = self.model(email=None)
        guest.set_unusable_password()
        guest.save(using=self._db)
        return guest

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create someone who signs in with an email address (stored in lower case)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an operator who may use the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One person. Without an email address: a guest, made at their first POST, converted in place by sign-up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("email address", unique=True, null=True, blank=True)
    name = models.CharField(max_length=80, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [
            models.Index(fields=["last_seen_at"], condition=models.Q(email__isnull=True), name="guest_last_seen")
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def is_guest(self) -> bool:
        """Whether this person has not signed up yet."""
        return self.email is None

    @property
    def shown_name(self) -> str:
        """What others in a class see: the name given, else the part of the address before the @."""
        return self.name or (self.email or "Guest").partition("@")[0]

    @cached_property
    def is_instructor(self) -> bool:
        """Whether this person holds the role of an instructor; one query, then remembered for the request."""
        return not self.is_guest and self.has_role(Role.INSTRUCTOR)

    def has_role(self, role: str) -> bool:
        """Whether this person holds a role now."""
        return self.role_grants.filter(role=role).exists()


class Role(models.TextChoices):
    """What someone may do besides learning."""

    INSTRUCTOR = "instructor"
    AUTHOR = "author"
    OPERATOR = "operator"


class RoleGrant(models.Model):
    """One role that one person holds; no row: a guest or a learner."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role}"


class Preferences(models.Model):
    """How one person wants pages to look; no row: as their browser asks."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    theme = models.CharField(max_length=8, default="auto", choices=[(t, t) for t in ("auto", "light", "dark")])

    def __str__(self) -> str:
        return f"preferences of {self.user}"


class AccessToken(models.Model):
    """One personal token, with which a script acts as its owner over the API. Revoked: the row is gone.

    Only the token's hash is kept; the text itself is shown once. `last_used_at` is empty until the first request.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
