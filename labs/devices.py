"""What there is to train on: every device that a worker has told of, its slots, its memory."""

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum

from labs.models import Device, Run, Worker
from labs.wording import gigabytes

# A worker echoes every ten seconds; after so many it counts as away.
AWAY_SECONDS: Final = 60.0
# A device that nobody has told of for so long is no longer known.
FORGOTTEN: Final = timedelta(days=7)


def register(worker: str, *, queue: str, name: str, slots: int, memory_bytes: int) -> Device:
    """Write what the worker called `worker` trains on, and return its row."""
    owner, _ = Worker.objects.get_or_create(name=worker, defaults={"queue": queue})
    values = {"slots": slots, "memory_bytes": memory_bytes}
    device, _ = Device.objects.update_or_create(worker=owner, name=name, defaults=values)
    # A worker has one device; what it had before it was moved or given a GPU is gone.
    Device.objects.filter(worker=owner).exclude(pk=device.pk).delete()
    return device


def reserved_bytes(device: Device) -> int:
    """Return what the runs on this device are estimated to need together."""
    total: int | None = Run.objects.running().filter(device=device).aggregate(total=Sum("memory_bytes"))["total"]
    return total or 0


def present(*, now: datetime) -> list[Device]:
    """Return the devices whose workers have echoed lately."""
    return list(Device.objects.filter(worker__echoed_at__gt=now - timedelta(seconds=AWAY_SECONDS)))


def known(*, now: datetime) -> list[Device]:
    """Return the devices of all workers that were there in the last days, whether they are now or not."""
    return list(Device.objects.filter(worker__echoed_at__gt=now - FORGOTTEN))


def slots(*, now: datetime) -> int:
    """Return how many runs the present devices train at once."""
    return sum(device.slots for device in present(now=now))


def why_none_fits(memory_bytes: int, *, batch_size: int, now: datetime) -> str:
    """Return the sentence for a run that no known device could hold, or nothing; without any device nobody knows."""
    largest = _largest(known(now=now))
    if largest is None or memory_bytes <= largest:
        return ""
    remedy = f"Try a batch size of {batch_size // 2}" if batch_size > 1 else "Choose smaller images"
    return (
        f"This run needs about {gigabytes(memory_bytes)} of memory, and the largest device here has "
        f"{gigabytes(largest)}. {remedy} or a smaller network."
    )


def waits_for(memory_bytes: int, *, now: datetime) -> str:
    """Return what a queued run waits for besides its turn; nothing when a device that is there could take it."""
    largest = _largest(present(now=now))
    if largest is not None and memory_bytes <= largest:
        return ""
    if largest is None:
        return "No worker is there; it starts as soon as one is back." if known(now=now) else ""
    return (
        f"It needs about {gigabytes(memory_bytes)} of memory, more than any device that is there now; it starts when "
        "a larger one is back."
    )


def _largest(devices: Iterable[Device]) -> int | None:
    # A worker that has not told its memory yet is asked to try.
    return max((device.memory_bytes or sys.maxsize for device in devices), default=None)
