"""The worker's side: claim the fairest run, walk the trainer, write down what it says. Needs torch.

Imported inside the task: the web process must not load torch, and knows tasks by name alone.
"""

import os
import tempfile
import time
from collections.abc import Generator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Final

import structlog
import torch
from django.db import DatabaseError, InterfaceError, OperationalError, connection

import rings
from labs import (
    announcing,
    artifacts,
    draining,
    ending,
    fetching,
    hosting,
    pictures,
    queueing,
    remedies,
    resuming,
    speeds,
    transitions,
)
from labs.artifacts import Stored
from labs.leasing import Lease
from labs.models import Run
from labs.recording import Recorder, TakenOverError
from labs.steering import Helm
from labs.transitions import held_by
from nets import events, machine, sheet, trainer
from nets.checkpoints import CheckpointError
from nets.data import load_for
from nets.events import Event
from nets.specs import TrainSpec
from nets.trainer import Wish

log = structlog.get_logger(__name__)

RETRY_SECONDS: Final = 0.5

Walk = Generator[Event, Wish, None]


def work(*, node: str) -> None:
    """Claim and train runs until none fits this worker's device now, or this worker is asked to end."""
    device = hosting.device_of(node)
    _tell_probe(node)
    while not draining.is_draining():
        free = hosting.memory_of(device.name).free
        run = queueing.claim(worker=f"{node}:{os.getpid()}", device=device, free_bytes=free)
        if run is None:
            return
        if device.slots > 1 and queueing.has_room(device):
            # One knock wakes one of the slots: the next is woken by the one before it.
            rings.knock(announcing.WORK, announcing.QUEUE)
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
        except OSError as error:
            if artifacts.is_store_away(error):
                # As with the database: somebody goes on with the run when the storage is back.
                log.exception("storage_away")
            else:
                log.exception("run_failed")
                _fail(run, error)
        except Exception as error:  # the worker's edge: the learner reads a remedy, the log the traceback
            log.exception("run_failed")
            _fail(run, error)


def _walk(run: Run, *, recorder: Recorder, lease: Lease, folder: Path) -> None:
    """Go from event to event until the run ends or rests, this worker drains, or the lease is lost."""
    helm = Helm(run, recorder=recorder, lease=lease)
    walk, event = _begin(run, recorder=recorder, helm=helm, folder=folder)
    wish: Wish = None
    try:
        while event["type"] != "finished":
            if lease.is_lost:
                log.warning("lease_lost")
                return
            _record(run, event, recorder=recorder, folder=folder)
            helm.heed(event)
            if draining.is_draining() or lease.is_slice_over:
                _give_back(run, walk, recorder=recorder, folder=folder)
                return
            if wish == "checkpoint" and helm.is_pause_asked and _rests(run, recorder=recorder):
                return
            recorder.flush_when_due()
            wish = helm.wish()
            event = walk.send(wish)
        _finish(run, event, recorder=recorder, lease=lease, helm=helm, folder=folder)
    finally:
        walk.close()


def _begin(run: Run, *, recorder: Recorder, helm: Helm, folder: Path) -> tuple[Walk, Event]:
    """Begin after the newest checkpoint that can be used, else where a branch begins, else at the start.

    Returns the walk and where it stands. The threads are those of the first attempt: with others the same sums come
    out differently in the last digit.
    """
    spec, threads = TrainSpec.from_json(run.spec), run.resolved.get("threads") or _threads(run)
    data_file = fetching.data_file_of(run, folder=folder)
    begin = partial(
        trainer.train, spec, checkpoint_to=folder, actions=helm.replayed, threads=threads, data_file=data_file
    )
    for beginning in resuming.beginnings(run, folder=folder):
        walk = begin(resume_from=beginning.path, told=resuming.told_at(run, step=beginning.step))
        try:
            recorder.add(next(walk))
        except CheckpointError as error:
            log.warning("checkpoint_refused", step=beginning.step, error=str(error))
            continue
        return walk, events.resumed(attempt=run.fence, step=beginning.step)
    point = resuming.branch_point(run, folder=folder)
    walk = begin(branch_from=point.path if point else None)
    if point is None:
        return walk, next(walk)
    recorder.add(next(walk))
    return walk, events.resumed(attempt=run.fence, step=point.step)


def _threads(run: Run) -> int | None:
    return None if run.device is None else hosting.threads_of(run.device)


def _record(run: Run, event: Event, *, recorder: Recorder, folder: Path) -> None:
    """Take an event into the log; a checkpoint's file goes to the storage first, so that its row never lies."""
    if event["type"] != "checkpoint":
        recorder.add(event)
        if event["type"] == "snapshot":
            pictures.keep(run, draw=partial(_pictures, run, folder))
        return
    metric = recorder.metric_after(event["step"])
    try:
        file = artifacts.store(run, kind=artifacts.CHECKPOINT, path=folder / event["file"], about=event, metric=metric)
    except OSError as error:
        if not artifacts.is_store_away(error):
            raise
        # The one before it stays; the next one is a few seconds away.
        log.warning("checkpoint_not_stored", step=event["step"], error=str(error))
        return
    recorder.add_checkpoint(event, file)


def _pictures(run: Run, folder: Path) -> bytes:
    data = load_for(TrainSpec.from_json(run.spec), file=fetching.data_file_of(run, folder=folder))
    return sheet.pictures(data, most=pictures.MOST)


def _finish(run: Run, event: Event, *, recorder: Recorder, lease: Lease, helm: Helm, folder: Path) -> None:
    """Store the files and write the end; a database that is away is tried again while the lease lasts."""
    if event["reason"] == "stopped" and not helm.is_stopped_by_learner:
        event = event | {"reason": "time_limit"}
    files = [*recorder.files, *_weights_stored(run, event, lease=lease, folder=folder)]
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


def _weights_stored(run: Run, event: Event, *, lease: Lease, folder: Path) -> list[Stored]:
    """Store the weights; a storage that is away is tried again while the lease lasts."""
    while True:
        try:
            return ending.store_weights(run, event=event, folder=folder)
        except OSError as error:
            if lease.is_lost or not artifacts.is_store_away(error):
                raise
            log.warning("weights_wait", error=str(error))
            time.sleep(RETRY_SECONDS)


def _rests(run: Run, *, recorder: Recorder) -> bool:
    """Let go of a run whose pause was asked for and whose state was just saved; return whether it rests now."""
    recorder.flush()
    if not recorder.is_written:
        # The database is away: a pause now would go back behind what was trained.
        return False
    is_resting = transitions.pause(run, fence=run.fence, step=artifacts.last_saved_step(run))
    if is_resting:
        log.info("run_paused")
    return is_resting


def _give_back(run: Run, walk: Walk, *, recorder: Recorder, folder: Path) -> None:
    """Save the state and put the run back into the queue: this worker ends, or others wait for its device.

    The next attempt goes on from here.
    """
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
