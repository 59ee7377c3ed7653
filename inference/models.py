"""Networks that can be asked, images that were brought, questions and their answers."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Network(models.Model):
    """One trained network that can be asked: a run's checkpoint (`run` set), a course or a library network."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField("labs.Run", on_delete=models.CASCADE, null=True, blank=True, related_name="network")
    title = models.CharField(max_length=120)
    spec = models.JSONField()
    weights = models.CharField(max_length=255, help_text="Name in the default storage.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title


class Upload(models.Model):
    """One image that someone drew or brought: decoded in a limited child, re-encoded clean, under a random name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255, help_text="Name in the default storage.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=[(s, s) for s in ("drawn", "upload", "webcam")])
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.source} of {self.owner}"


class QueryState(models.TextChoices):
    """Where a query stands."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    FAILED = "failed"


class Query(models.Model):
    """One question to one network about one image; claimed with a lease like a run. `answer` holds the result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queries")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="queries")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="queries")
    kind = models.CharField(max_length=16, choices=[(k, k) for k in ("predict", "grad_cam")])
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=QueryState.choices, default=QueryState.QUEUED)
    fence = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    remedy = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(state__in=["queued", "running"]), name="open_queries")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="a_running_query_has_a_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
