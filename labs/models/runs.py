"""What is and was trained: runs, their metric log, their files."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from courses.models import Enrolment


class State(models.TextChoices):
    """Where a run stands. Every change is one conditional UPDATE."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = (State.FINISHED, State.FAILED, State.CANCELLED)


class RunQuerySet(models.QuerySet["Run"]):
    """Questions about runs, as adjectives."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "RunQuerySet":
        """Return the runs that this person may see: their own, and those of learners whom they teach now."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        taught = Enrolment.objects.filter(learner=OuterRef("owner"), left_at=None, cohort__instructors=user)
        return self.filter(Q(owner=user) | Exists(taught))

    def owned_by(self, user: User) -> "RunQuerySet":
        """Return one person's runs."""
        return self.filter(owner=user)

    def queued(self) -> "RunQuerySet":
        """Return runs that wait for a worker."""
        return self.filter(state=State.QUEUED)

    def running(self) -> "RunQuerySet":
        """Return runs that a worker holds."""
        return self.filter(state=State.RUNNING)

    def paused(self) -> "RunQuerySet":
        """Return runs that rest until their learner goes on with them."""
        return self.filter(state=State.PAUSED)

    def unended(self) -> "RunQuerySet":
        """Return runs to which something will still happen."""
        return self.exclude(state__in=TERMINAL)

    def newest_first(self) -> "RunQuerySet":
        """Return the runs in the order in which pages list them."""
        return self.order_by("-queued_at", "-id").select_related("lab_version", "goal_result")

    def latest_per_lab(self) -> "RunQuerySet":
        """Return, for each owner and lab, the newest of these runs."""
        newest = Run.objects.filter(owner=OuterRef("owner"), lab_version__lab=OuterRef("lab_version__lab"))
        return self.filter(pk=Subquery(newest.order_by("-queued_at", "-id").values("pk")[:1]))


class RunGroup(models.Model):
    """Runs that were submitted together and share one Stop; `field` is what differs among them. Most runs have none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="run_groups")
    title = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title or str(self.id)


class Run(models.Model):
    """One training run. The row is the record; `fence` names the attempt that may write, `lease_until` its time.

    `resolved` (device, dtype, layout, threads) is empty until the first claim. `reason` is empty until the end.
    `device` is set while it runs. `memory_bytes`, `expected_seconds` and `total_steps` are what was estimated when it
    was queued (0: nothing was); `step` is the last one that was told.
    `losses` counts lost leases since the last checkpoint. `parent` and `branch_step` are set for branches only,
    `twin_of` for runs that repeat another with one field changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="runs")
    lab_version = models.ForeignKey("labs.LabVersion", on_delete=models.PROTECT, related_name="runs")
    group = models.ForeignKey(RunGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    title = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    spec = models.JSONField()
    seed = models.PositiveBigIntegerField()
    resolved = models.JSONField(default=dict, blank=True)

    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=24, blank=True)
    remedy = models.TextField(blank=True, help_text="A sentence that tells the learner what to do.")
    summary = models.JSONField(default=dict, blank=True)
    priority_until = models.DateTimeField(null=True, blank=True, help_text="An instructor's dated priority.")

    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    device = models.ForeignKey("labs.Device", on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    memory_bytes = models.PositiveBigIntegerField(default=0)
    expected_seconds = models.FloatField(default=0.0)
    total_steps = models.PositiveIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    last_step_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    pause_requested_at = models.DateTimeField(null=True, blank=True)

    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="branches")
    branch_step = models.PositiveIntegerField(null=True, blank=True)
    twin_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="twins")

    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RunQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "queued_at"]),
            models.Index(fields=["owner", "-queued_at"]),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="running_by_lease"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="a_running_run_has_a_lease"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["finished", "failed"]) | ~Q(reason=""), name="an_ended_run_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["finished", "failed", "cancelled"]) | Q(ended_at__isnull=False),
                name="an_ended_run_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("queued_at")),
                name="a_run_ends_after_it_was_queued",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.lab_version.lab_id} {str(self.id)[:8]}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to this run."""
        return self.state in TERMINAL


class Turn(models.Model):
    """One attempt's time on a device, from its claim on. `ended_at` is empty while it lasts."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="turns")
    attempt = models.PositiveIntegerField(help_text="The run's fence in this turn.")
    worker = models.CharField(max_length=120, blank=True)
    device = models.ForeignKey("labs.Device", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "attempt"], name="one_turn_per_attempt")]

    def __str__(self) -> str:
        return f"turn {self.attempt} of {self.run_id}"


class RunAction(models.Model):
    """Something done to a run while it ran (a change of learning rate); written before it acts, replayed on resume."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="actions")
    step = models.PositiveIntegerField(null=True, blank=True, help_text="Empty until the worker has acted on it.")
    kind = models.CharField(max_length=16)
    value = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} of {self.run_id}"


class Chunk(models.Model):
    """Everything that one run announced since its last chunk: the metric log, in pieces that are never changed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField(help_text="The run's fence when this was written.")
    events = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "seq"], name="one_chunk_per_seq")]

    def __str__(self) -> str:
        return f"{self.run_id} chunk {self.seq}"


class Artifact(models.Model):
    """One file that a run left behind (checkpoint, weights, packed log), by storage name and content hash."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=255, help_text="Name in the default storage.")
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    step = models.PositiveIntegerField(null=True, blank=True)
    # Of a checkpoint: how many epochs are done, and the validation accuracy where it ends one.
    epoch = models.PositiveIntegerField(null=True, blank=True)
    metric = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "kind", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.run_id}"


class GoalResult(models.Model):
    """Whether one ended run met its lab's goal, judged by the server from the record."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="goal_result")
    metric = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    at_least = models.FloatField()
    passed = models.BooleanField()
    judged_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.metric} {self.value} of {self.at_least}"


class Prediction(models.Model):
    """What the learner said would happen, before the run; no row: they did not say."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="prediction")
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"prediction for {self.run_id}"
