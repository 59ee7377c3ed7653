"""Courses for staff: to look at, not to change. Content is changed in its files, history is append-only."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from courses.models import Attempt, Cohort, Completion, Release, UnlockGrant

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Model]
else:
    # Django's class takes no parameter at run time.
    Base = admin.ModelAdmin


class RecordAdmin(Base):
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Release)
class ReleaseAdmin(RecordAdmin):
    """What was published when."""

    list_display = ("course", "number", "created_at")


@admin.register(Attempt)
class AttemptAdmin(RecordAdmin):
    """Tries at knowledge checks. What was asked and answered is not listed."""

    list_display = ("learner", "version", "started_at", "score", "passed")
    list_select_related = ("learner", "version")
    fields = ("learner", "version", "started_at", "ended_at", "score", "passed")


@admin.register(Completion)
class CompletionAdmin(RecordAdmin):
    """Who completed what."""

    list_display = ("learner", "lesson", "completed_at")
    list_select_related = ("learner",)


@admin.register(UnlockGrant)
class UnlockGrantAdmin(RecordAdmin):
    """What was opened or shut for whom, and why."""

    list_display = ("learner", "lesson", "is_open", "reason", "created_at")
    list_select_related = ("learner",)


@admin.register(Cohort)
class CohortAdmin(RecordAdmin):
    """The classes; their invite codes are their instructors' business."""

    list_display = ("name", "course", "created_at")
    fields = ("name", "course", "instructors", "created_at")
