"""The worker's side: claim the fairest run, walk the trainer, write down what it says. Needs torch.

Imported inside the task: the web process must not load torch, and knows tasks by name alone.
"""

import tempfile
import time
from collections.abc import Generator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

import structlog
import torch
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from labs import artifacts, draining, ending, queueing, remedies, resuming, speeds, transitions
from labs.leasing import Lease
from labs.models import Run
from labs.recording import Recorder, TakenOverError
from labs.transitions import held_by
from nets import events, machine, trainer
from nets.checkpoints import CheckpointError
from nets.events import Event
from nets.specs import TrainSpec
from nets.trainer import Wish

log = structlog.get_logger(__name__)

RETRY_SECONDS: Final = 0.5

Walk = Generator[Event, Wish, None]


def work(*, worker: str) -> None:
    """Claim and train runs until none is queued or this worker is asked to end."""
    _tell_probe(speeds.node_of(worker))
    while not draining.is_draining():
        run = queueing.claim(worker=worker)
        if run is None:
            return
        with structlog.contextvars.bound_contextvars(run=str(run.pk), fence=run.fence):
            _train(run)


def load_libraries() -> None:
    """Import what the first run would import: of ten seconds on a busy machine, these two are most."""
    for name in ("sklearn.datasets", "torch._dynamo"):
        import_module(name)


def warm_up() -> None:
    """Make the first steps of a run that nobody asked for: data, first kernels and optimisers are loaded by them.

    Measure this machine too, where nobody has: at most two seconds, once.
    """
    _probe()
    walk = trainer.train(TrainSpec(epochs=1))
    for event in walk:
        if event["type"] == "steps":
            walk.close()


def _probe() -> float:
    """Return the seconds of the usual probe on this machine's device, with the threads that a run has."""
    torch.set_num_threads(machine.usual_threads())
    return machine.probe(device=machine.best_device())[" ".join(machine.PLAIN)]


@cache
def _tell_probe(node: str) -> None:
    """Write once what the probe took here: estimates need it until runs have told more."""
    try:
        speeds.learn_probe(node, device=machine.best_device(), seconds=_probe())
    except DatabaseError:
        # It costs an estimate some truth, and no run anything.
        log.exception("probe_not_written")
        connection.close()


def _train(run: Run) -> None:
    """Train one claimed run to an end, or until it must be let go; whatever goes wrong ends here."""
    recorder = Recorder(run)
    with tempfile.TemporaryDirectory(prefix="stride-run-") as folder, Lease(run) as lease:
        try:
            _walk(run, recorder=recorder, lease=lease, folder=Path(folder))
        except TakenOverError:
            log.warning("run_taken_over")
            artifacts.discard(recorder.files)
        except (OperationalError, InterfaceError):
            # Not the run's fault: the lease ends by itself, and the sweeper gives the run to another.
            log.exception("database_away")
            connection.close()
        except Exception as error:  # the worker's edge: the learner reads a remedy, the log the traceback
            log.exception("run_failed")
            _fail(run, error)


def _walk(run: Run, *, recorder: Recorder, lease: Lease, folder: Path) -> None:
    """Go from event to event until the run ends, this worker drains, or the lease is lost."""
    walk, event = _begin(run, recorder=recorder, folder=folder)
    over_at = time.monotonic() + settings.STRIDE_RUN_SECONDS
    try:
        while event["type"] != "finished":
            if lease.is_lost:
                log.warning("lease_lost")
                return
            _record(run, event, recorder=recorder, folder=folder)
            if draining.is_draining():
                _give_back(run, walk, recorder=recorder, folder=folder)
                return
            recorder.flush_when_due()
            is_over = time.monotonic() >= over_at
            event = walk.send("stop" if is_over or _is_stopped_by_learner(recorder, lease) else None)
        _finish(run, event, recorder=recorder, lease=lease, folder=folder)
    finally:
        walk.close()


def _begin(run: Run, *, recorder: Recorder, folder: Path) -> tuple[Walk, Event]:
    """Begin after the newest checkpoint that can be used, else at the start; return the walk and where it stands.

    The threads are those of the first attempt: with others the same sums come out differently in the last digit.
    """
    spec, threads = TrainSpec.from_json(run.spec), run.resolved.get("threads")
    for beginning in resuming.beginnings(run, folder=folder):
        walk = trainer.train(spec, checkpoint_to=folder, resume_from=beginning.path, threads=threads)
        try:
            recorder.add(next(walk))
        except CheckpointError as error:
            log.warning("checkpoint_refused", step=beginning.step, error=str(error))
            continue
        return walk, events.resumed(attempt=run.fence, step=beginning.step)
    walk = trainer.train(spec, checkpoint_to=folder, threads=threads)
    return walk, next(walk)


def _record(run: Run, event: Event, *, recorder: Recorder, folder: Path) -> None:
    """Take an event into the log; a checkpoint's file goes to the storage first, so that its row never lies."""
    if event["type"] != "checkpoint":
        recorder.add(event)
        return
    file = artifacts.store(run, kind=artifacts.CHECKPOINT, path=folder / event["file"], about=event)
    recorder.add_checkpoint(event, file)


def _is_stopped_by_learner(recorder: Recorder, lease: Lease) -> bool:
    return recorder.stop_requested or lease.stop_requested


def _finish(run: Run, event: Event, *, recorder: Recorder, lease: Lease, folder: Path) -> None:
    """Store the files and write the end; a database that is away is tried again while the lease lasts."""
    if event["reason"] == "stopped" and not _is_stopped_by_learner(recorder, lease):
        event = event | {"reason": "time_limit"}
    files = [*recorder.files, *ending.store_weights(run, event=event, folder=folder)]
    is_sure = True
    while not lease.is_lost:
        try:
            recorder.settle()
            ending.finish(run, event=event, before=recorder.waiting, seq=recorder.seq + 1, files=files)
            return
        except TakenOverError:
            # After a commit whose answer was lost, these files may be the ones that the rows name.
            if is_sure:
                artifacts.discard(files)
            raise
        except (OperationalError, InterfaceError) as error:
            is_sure = False
            log.warning("end_waits", error=str(error))
            connection.close()
            time.sleep(RETRY_SECONDS)


def _give_back(run: Run, walk: Walk, *, recorder: Recorder, folder: Path) -> None:
    """Save the state and put the run back into the queue because this worker ends; the next one goes on from here."""
    event = walk.send("checkpoint")
    if event["type"] == "checkpoint":
        _record(run, event, recorder=recorder, folder=folder)
    recorder.flush()
    if transitions.give_back(run, fence=run.fence):
        log.info("run_given_back")


def _fail(run: Run, error: Exception) -> None:
    reason, remedy = remedies.explain(error, spec=run.spec)
    try:
        transitions.fail(run, condition=held_by(run.pk, run.fence), reason=reason, remedy=remedy)
    except DatabaseError:
        # The lease ends by itself, and the sweeper finds the run.
        log.exception("failure_not_written")
        connection.close()
