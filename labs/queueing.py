"""Claim the fairest queued run for a device: no two workers ever hold one run, no device more than it has room for.

Order: an instructor's priority while it lasts, then the owner with the fewest running runs, then the owner who has
waited longest since a run of theirs was served, then the oldest run. One learner's fifty runs cannot starve a class.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, Count, DateTimeField, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from labs import announcing, devices, quotas, turns
from labs.models import Device, Run
from labs.models.runs import RunQuerySet, State

_NEVER: Final = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())
# Nobody is so unlucky as to lose every one of these races.
TRIES: Final = 8


@transaction.atomic
def claim(
    *, worker: str, device: Device | None = None, free_bytes: int | None = None, now: datetime | None = None
) -> Run | None:
    """Claim the fairest queued run that fits `device`: raise its fence, set its lease. None when there is none.

    `free_bytes` is what the device has free by the worker's own reading. Without a device every run fits. A run that
    fits the device but not beside those that it trains now keeps its place: smaller ones would pass it for ever.
    """
    now = now or timezone.now()
    if device is not None:
        # Claims for one device wait for each other here, so that none counts what another is about to add to.
        device = Device.objects.select_for_update().filter(pk=device.pk).first()
        if device is None or Run.objects.running().filter(device=device).count() >= device.slots:
            return None
    for _ in range(TRIES):
        run = _fairest(device, free_bytes=free_bytes, now=now)
        if run is None or not _fits(run, device, free_bytes=free_bytes):
            return None
        if _take(run, worker=worker, device=device, now=now):
            return run
    return None


def has_rivals(run: Run, *, now: datetime) -> bool:
    """Say whether somebody else's run would be claimed for this run's device before this run, if it went back."""
    running = Run.objects.running().filter(owner=run.owner_id).count()
    # Without this run its owner has one less running; whoever has as few goes first, being served longer ago.
    rivals: Any = _candidates(run.device, now=now)
    rivals = rivals.exclude(owner=run.owner_id).filter(busy__lt=running)
    if run.priority_until is not None and run.priority_until > now:
        rivals = rivals.filter(priority_until__gt=now)
    return bool(rivals.exists())


def has_room(device: Device) -> bool:
    """Say whether the device has a slot free."""
    return Run.objects.running().filter(device=device).count() < device.slots


def lease_from(moment: datetime) -> datetime:
    """Return how long a worker that was alive at `moment` may keep its run."""
    return moment + timedelta(seconds=settings.STRIDE_LEASE_SECONDS)


def _candidates(device: Device | None, *, now: datetime) -> RunQuerySet:
    """Return the queued runs that this device could hold, and whose owners may have one more running, fairest first."""
    of_owner = Run.objects.filter(owner=OuterRef("owner")).order_by().values("owner")
    is_urgent = Case(When(priority_until__gt=now, then=Value(True)), default=Value(False), output_field=BooleanField())
    able = Run.objects.queued().annotate(
        is_urgent=is_urgent,
        busy=Coalesce(Subquery(of_owner.filter(state=State.RUNNING).annotate(n=Count("pk")).values("n")), 0),
        served=Coalesce(
            Subquery(of_owner.annotate(at=Max("heartbeat_at")).values("at")), _NEVER, output_field=DateTimeField()
        ),
        may_run=quotas.running_allowed(),
    )
    fairest = able.filter(busy__lt=F("may_run")).order_by("-is_urgent", "busy", "served", "queued_at", "pk")
    return fairest if device is None else fairest.filter(memory_bytes__lte=device.memory_bytes)


def _fairest(device: Device | None, *, free_bytes: int | None, now: datetime) -> Run | None:
    able = _candidates(device, now=now)
    if device is not None and free_bytes is not None and not devices.reserved_bytes(device):
        # Nothing of ours will free any memory here: what does not fit now waits for another day.
        able = able.filter(memory_bytes__lte=free_bytes)
    # On PostgreSQL a run that another worker is claiming is passed over, and so are all others of its owner, whose
    # number of running runs is about to change. SQLite has one writer.
    locked = able.select_for_update(skip_locked=True, of=("self", "owner"), no_key=True)
    return locked.select_related("owner", "lab_version").first()


def _fits(run: Run, device: Device | None, *, free_bytes: int | None) -> bool:
    if device is None:
        return True
    left = device.memory_bytes - devices.reserved_bytes(device)
    return run.memory_bytes <= min(left, left if free_bytes is None else free_bytes)


def _take(run: Run, *, worker: str, device: Device | None, now: datetime) -> bool:
    """Change the row, if it is still queued and its owner may still have one more running; return whether it was."""
    limit = quotas.quota_of(run.owner).running
    if Run.objects.running().filter(owner=run.owner_id).count() >= limit:
        return False
    taken = Run.objects.filter(Q(pk=run.pk, state=State.QUEUED)).update(
        state=State.RUNNING,
        fence=F("fence") + 1,
        worker=worker,
        device=device,
        lease_until=lease_from(now),
        heartbeat_at=now,
        last_step_at=now,
        started_at=Coalesce("started_at", Value(now, output_field=DateTimeField())),
    )
    if taken:
        run.refresh_from_db()
        turns.begin(run, now=now)
        announcing.announce(run)
    return bool(taken)
