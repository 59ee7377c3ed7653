"""How far each learner has come. Append-only where history matters; scores can be rebuilt from these rows."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class UnlockGrant(models.Model):
    """One decision that a lesson is open (or, by an instructor's newer row, shut again) for one learner."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unlock_grants")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    reason = models.CharField(max_length=16, choices=[(r, r) for r in ("completion", "publication", "instructor")])
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "lesson", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.lesson_id} {'open' if self.is_open else 'shut'} for {self.learner}"


class Attempt(models.Model):
    """One try at a lesson's knowledge check: pins what was asked, in which order, with which numbers.

    `questions` is a list of {"version": QuestionVersion id, "options": [option ids as shown], "parameters": {...}}.
    `passed` is empty until the last served question has a graded answer. `is_challenge`: begun while the lesson was
    locked, to be spared it. `draft` is what was typed or chosen and not sent: {"place": 3, "fields": {"text": ["12"]}}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts")
    version = models.ForeignKey("courses.LessonVersion", on_delete=models.PROTECT, related_name="attempts")
    questions = models.JSONField()
    rule = models.JSONField()
    is_challenge = models.BooleanField(default=False)
    draft = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "version", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.learner} at {self.version}"


class Answer(models.Model):
    """One answer to one served question. The first graded one counts, later ones teach; none is ever changed."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey("courses.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveSmallIntegerField(help_text="1 for the answer that counts, then 2, 3, ...")
    idempotency_key = models.CharField(max_length=64)
    given = models.JSONField()
    is_right = models.BooleanField()
    tag = models.CharField(max_length=80, blank=True, help_text="The misconception that this answer shows.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "question", "seq"], name="one_answer_per_seq"),
            models.UniqueConstraint(fields=["attempt", "idempotency_key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.question} answered in {self.attempt}"


class Completion(models.Model):
    """One learner completed one lesson, in the version that they read. Never deleted by later editions."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="completions")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.LessonVersion", on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["learner", "lesson"], name="one_completion_each")]

    def __str__(self) -> str:
        return f"{self.learner} completed {self.lesson_id}"


class CompletionRecord(models.Model):
    """What one learner had completed when they asked for a record of it; whoever has the id may read it.

    Never changed, so that it says later what it said when it was shown; the learner withdraws it by deleting the row.
    `lessons` is a list of {"id", "title", "section", "minutes", "completed", "score", "of", "is_challenge"}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="completion_records")
    name = models.CharField(max_length=150)
    course = models.CharField(max_length=200)
    lessons = models.JSONField()
    lessons_in_course = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "-issued_at"])]

    def __str__(self) -> str:
        return f"{self.course}, {self.name}, {self.issued_at:%Y-%m-%d}"


class LabResult(models.Model):
    """The best that one learner has shown in one lab, written by labs when a goal is judged; no row: not tried."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lab_results")
    lab_key = models.SlugField()
    passed = models.BooleanField()
    value = models.FloatField(null=True, blank=True)
    run_id = models.UUIDField()
    judged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["learner", "lab_key"], name="one_lab_result_each")]

    def __str__(self) -> str:
        return f"{self.lab_key} of {self.learner}: {'met' if self.passed else 'not yet'}"
