"""Write down what a run announces: one transaction per chunk, refused as soon as another attempt holds the run."""

import time
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

import rings
from labs import announcing, artifacts, wishes
from labs.artifacts import Stored
from labs.models import Chunk, Run, RunAction
from labs.transitions import held_by
from labs.wishes import Wishes
from nets.events import COLUMNS, Event

log = structlog.get_logger(__name__)

# How long the classes of a run's owner are taken for what they were: small networks end an epoch with every chunk.
CLASSES_SECONDS: Final = 10.0


class TakenOverError(Exception):
    """This attempt no longer holds its run: the row names another fence, or another state."""


class Recorder:
    """The only writer of one attempt's chunks. A database that is away costs nothing until the lease runs out."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.fence = run.fence
        self.seq = run.last_seq
        self.wishes = Wishes()
        self.waiting: list[Event] = []
        self._sending: list[Event] = []
        # Files in the storage that no row names yet.
        self.files: list[Stored] = []
        self._sending_files: list[Stored] = []
        # Changes of rate that were made, with the step after which they were.
        self._actions: list[tuple[RunAction, int]] = []
        self._sending_actions: list[tuple[RunAction, int]] = []
        # The last step that ended an epoch, and the validation accuracy there.
        self._validated: tuple[int, float | None] = (0, None)
        self._resolved: dict[str, Any] = {}
        self._next_at = 0.0
        self._has_points = False
        self._known_classes: list[UUID] = []
        self._classes_until = 0.0

    def add(self, event: Event) -> None:
        """Take an event into the next chunk; points that follow one another become one event."""
        if event["type"] == "steps" and not self._has_points:
            # The first point is what the learner waits for.
            self._has_points, self._next_at = True, 0.0
        if event["type"] == "epoch":
            self._validated = event["step"], event["validation_metric"]
        if event["type"] == "started" and not self.run.resolved:
            self._resolved = {name: event[name] for name in ("device", "dtype", "layout", "threads")}
        if event["type"] == "steps" and self.waiting and self.waiting[-1]["type"] == "steps":
            for name in COLUMNS:
                self.waiting[-1][name].extend(event[name])
            return
        self.waiting.append(dict(event) | {name: list(event[name]) for name in COLUMNS if event["type"] == "steps"})

    def add_checkpoint(self, event: Event, file: Stored) -> None:
        """Take a `checkpoint` event whose file is stored; its row comes with the chunk that tells it."""
        self.add(event)
        self.files.append(file)

    def metric_after(self, step: int) -> float | None:
        """Return the validation accuracy after `step`; None within an epoch."""
        at, metric = self._validated
        return metric if at == step else None

    def note_action(self, action: RunAction, *, step: int) -> None:
        """Note that the trainer acted after `step`; its row says so together with the chunk that tells it."""
        self._actions.append((action, step))

    @property
    def is_written(self) -> bool:
        """Whether everything that was added is a row."""
        return not (self.waiting or self._sending)

    def flush_when_due(self) -> None:
        """Write a chunk when the last one is `STRIDE_CHUNK_SECONDS` old; raises TakenOverError."""
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + settings.STRIDE_CHUNK_SECONDS
            self.flush()

    def flush(self) -> None:
        """Write everything that waits. Raises TakenOverError; a database that is away is tried again next time."""
        try:
            self.settle()
            if self.waiting:
                self._sending, self.waiting = self.waiting, []
                self._sending_files, self.files = self.files, []
                self._sending_actions, self._actions = self._actions, []
                self._write()
        except (OperationalError, InterfaceError) as error:
            log.warning("chunk_waits", run=str(self.run.pk), error=str(error))
            connection.close()

    def settle(self) -> None:
        """Find out whether a chunk whose commit gave no answer was written after all, and write it if not."""
        if not self._sending:
            return
        if Chunk.objects.filter(run=self.run, seq=self.seq + 1, attempt=self.fence).exists():
            self._accept()
        else:
            self._write()

    def _write(self) -> None:
        with transaction.atomic():
            now = timezone.now()
            changes: dict[str, Any] = {"last_seq": self.seq + 1, "last_step_at": now}
            changes |= {"resolved": self._resolved} if self._resolved else {}
            # Losses before a checkpoint are forgotten: the run has come further since.
            changes |= {"losses": 0} if self._sending_files else {}
            so_far = _so_far(self._sending)
            changes |= {"summary": so_far} if so_far else {}
            changes |= _step_told(self._sending)
            mine = Run.objects.filter(held_by(self.run.pk, self.fence))
            # The fence first: a worker that was thawed after its lease must not add a line.
            if not mine.update(**changes):
                raise TakenOverError(str(self.run.pk))
            Chunk.objects.create(run=self.run, seq=self.seq + 1, attempt=self.fence, events=self._sending)
            if self._sending_files:
                artifacts.add_rows(self.run, self._sending_files, keep=artifacts.CHECKPOINTS_KEPT)
            for action, step in self._sending_actions:
                RunAction.objects.filter(pk=action.pk).update(step=step)
            self.wishes = wishes.read(self.run.pk, fence=self.fence)
            rings.ring_on_commit(f"run:{self.run.pk}")
            if so_far:
                announcing.ring_classes(self._classes())
        self._accept()

    def _classes(self) -> list[UUID]:
        """Return whose boards are rung; a class that its owner joins meanwhile hears of this run a little later."""
        if time.monotonic() >= self._classes_until:
            self._known_classes = announcing.classes_of(self.run)
            self._classes_until = time.monotonic() + CLASSES_SECONDS
        return self._known_classes

    def _accept(self) -> None:
        self.seq += 1
        # What the row says by now: the end of the run asks on which device it was.
        self.run.resolved = self._resolved or self.run.resolved
        self._sending, self._sending_files, self._sending_actions, self._resolved = [], [], [], {}


def _step_told(events: list[Event]) -> dict[str, int]:
    """Return the last step among these events, from which the queue reckons how much is left."""
    told = [event["step"][-1] for event in events if event["type"] == "steps" and event["step"]]
    return {"step": told[-1]} if told else {}


def _so_far(events: list[Event]) -> dict[str, Any]:
    """Return the summary after the last epoch among these events, so that lists need not read the log."""
    epochs = [event for event in events if event["type"] == "epoch"]
    if not epochs:
        return {}
    return {"epochs": epochs[-1]["epoch"], "validation_accuracy": epochs[-1]["validation_metric"]}
