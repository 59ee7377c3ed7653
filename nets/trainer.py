"""Train a network and tell, step by step, what happens: a generator of events that knows no listener."""

import math
import time
from collections.abc import Generator, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

import torch

from nets import checkpoints, events, memory, snapshots, starting
from nets.batches import steps_per_epoch
from nets.checkpoints import Keeper
from nets.diagnosis import Curve
from nets.events import Event
from nets.flushing import Pending
from nets.machine import Machine, resolve, usual_threads
from nets.metrics import Score
from nets.modes import only_norms_differ
from nets.session import Session
from nets.specs import BOUNDS, LABELS, SpecError, TrainSpec

Wish = Literal["stop", "checkpoint"] | tuple[Literal["rate"], float] | None
Outcome = Literal["completed", "stopped", "early_stopped", "diverged"]

FLUSH_SECONDS: Final = 0.15
CHECKPOINTS_APART_SECONDS: Final = 3.0
# torch's words for a batch norm that sees one value of each channel.
ONE_VALUE: Final = "Expected more than 1 value per channel"
ALONE: Final = "A batch of 1 holds a single image, over which batch normalisation cannot average."


def train(
    spec: TrainSpec,
    *,
    device: str | None = None,
    checkpoint_to: Path | None = None,
    resume_from: Path | None = None,
    branch_from: Path | None = None,
    weights: Path | None = None,
    actions: Iterable[tuple[int, float]] = (),
    told: Iterable[Event] = (),
    threads: int | None = None,
    checkpoints_apart: float = CHECKPOINTS_APART_SECONDS,
    probes: Path | None = None,
    data_file: Path | None = None,
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
    goes on; the next event is its `checkpoint`, unless that step is saved already. ("rate", value) puts `value` in
    the place of the spec's learning rate; the next event is `rate_changed`. Events come at least every
    FLUSH_SECONDS or every step, whichever is longer; the first point comes right after the first step.

    `checkpoint_to` is a folder, made when absent; without it nothing is written. `resume_from` is a checkpoint
    of the same spec (CheckpointError otherwise): on the same kind of machine with the same threads the run is
    then bit-identical to one that was never interrupted. `branch_from` is a checkpoint of a run of the same network
    and data, from which this one goes on by its own settings. `weights` is the file whose sha256 is the
    spec's `start`: a run's safetensors or checkpoint, read only where the run really begins. `actions` are changes of
    the rate as (step, value) that
    an earlier attempt or run told: each is made again after its step, unless the checkpoint has it already. `told`
    are the events that count of the attempts before a resumed one (`nets.events.counted`), so that no diagnosis is
    told twice. `data_file` holds the spec's own pictures (`nets.own_files`), where it names some. `threads` are those
    of the checkpoint, or all cores but one, unless given. `probes` is where `nets.machine.probe` remembers.

    When an epoch is whole, and when a loss is no number, `diagnosis` events say what the curve shows
    (`nets.diagnosis`). Each kind comes once, those about the rate once more when the rate was set by hand since; a
    branch is a new run. What they are read from is in the checkpoint.

    A run with patience leaves the network with the lowest validation loss, however it ends: in its weights, in the
    "model" of its checkpoints, and in the figures of its summary, whose "kept_epoch" says which that was. Any other
    leaves its last network; "best_epoch" says when its validation accuracy was highest.

    At an epoch's end a checkpoint is written when the last is `checkpoints_apart` seconds old, and always at the
    end. A loss that is no number ends the run with `diverged` and `finished`; the checkpoint before it stays. Raises
    MemoryExceeded (nets.memory) when a step does not fit, with the largest batch that does.
    """
    if resume_from is not None and branch_from is not None:
        raise ValueError("A run goes on from its own checkpoint or branches off another's, not both.")
    threads_before = torch.get_num_threads()
    try:
        source, is_branch = resume_from or branch_from, branch_from is not None
        state = checkpoints.load(source) if source is not None else {}
        # A branch is another run: it computes on what its own spec asks for.
        recorded = {} if is_branch else state.get("machine", {})
        torch.set_num_threads(threads or recorded.get("threads") or usual_threads())
        machine = resolve(spec, device=device, threads=torch.get_num_threads(), recorded=recorded, probes=probes)
        start = starting.read(spec.start, weights) if source is None else None
        session = _session(spec, machine, state=state, is_branch=is_branch, start=start, data_file=data_file)
        curve = _curve(state, session, told=told, is_branch=is_branch)
        unseen = () if is_branch else state.get("unseen", ())
        del state
        keeper = Keeper(checkpoint_to, apart=checkpoints_apart)
        run = _Run(session, keeper=keeper, actions=actions, curve=curve, unseen=unseen)
        yield from _walked(run, session)
    finally:
        torch.set_num_threads(threads_before)


def _session(
    spec: TrainSpec,
    machine: Machine,
    *,
    state: dict[str, Any],
    is_branch: bool,
    start: starting.Start | None,
    data_file: Path | None,
) -> Session:
    """Return the session of a run that begins, that goes on from `state`, or that branches off another's."""
    session = Session.begin(
        spec, device=torch.device(machine.device), machine=machine, start=start, data_file=data_file
    )
    if is_branch:
        session.branch(state)
    elif state:
        session.restore(state)
    return session


def _walked(run: "_Run", session: Session) -> Generator[Event, Wish, None]:
    try:
        is_stopped = yield from run.tell(_started(session))
        outcome: Outcome = "stopped" if is_stopped else (yield from run.epochs())
        yield from run.end(outcome)
    except (RuntimeError, MemoryError) as error:
        if not memory.is_exceeded(error):
            raise
        raise memory.exceeded(error, session) from error
    except ValueError as error:
        if ONE_VALUE not in str(error):
            raise
        raise SpecError({"batch_size": ALONE}) from error


class _Run:
    """One walk through the epochs that are left; its generators yield events and return what they lead to."""

    def __init__(
        self,
        session: Session,
        *,
        keeper: Keeper,
        actions: Iterable[tuple[int, float]],
        curve: Curve,
        unseen: Iterable[str] = (),
    ) -> None:
        self._session = session
        self._curve = curve
        # What is watched and was not yet looked at since the last epoch ended: a checkpoint may lie in between.
        self._unseen = list(unseen)
        self._can_blame_norms = _can_blame_norms(session)
        done = set(session.actions)
        self._planned = {step: rate for step, rate in actions if step >= session.step and (step, rate) not in done}
        self._keeper = keeper
        self._pending = Pending(apart=FLUSH_SECONDS)
        self._begun = time.perf_counter()
        self._images = 0
        self._step_seconds = 0.0
        self._told_step = session.step
        self._validation: Score | None = None

    def tell(self, event: Event) -> Generator[Event, Wish, bool]:
        """Yield `event` and grant what is wished in answer, until nothing is; return whether a stop was wished."""
        answer: Event | None = event
        while answer is not None:
            wish = yield answer
            answer = self._granted(wish)
        return wish == "stop"

    def _granted(self, wish: Wish) -> Event | None:
        """Do what is wished and return the event that says so; raises ValueError for what cannot be wished."""
        if wish in (None, "stop"):
            return None
        if wish == "checkpoint":
            return self._saved()
        if isinstance(wish, tuple) and len(wish) == 2 and wish[0] == "rate":
            return self._changed_rate(wish[1])
        raise ValueError(f'A wish must be None, "stop", "checkpoint" or ("rate", value); {wish!r} was given.')

    def _changed_rate(self, value: float) -> Event:
        fault = BOUNDS["learning_rate"].fault(LABELS["learning_rate"], value)
        if fault is not None:
            raise ValueError(fault)
        self._session.set_rate(float(value))
        event = events.rate_changed(step=self._session.step, value=float(value))
        self._curve.note(event)
        return event

    def epochs(self) -> Generator[Event, Wish, Outcome]:
        """Train to the end of the spec, or until something else ends the run."""
        # A checkpoint may lie between an epoch's end and what was to be said of it.
        if not self._curve.is_open and (yield from self._diagnose()):
            return "stopped"
        if (yield from self._look(epoch=self._session.epochs)):
            return "stopped"
        planned = self._planned.pop(self._session.step, None)
        if planned is not None and (yield from self.tell(self._changed_rate(planned))):
            return "stopped"
        while not self._session.is_done:
            if self._session.is_out_of_patience:
                return "early_stopped"
            outcome = yield from self._epoch()
            if outcome is not None:
                return outcome
        return "completed"

    def end(self, outcome: Outcome) -> Generator[Event, Wish, None]:
        """Save what is worth saving and tell how it all came out."""
        weights = None
        if outcome != "diverged":
            saved = self._saved()
            if saved is not None:
                yield saved
            self._validation = self._session.settle() or self._validation
            weights = self._keeper.save_weights(self._session.network, about=_about(self._session))
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
            planned = self._planned.pop(session.step, None)
            if self._pending.is_due() or session.is_epoch_done or planned is not None:
                event, bad_step = self._pending.flush(session)
                self._told_step = event["step"][-1]
                self._curve.note(event)
                if bad_step is not None:
                    yield event
                    return (yield from self._diverge(bad_step))
                is_stopped = yield from self.tell(event)
                if planned is not None:
                    is_stopped |= yield from self.tell(self._changed_rate(planned))
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
            return (yield from self._diverge(session.step))
        is_whole = session.is_epoch_done
        if is_whole:
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
        if is_whole:
            # The mean of a part would be compared with means of whole epochs.
            self._curve.note(event)
        self._unseen = list(session.spec.watch)
        is_stopped |= yield from self.tell(event)
        if is_whole:
            is_stopped |= yield from self._diagnose()
        is_stopped |= yield from self._look(epoch=number)
        if not is_stopped and self._keeper.is_due(at_epoch_end=True):
            is_stopped = yield from self._save()
        return "stopped" if is_stopped and not session.is_done else None

    def _diagnose(self) -> Generator[Event, Wish, bool]:
        """Tell what the curve shows and was not told yet; return whether a stop was wished meanwhile."""
        is_stopped = False
        for event in self._found():
            self._curve.note(event)
            is_stopped |= yield from self.tell(event)
        return is_stopped

    def _look(self, *, epoch: int) -> Generator[Event, Wish, bool]:
        """Tell what is watched and was not told of this epoch; return whether a stop was wished meanwhile."""
        is_stopped = False
        while self._unseen:
            kind = self._unseen.pop(0)
            is_stopped |= yield from self.tell(snapshots.take(self._session, kind, epoch=epoch))
        return is_stopped

    def _diverge(self, step: int) -> Generator[Event, Wish, Outcome]:
        """Tell that the loss of `step` is no number and what that means; nothing is granted any more."""
        event = events.diverged(step=step)
        self._curve.note(event)
        yield event
        yield from self._found()
        return "diverged"

    def _found(self) -> list[Event]:
        return self._curve.found(batch_size=self._session.spec.batch_size, has_batch_norm=self._can_blame_norms)

    def _save(self) -> Generator[Event, Wish, bool]:
        """Write a checkpoint and tell it; return whether a stop was wished meanwhile."""
        saved = self._saved()
        return False if saved is None else (yield from self.tell(saved))

    def _saved(self) -> Event | None:
        """Write a checkpoint and return its event; None when there is nothing to write."""
        step, epochs = self._session.step, self._session.epochs
        saved = self._keeper.save(self._state, step=step, epoch=epochs)
        if saved is None:
            return None
        return events.checkpoint(step=step, epoch=epochs, file=saved.file, sha256=saved.sha256, size=saved.bytes)

    def _state(self) -> dict[str, Any]:
        return self._session.state() | {"curve": asdict(self._curve), "unseen": list(self._unseen)}

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
            "kept_epoch": session.kept_epoch if is_usable else None,
            "test_loss": test.loss if test else None,
            "test_accuracy": test.accuracy if test else None,
        }


def _curve(state: dict[str, Any], session: Session, *, told: Iterable[Event], is_branch: bool) -> Curve:
    """Return what is known of the run before its next step, for the diagnoses to come."""
    curve = Curve(**state.get("curve", {}))
    if is_branch:
        return curve.branched(step=session.step)
    if "curve" in state:
        curve.hear(told, step=session.step)
        return curve
    # A checkpoint from before there were curves, or none.
    for event in told:
        curve.note(event)
    return curve


def _can_blame_norms(session: Session) -> bool:
    """Say whether batch norm alone can make training look worse than validation: no curve tells other causes apart."""
    spec = session.spec
    is_blurred = spec.augment != "none" or bool(spec.label_smoothing or spec.ema)
    return only_norms_differ(session.model) and not is_blurred


def _about(session: Session) -> dict[str, str]:
    """Return what another program must know to use the weights."""
    spec, data = session.spec, session.data
    known = {"arch": spec.arch, "data": spec.data, "spec": spec.digest(), "mean": data.mean, "std": data.std}
    return {name: str(value) for name, value in known.items()}


def _started(session: Session) -> Event:
    data, machine = session.data, session.machine
    return events.started(
        device=str(data.train.labels.device),
        dtype=machine.dtype,
        layout=machine.layout,
        threads=machine.threads,
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
