"""What learners brought to train on."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from nets.own_sets import OwnSet


class SetState(models.TextChoices):
    """Where a set stands: being read, or ready to train on."""

    READING = "reading"
    READY = "ready"


class PictureSetQuerySet(models.QuerySet["PictureSet"]):
    """Questions about sets of pictures, as adjectives."""

    def usable_by(self, user: AbstractBaseUser | AnonymousUser | None) -> "PictureSetQuerySet":
        """Return the sets that this person may see and train on: their own that are ready, and nobody else's."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(owner=user, state=SetState.READY)

    def expired(self, *, now: datetime) -> "PictureSetQuerySet":
        """Return the sets whose time has passed; one that is being read has minutes."""
        return self.filter(expires_at__lt=now)

    def newest_first(self) -> "PictureSetQuerySet":
        """Return the sets in the order in which pages list them."""
        return self.order_by("-created_at", "-id")


class PictureSet(models.Model):
    """One learner's own pictures as a data set: a file that never changes, which specs name by its content.

    `pictures` is the text by which specs name it (`nets.own_sets`): sha256, side, classes with their counts. `sheets`
    says how long the WebP of each class is in the file `sheets_name`. While a set is being read, its row only holds a
    place in its owner's quota: it names no file, and expires within minutes. A set that was deleted has no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="picture_sets")
    title = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=SetState.choices, default=SetState.READING)
    pictures = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    images = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=255, blank=True, help_text="Name in the default storage.")
    sheets_name = models.CharField(max_length=255, blank=True, help_text="Name in the default storage.")
    sheets: Any = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar = PictureSetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], condition=~Q(sha256=""), name="one_set_per_content"),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~(Q(name="") | Q(sha256="") | Q(pictures="")),
                name="a_ready_set_names_its_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def own(self) -> OwnSet:
        """What specs say of this set; a set that is being read has nothing to say."""
        return OwnSet.parse(self.pictures)

    @property
    def value(self) -> str:
        """The word by which forms and the API choose this set as data."""
        return f"own:{self.pk}"
