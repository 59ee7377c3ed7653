"""Courses for staff: to look at, not to change. Content is changed in its files, history is append-only."""

from django.contrib import admin

from accounts.records_admin import RecordAdmin
from courses.models import Attempt, Cohort, Completion, Release, UnlockGrant


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
