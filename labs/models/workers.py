"""Who trains, and on what."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Worker(models.Model):
    """One worker process, by its Celery node name; `echoed_at` is its last sign of life."""

    name = models.CharField(max_length=120, primary_key=True)
    queue = models.CharField(max_length=24)
    started_at = models.DateTimeField(default=timezone.now)
    echoed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """One device of one worker: how many runs it takes, its memory, and its measured seconds per step.

    `speeds` maps kinds of runs (`labs.speeds.kind_of`) to the seconds of a step of the last ones that ended there,
    and "probe" to those of the worker's own; empty until the worker has told of any.
    """

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField(max_length=40)
    slots = models.PositiveSmallIntegerField(default=1)
    memory_bytes = models.PositiveBigIntegerField(default=0)
    speeds = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["worker", "name"], name="one_row_per_device")]

    def __str__(self) -> str:
        return f"{self.name} of {self.worker_id}"
