"""What people leave on lessons: where they were and what they noted, and the mistakes that they report."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Bookmark(models.Model):
    """Where one learner is in one lesson, and what they noted there for themselves.

    `anchor` is the id of the block that they read last, `at` when; both are empty for someone who only noted.
    `note` is empty for someone who only read. Nobody else ever reads it.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["learner", "lesson"], name="one_bookmark_each")]

    def __str__(self) -> str:
        return f"{self.learner} in {self.lesson_id}"


class MistakeReport(models.Model):
    """One mistake that someone reports at one place: a block of a lesson's version, or a question's version.

    Versions never change, so that what the reporter saw can be shown whatever became of the text. `anchor` is empty
    for a report on the lesson as a whole.
    """

    class State(models.TextChoices):
        """What became of a report."""

        NEW = "new"
        ACCEPTED = "accepted"
        FIXED = "fixed"
        DECLINED = "declined"

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mistake_reports")
    version = models.ForeignKey("courses.LessonVersion", on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(
        "courses.QuestionVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    anchor = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    reported_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-reported_at"], name="report_state_time"),
            models.Index(fields=["reporter", "-reported_at"], name="report_person_time"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}#{self.anchor}: {self.state}"
