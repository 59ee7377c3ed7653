"""Who learns together."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


def new_invite_code() -> str:
    """Return a code that cannot be guessed (64 random bits)."""
    return secrets.token_urlsafe(8)


class Cohort(models.Model):
    """One class: its instructors and the code of its invite link. A new code ends the old link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=80)
    instructors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="taught_cohorts")
    invite_code = models.CharField(max_length=24, unique=True, default=new_invite_code)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """One learner in one cohort; `left_at` is empty while they belong to it."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="enrolments")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["cohort", "learner"], name="one_enrolment_each")]

    def __str__(self) -> str:
        return f"{self.learner} in {self.cohort}"
