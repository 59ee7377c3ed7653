"""What a worker makes for pages besides runs, and what learners picked on it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class PreviewState(models.TextChoices):
    """Where a preview stands; a failed one may be asked for again."""

    QUEUED = "queued"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Preview(models.Model):
    """Something that needs torch and that a page shows or hands out: made once by a worker, kept until it expires.

    `digest` names what was asked, so the same question is one row, whoever asks. `result` (small JSON) and `name`
    (a file in the default storage, empty when there is none) are there when it is ready, `remedy` when it failed.
    `run` is set for the downloads of a run, and decides who may see them. `fence` and `lease_until` are a claim's.
    """

    KINDS: ClassVar = ("augment_sheet", "range_test", "export_zip", "onnx")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    digest = models.CharField(max_length=64)
    asked = models.JSONField()
    run = models.ForeignKey("labs.Run", on_delete=models.CASCADE, null=True, blank=True, related_name="previews")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    state = models.CharField(max_length=8, choices=PreviewState.choices, default=PreviewState.QUEUED)
    remedy = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    name = models.CharField(max_length=255, blank=True, help_text="Name in the default storage.")
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)

    fence = models.PositiveIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(state__in=["queued", "working"]), name="open_previews")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest"], name="one_preview_per_question"),
            models.CheckConstraint(
                condition=~Q(state="working") | Q(lease_until__isnull=False), name="a_preview_in_work_has_a_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class RatePick(models.Model):
    """The rate that someone marked on a range test before its own suggestion was shown; kept when the test expires.

    `digest` is that of the range test; `suggestion` is None when the test found no rate at which the loss fell.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rate_picks")
    digest = models.CharField(max_length=64)
    rate = models.FloatField()
    suggestion = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "digest"], name="one_rate_pick_per_person_and_test")
        ]

    def __str__(self) -> str:
        return f"{self.rate} on {self.digest[:8]}"
