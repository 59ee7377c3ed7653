"""Train a network and tell, step by step, what happens: a generator of events that knows no listener."""

import itertools
import math
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import torch

from nets import checkpoints, events
from nets.checkpoints import Keeper
from nets.events import Event
from nets.metrics import Score
from nets.session import Point, Session, steps_per_epoch, usual_threads
from nets.specs import TrainSpec

Wish = Literal["stop", "checkpoint"] | None
Outcome = Literal["completed", "stopped", "diverged"]

FLUSH_SECONDS: Final = 0.125
CHECKPOINTS_APART_SECONDS: Final = 3.0


def train(
    spec: TrainSpec,
    *,
    device: str | None = None,
    checkpoint_to: Path | None = None,
    resume_from: Path | None = None,
    threads: int | None = None,
    checkpoints_apart: float = CHECKPOINTS_APART_SECONDS,
) -> Generator[Event, Wish, None]:
    """Train `spec` and yield its events (`nets.events`), from `started` to `finished`.

    The caller walks the generator and may stop walking at any event: `close()` ends the run then and there.
    A wish is sent instead of nothing, and acts after the step that was told last:

        wish: Wish = None
        while True:
            try:
                event = run.send(wish)
            except StopIteration:
                break
            wish = "stop" if somebody_asked() else None

    "stop" ends the run: validate, checkpoint, `finished` with reason stopped. "checkpoint" saves the state and
    goes on; the next event is its `checkpoint`, unless that step is saved already. Events come at least every
    FLUSH_SECONDS or every step, whichever is longer; the first point comes right after the first step.

    `checkpoint_to` is a folder, made when absent; without it nothing is written. `resume_from` is a checkpoint
    of the same spec (CheckpointError otherwise): on the same kind of machine with the same threads the run is
    then bit-identical to one that was never interrupted. `threads` are all cores but one unless given. At an
    epoch's end a checkpoint is written when the last is `checkpoints_apart` seconds old, and always at the
    end. A loss that is no number ends the run with `diverged` and `finished`; the checkpoint before it stays.
    """
    threads_before = torch.get_num_threads()
    try:
        threads = threads or usual_threads()
        torch.set_num_threads(threads)
        session = Session.begin(spec, device=torch.device(device or _best_device()))
        if resume_from is not None:
            session.restore(checkpoints.load(resume_from))
        run = _Run(session, keeper=Keeper(checkpoint_to, apart=checkpoints_apart))
        is_stopped = yield from run.tell(_started(session, threads=threads))
        outcome = "stopped" if is_stopped else (yield from run.epochs())
        yield from run.end(outcome)
    finally:
        torch.set_num_threads(threads_before)


@dataclass(slots=True)
class _Pending:
    """Points that were computed and not yet told; reading them is the only time the device is waited for."""

    points: list[Point] = field(default_factory=list)
    told_at: float = -math.inf

    def is_due(self) -> bool:
        return time.perf_counter() - self.told_at >= FLUSH_SECONDS

    def flush(self, session: Session) -> tuple[Event, int | None]:
        """Return the points as one event, and the first step whose loss is no number."""
        points, self.points = self.points, []
        losses: list[float] = torch.stack([point.loss for point in points]).tolist()
        corrects = _corrects(points)
        self.told_at = time.perf_counter()
        for point, loss, correct in zip(points, losses, corrects, strict=True):
            session.note(loss=loss, correct=correct, size=len(point.labels))
        bad = next((place for place, loss in enumerate(losses) if not math.isfinite(loss)), None)
        told = len(points) if bad is None else bad + 1
        metrics = [correct / len(point.labels) for point, correct in zip(points, corrects, strict=True)]
        event = events.steps(
            step=[point.step for point in points[:told]],
            loss=[_short(loss) for loss in losses[:told]],
            metric=[_short(metric) for metric in metrics[:told]],
            lr=[point.rate for point in points[:told]],
        )
        return event, None if bad is None else points[bad].step


class _Run:
    """One walk through the epochs that are left; its generators yield events and return what they lead to."""

    def __init__(self, session: Session, *, keeper: Keeper) -> None:
        self._session = session
        self._keeper = keeper
        self._pending = _Pending()
        self._begun = time.perf_counter()
        self._images = 0
        self._step_seconds = 0.0
        self._told_step = session.step
        self._validation: Score | None = None

    def tell(self, event: Event) -> Generator[Event, Wish, bool]:
        """Yield `event` and fulfil a wish for a checkpoint; return whether a stop was wished."""
        wish = yield event
        if wish not in (None, "stop", "checkpoint"):
            raise ValueError(f'A wish must be None, "stop" or "checkpoint"; {wish!r} was given.')
        if wish == "checkpoint":
            return (yield from self._save())
        return wish == "stop"

    def epochs(self) -> Generator[Event, Wish, Outcome]:
        """Train to the end of the spec, or until something else ends the run."""
        while not self._session.is_done:
            outcome = yield from self._epoch()
            if outcome is not None:
                return outcome
        return "completed"

    def end(self, outcome: Outcome) -> Generator[Event, Wish, None]:
        """Save what is worth saving and tell how it all came out."""
        weights = None
        if outcome != "diverged":
            yield from self._save()
            weights = self._keeper.save_weights(self._session.model, about=_about(self._session))
        summary = self._summary(is_usable=outcome != "diverged")
        summary["checkpoint"] = self._keeper.last
        summary["weights"] = weights.to_json() if weights is not None else None
        yield events.finished(reason=outcome, summary=summary)

    def _epoch(self) -> Generator[Event, Wish, Outcome | None]:
        """Make the steps that are left in this epoch and close it; return how the run ends, None to go on."""
        session, begun, place = self._session, time.perf_counter(), self._session.place
        is_stopped = False
        while not (is_stopped or session.is_epoch_done):
            self._pending.points.append(session.advance())
            if self._pending.is_due() or session.is_epoch_done:
                event, bad_step = self._pending.flush(session)
                self._told_step = event["step"][-1]
                if bad_step is not None:
                    yield event
                    yield events.diverged(step=bad_step)
                    return "diverged"
                is_stopped = yield from self.tell(event)
                if not is_stopped and self._keeper.is_due(at_epoch_end=False):
                    is_stopped = yield from self._save()
        seconds = time.perf_counter() - begun
        self._images += session.place - place
        self._step_seconds += seconds
        return (yield from self._close(is_stopped=is_stopped, speed=(session.place - place) / seconds, begun=begun))

    def _close(self, *, is_stopped: bool, speed: float, begun: float) -> Generator[Event, Wish, Outcome | None]:
        """Validate, tell the epoch, whole or cut short by a stop, and save; return how the run ends."""
        session = self._session
        number, images, train = session.epochs + 1, session.place, (session.loss_sum, session.correct_sum)
        self._validation = session.judge("validation")
        if not math.isfinite(self._validation.loss):
            yield events.diverged(step=session.step)
            return "diverged"
        if session.is_epoch_done:
            session.turn()
        event = events.epoch(
            epoch=number,
            step=session.step,
            train_loss=train[0] / images,
            train_metric=train[1] / images,
            validation_loss=self._validation.loss,
            validation_metric=self._validation.accuracy,
            seconds=time.perf_counter() - begun,
            images_per_second=speed,
        )
        is_stopped |= yield from self.tell(event)
        if not is_stopped and self._keeper.is_due(at_epoch_end=True):
            is_stopped = yield from self._save()
        return "stopped" if is_stopped and not session.is_done else None

    def _save(self) -> Generator[Event, Wish, bool]:
        """Write a checkpoint and tell it; return whether a stop was wished meanwhile."""
        step, epochs = self._session.step, self._session.epochs
        saved = self._keeper.save(self._session.state, step=step, epoch=epochs)
        if saved is None:
            return False
        wish = yield events.checkpoint(step=step, epoch=epochs, file=saved.file, sha256=saved.sha256, size=saved.bytes)
        return wish == "stop"

    def _summary(self, *, is_usable: bool) -> dict[str, Any]:
        """Return the run in numbers; the test set is judged here, once, and only for a usable network."""
        session = self._session
        if is_usable and self._validation is None:
            self._validation = session.judge("validation")
        test = session.judge("test") if is_usable else None
        return {
            "epochs": session.epochs,
            # Steps past a loss that is no number were made, and never told.
            "steps": self._told_step,
            "seconds": time.perf_counter() - self._begun,
            "images_per_second": self._images / self._step_seconds if self._step_seconds else None,
            "validation_loss": self._validation.loss if is_usable and self._validation else None,
            "validation_accuracy": self._validation.accuracy if is_usable and self._validation else None,
            "best_validation_accuracy": session.best.get("accuracy"),
            "best_epoch": session.best.get("epoch"),
            "test_loss": test.loss if test else None,
            "test_accuracy": test.accuracy if test else None,
        }


def _corrects(points: list[Point]) -> list[int]:
    """Return how many images of each step were named rightly, with one reading for all steps."""
    logits = torch.cat([point.logits for point in points])  # (images of all steps, classes)
    labels = torch.cat([point.labels for point in points])
    hits = iter((logits.argmax(dim=1) == labels).tolist())
    return [sum(itertools.islice(hits, len(point.labels))) for point in points]


def _short(value: float) -> float:
    """Return the seven digits that a float32 holds; the other ten would only fill rows and wires."""
    return float(f"{value:.7g}")


def _best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _about(session: Session) -> dict[str, str]:
    """Return what another program must know to use the weights."""
    spec, data = session.spec, session.data
    known = {"arch": spec.arch, "data": spec.data, "spec": spec.digest(), "mean": data.mean, "std": data.std}
    return {name: str(value) for name, value in known.items()}


def _started(session: Session, *, threads: int) -> Event:
    data = session.data
    return events.started(
        device=str(data.train.labels.device),
        dtype="float32",
        layout="contiguous",
        threads=threads,
        parameters=sum(weight.numel() for weight in session.model.parameters()),
        dataset={
            "name": data.name,
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
            # A tuple would come back from JSON as a list.
            "mean": list(data.mean) if isinstance(data.mean, tuple) else data.mean,
            "std": list(data.std) if isinstance(data.std, tuple) else data.std,
        },
        steps_per_epoch=steps_per_epoch(len(data.train), batch_size=session.spec.batch_size),
    )
