"""What may be trained."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Lab(models.Model):
    """One lab through all its versions; the id comes from its file. `current` is what the page shows now."""

    id = models.SlugField(primary_key=True)
    current = models.ForeignKey("LabVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.id


class LabVersion(models.Model):
    """A lab as it was at one publication; pinned by runs, never changed."""

    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in ("train", "compare", "inspect", "write", "code")])
    title = models.CharField(max_length=200)
    summary = models.TextField()
    # The lesson that must be open before this lab may be used; empty: open to all, guests too when `guests` says so.
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    guests = models.BooleanField(default=False)
    spec = models.JSONField(help_text="The starting TrainSpec as JSON.")
    open_fields = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    hidden_fields = models.JSONField(default=list, help_text="Fixed fields that the page does not even mention.")
    goal = models.JSONField(
        default=dict, help_text='{"metric": "validation_accuracy", "at_least": 0.97, "text": "..."}'
    )
    story = models.JSONField(default=dict, help_text="What it tells around its runs; see labs.story.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lab", "number"], name="one_lab_version_per_number"),
            models.UniqueConstraint(fields=["lab", "content_hash"], name="one_lab_version_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.lab_id} v{self.number}"
