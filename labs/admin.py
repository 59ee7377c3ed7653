"""Labs and runs for staff: to look at, not to change. A run's rows are its record."""

from django.contrib import admin

from accounts.records_admin import RecordAdmin
from labs.models import Lab, LabVersion, Run, Worker


@admin.register(Run)
class RunAdmin(RecordAdmin):
    """Runs, newest first."""

    list_display = ["id", "lab_version", "owner", "state", "reason", "worker", "queued_at", "ended_at"]
    list_filter = ["state", "reason"]
    list_select_related = ["lab_version", "owner"]
    ordering = ["-queued_at"]


@admin.register(Worker)
class WorkerAdmin(RecordAdmin):
    """Workers and their last sign of life."""

    list_display = ["name", "queue", "started_at", "echoed_at"]


admin.site.register([Lab, LabVersion], RecordAdmin)
