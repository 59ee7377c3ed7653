"""Labs and runs for staff: to look at, not to change. A run's rows are its record."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from labs.models import Lab, LabVersion, Run, Worker

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
