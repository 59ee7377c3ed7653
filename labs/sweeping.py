"""Find what was lost: leases that ran out, steps that stopped coming, knocks that nobody heard.

Two sweepers do no harm: every change is one conditional UPDATE.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db.models import Q

import rings
from labs import collecting, packing, previews, remedies, transitions
from labs.announcing import QUEUE, WORK
from labs.models import Run
from labs.models.runs import State
from labs.transitions import held_by

log = structlog.get_logger(__name__)

LOSSES_ALLOWED: Final = 2
STALLS_ALLOWED: Final = 1
SLOW_STEPS: Final = 20


def sweep(*, now: datetime) -> None:
    """Look once: for workers that are gone or hang, pauses that last too long, old logs, runs that wait unheard."""
    for run in Run.objects.running().filter(lease_until__lt=now):
        _take_from_lost_worker(run, now=now)
    for run in Run.objects.running().filter(last_step_at__lt=now - _stall()):
        _take_from_hanging_worker(run, now=now)
    for run in Run.objects.paused().filter(expires_at__lt=now):
        _end_long_pause(run, now=now)
    packing.pack_old_logs(now=now)
    if Run.objects.queued().exists() and rings.is_silent(QUEUE):
        rings.knock(WORK, QUEUE)
    previews.sweep(now=now)
    collecting.sweep(now=now)


def _take_from_lost_worker(run: Run, *, now: datetime) -> None:
    condition = held_by(run.pk, run.fence) & Q(lease_until__lt=now)
    if run.losses >= LOSSES_ALLOWED:
        done = transitions.fail(run, condition=condition, reason="worker_lost", remedy=remedies.worker_lost())
    else:
        done = transitions.requeue_lost(run, condition=condition)
    if done:
        log.warning("worker_lost", run=str(run.pk), fence=run.fence, losses=run.losses, state=run.state)


def _take_from_hanging_worker(run: Run, *, now: datetime) -> None:
    """Take a run whose heartbeat lives and whose steps do not; its worker notices by the fence and ends itself."""
    patience = max(_stall(), SLOW_STEPS * _time_between_chunks(run))
    condition = held_by(run.pk, run.fence) & Q(last_step_at__lt=now - patience)
    if run.losses >= STALLS_ALLOWED:
        done = transitions.fail(run, condition=condition, reason="stalled", remedy=remedies.stalled())
    else:
        done = transitions.requeue_lost(run, condition=condition)
    if done:
        log.warning("run_stalled", run=str(run.pk), fence=run.fence, losses=run.losses, state=run.state)


def _end_long_pause(run: Run, *, now: datetime) -> None:
    condition = Q(pk=run.pk, state=State.PAUSED, expires_at__lt=now)
    if transitions.fail(run, condition=condition, reason="expired", remedy=remedies.expired()):
        log.info("pause_expired", run=str(run.pk), paused_at=run.paused_at)


def _stall() -> timedelta:
    return timedelta(seconds=settings.STRIDE_STALL_SECONDS)


def _time_between_chunks(run: Run) -> timedelta:
    """Return the mean time between this attempt's chunks: a step of a slow network is a chunk of its own."""
    times = list(run.chunks.filter(attempt=run.fence).order_by("seq").values_list("created_at", flat=True))
    return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else timedelta(0)
