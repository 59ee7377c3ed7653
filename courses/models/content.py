"""What is taught: stable things (course, lesson, question), their immutable versions, and releases that pin them."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Course(models.Model):
    """One course; its content folder's name is its id. No published release: nothing to show yet."""

    id = models.SlugField(primary_key=True)
    title = models.CharField(max_length=200)
    published = models.ForeignKey("Release", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """One lesson through all its versions: the id from its front matter, never reused. The slug may change."""

    id = models.SlugField(primary_key=True)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    slug = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.id


class FormerAddress(models.Model):
    """A slug that a lesson had before: its address leads to the lesson still, unless another lesson has taken it."""

    slug = models.SlugField(primary_key=True)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="former_addresses")

    def __str__(self) -> str:
        return f"{self.slug} was {self.lesson_id}"


class LessonVersion(models.Model):
    """A lesson as it read at one publication; never changed, since attempts and completions point at it."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=80)
    type = models.CharField(max_length=16)
    objectives = models.JSONField(default=list)
    # Rendered at publication: safe HTML, its table of contents, the widgets whose scripts the page needs.
    body_html = models.TextField()
    sheet_html = models.TextField(blank=True)
    contents = models.JSONField(default=list)
    widgets = models.JSONField(default=list)
    rule = models.JSONField(default=dict, help_text='The mastery rule: {"served": 6, "to_pass": 5}.')
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lesson", "number"], name="one_lesson_version_per_number"),
            models.UniqueConstraint(fields=["lesson", "content_hash"], name="one_lesson_version_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} v{self.number}"


class Question(models.Model):
    """One question through all its versions; the id comes from the source and is never reused."""

    id = models.SlugField(primary_key=True, max_length=80)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="questions")

    def __str__(self) -> str:
        return self.id


class QuestionVersion(models.Model):
    """A question as it was asked at one publication: kind, text, key and explanations as JSON; never changed."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    data = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "number"], name="one_question_version_per_number"),
            models.UniqueConstraint(fields=["question", "content_hash"], name="one_question_version_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


class Release(models.Model):
    """One publication of a whole course. The course points at the release that people see."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    manifest = models.JSONField(help_text="Sections, glossary and all that belongs to no single lesson.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "number"], name="one_release_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} release {self.number}"


class ReleaseLesson(models.Model):
    """One lesson version that a release pins, at its place in the order, with the pool of its check."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="entries")
    version = models.ForeignKey(LessonVersion, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    questions = models.ManyToManyField(QuestionVersion, related_name="+")

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "order"], name="one_lesson_per_place"),
            models.UniqueConstraint(fields=["release", "version"], name="one_place_per_lesson_version"),
        ]

    def __str__(self) -> str:
        return f"{self.release}: {self.version}"


class Prerequisite(models.Model):
    """An edge of one release: `lesson` opens once `requires` is completed. No row: the lesson is open to all."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="prerequisites")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    requires = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "lesson", "requires"], name="one_edge_per_pair"),
            models.CheckConstraint(condition=~models.Q(lesson=models.F("requires")), name="no_edge_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} requires {self.requires_id}"


class Part(models.Model):
    """Something of another app that a lesson version shows (a lab, a look inside), in the order of the text."""

    version = models.ForeignKey(LessonVersion, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=16)
    key = models.SlugField()
    title = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "order"], name="one_part_per_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
