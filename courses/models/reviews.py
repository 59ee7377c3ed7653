"""What comes back in the spaced review: answers are the record, cards a projection of them."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models.content import Prerequisite, ReleaseLesson
from courses.models.records import Completion, UnlockGrant


class ReviewCardQuerySet(models.QuerySet["ReviewCard"]):
    """Questions about cards, as adjectives."""

    def due(self, *, by: datetime) -> "ReviewCardQuerySet":
        """Return the cards that are due by a time, the longest due first."""
        return self.filter(due_at__lte=by).order_by("due_at", "pk")

    def askable(self) -> "ReviewCardQuerySet":
        """Return the cards whose lesson is published and open to their learner, as courses.unlocking says."""
        published = ReleaseLesson.objects.filter(
            release=OuterRef("lesson__course__published"), version__lesson=OuterRef("lesson")
        )
        own = {"learner": OuterRef("learner"), "lesson": OuterRef("lesson")}
        latest = UnlockGrant.objects.filter(**own).order_by("-created_at", "-pk").values("is_open")[:1]
        needs = Prerequisite.objects.filter(release=OuterRef("lesson__course__published"), lesson=OuterRef("lesson"))
        is_done = Q(Exists(Completion.objects.filter(**own)))
        # What a lesson requires opens it by a grant; one that requires nothing is open until it is shut.
        is_open = Q(Coalesce(Subquery(latest), ~Exists(needs)))
        return self.filter(Exists(published)).filter(is_done | is_open)


class ReviewCard(models.Model):
    """One idea of one lesson that one learner missed, and when it comes back. Rebuilt from answers at any time.

    `idea` is the misconception that a wrong answer showed, or the question's id where it showed none. `question` is
    where it was missed last.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_cards")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    idea = models.CharField(max_length=80)
    question = models.ForeignKey("courses.Question", on_delete=models.PROTECT, related_name="+")
    stability = models.FloatField()
    difficulty = models.FloatField()
    last_at = models.DateTimeField()
    due_at = models.DateTimeField()

    objects = ReviewCardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "lesson", "idea"], name="one_card_per_idea")
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "due_at"], name="card_learner_due")]

    def __str__(self) -> str:
        return f"{self.idea} of {self.lesson_id} for {self.learner}"


class Review(models.Model):
    """One question asked in the spaced review: pins what was asked, in which order, with which numbers.

    No answer with seq 1: it is still to be answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    idea = models.CharField(max_length=80)
    question = models.ForeignKey("courses.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    options = models.JSONField(default=list)
    parameters = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "-asked_at"], name="review_learner_asked")]

    def __str__(self) -> str:
        return f"{self.learner} reviews {self.idea}"


class ReviewAnswer(models.Model):
    """One answer in the spaced review. The first counts, later ones teach; none is ever changed."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers")
    seq = models.PositiveSmallIntegerField(help_text="1 for the answer that counts, then 2, 3, ...")
    idempotency_key = models.CharField(max_length=64)
    given = models.JSONField()
    is_right = models.BooleanField()
    tag = models.CharField(max_length=80, blank=True, help_text="The misconception that this answer shows.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "seq"], name="one_review_answer_per_seq"),
            models.UniqueConstraint(fields=["review", "idempotency_key"], name="one_review_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {'right' if self.is_right else 'wrong'}"
