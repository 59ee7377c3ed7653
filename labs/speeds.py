"""How fast training goes on each device: told by the runs that ended there, and by a probe before any has."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from django.db import transaction

from labs.models import Device, Run, Worker
from nets.catalog import OWN
from nets.specs import TrainSpec

# What changes the time of a step besides network, data and batch.
WEIGHTY: Final = ("augment", "precision", "layout", "freeze", "ema", "layers")
# The key under which a device keeps the seconds of the worker's own probe (`nets.machine.probe`).
PROBE: Final = "probe"
REMEMBERED: Final = 5

# Seconds of a step by kind of run, for one device or for several together.
Steps = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of this server: median seconds of a step by kind of run, and of the probe (None: never made)."""

    steps: Steps = field(default_factory=dict)
    probe: float | None = None


def kind_of(spec: TrainSpec) -> str:
    """Return the key for all runs whose steps take equally long: network, data, batch, and a digest of the rest.

    >>> kind_of(TrainSpec(augment="none")).rpartition("/")[0]
    'lenet5/digits/32'
    """
    said = [f"{name}={getattr(spec, name, '')}" for name in WEIGHTY]
    return f"{family_of(spec)}/{spec.batch_size}/{_short_digest('&'.join(said))}"


def family_of(spec: TrainSpec) -> str:
    """Return the part of the key that says which network learns which data."""
    layers = getattr(spec, "layers", "")
    # A library's names have slashes of their own.
    arch = spec.arch.replace("/", ":") + (f"-{_short_digest(layers)}" if layers else "")
    # Own pictures differ in their side and in how many classes there are, and in nothing else that takes time.
    data = f"{spec.data}-{spec.dataset.shape[-1]}-{len(spec.dataset.classes)}" if spec.data == OWN else spec.data
    return f"{arch}/{data}"


def known() -> Known:
    """Return what the devices of this server told, several of them by their median."""
    told: dict[str, list[float]] = {}
    for speeds in Device.objects.values_list("speeds", flat=True):
        for key, seconds in _sound(speeds):
            told.setdefault(key, []).append(median(seconds))
    steps = {key: median(seconds) for key, seconds in told.items()}
    probe = steps.pop(PROBE, None)
    return Known(steps, probe)


def learn(run: Run, *, summary: Mapping[str, Any]) -> None:
    """Keep how long a step of this ended run took, with those of the last such runs on its device."""
    seconds = seconds_of_a_step(TrainSpec.from_json(run.spec), summary=summary, attempts=run.fence)
    device = str(run.resolved.get("device") or "")
    node = node_of(run.worker)
    if seconds is not None and device and node:
        _remember(node, device=device, key=kind_of(TrainSpec.from_json(run.spec)), seconds=seconds)


def learn_probe(node: str, *, device: str, seconds: float) -> None:
    """Keep what the probe of a worker's device took."""
    _remember(node, device=device, key=PROBE, seconds=seconds)


def seconds_of_a_step(spec: TrainSpec, *, summary: Mapping[str, Any], attempts: int) -> float | None:
    """Return the seconds of one step, its share of validation included; None when the summary does not tell.

    The seconds of a summary are those of the last attempt alone; a run of several is told by its images per second.
    """
    steps, seconds, rate = (summary.get(name) or 0 for name in ("steps", "seconds", "images_per_second"))
    if attempts <= 1 and steps and seconds:
        return float(seconds / steps)
    splits = spec.dataset.splits
    # Validation goes forward only, a third of a training step.
    judging = splits["validation"] / splits["train"] / 3
    return float(spec.batch_size / rate * (1 + judging)) if rate else None


def node_of(worker: str) -> str:
    """Return the worker's name in a run's holder, which has the process after it.

    >>> node_of("train@house:4711"), node_of("")
    ('train@house', '')
    """
    return worker.rpartition(":")[0] or worker


@transaction.atomic
def _remember(node: str, *, device: str, key: str, seconds: float) -> None:
    owner, _ = Worker.objects.get_or_create(name=node, defaults={"queue": "train"})
    # A worker has one device, under the name that it gave when it began.
    row = Device.objects.select_for_update().filter(worker=owner).first() or Device(worker=owner, name=device)
    row.speeds = row.speeds | {key: [*dict(_sound(row.speeds)).get(key, []), round(seconds, 6)][-REMEMBERED:]}
    row.save()


def _sound(speeds: Mapping[str, Any]) -> Iterator[tuple[str, list[float]]]:
    """Yield the entries of a device that are lists of seconds."""
    for key, seconds in speeds.items():
        if isinstance(seconds, list) and seconds:
            yield key, [float(each) for each in seconds]


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
