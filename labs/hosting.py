"""What this worker trains on, how many runs at once, and its free memory. Needs torch; for the child."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import torch
from django.conf import settings

from labs import devices
from labs.announcing import QUEUE
from labs.models import Device
from nets.machine import best_device, usual_threads

# A container's limit is below what the machine has; its files are those of control groups version 2.
_CONTAINER: Final = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one device: all of them, and those that nobody uses now."""

    total: int
    free: int


def device_of(node: str) -> Device:
    """Write down what the worker called `node` trains on, and return its row."""
    name = best_device()
    return devices.register(
        node, queue=QUEUE, name=name, slots=settings.STRIDE_SLOTS, memory_bytes=memory_of(name).total
    )


def memory_of(name: str) -> Memory:
    """Read the memory of the device `name` ("cpu", "cuda")."""
    if torch.device(name).type == "cuda":
        # What the runs before this one left in torch's own pool is free for the next.
        torch.cuda.empty_cache()
        free, total = torch.cuda.mem_get_info(name)
        return Memory(total, free)
    machine = psutil.virtual_memory()
    limit, used = _number("memory.max"), _number("memory.current")
    if limit is None or used is None or limit >= machine.total:
        return Memory(machine.total, machine.available)
    return Memory(limit, min(machine.available, max(0, limit - used)))


def threads_of(device: Device) -> int | None:
    """Return on how many threads one of the device's runs computes; None for the usual: slots share the cores."""
    return None if device.slots == 1 else max(1, usual_threads() // device.slots)


def _number(name: str) -> int | None:
    """Return the number in a file of this container's control group; None when there is no such limit."""
    try:
        return int((_CONTAINER / name).read_text())
    except (OSError, ValueError):
        return None
