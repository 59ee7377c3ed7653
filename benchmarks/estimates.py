"""What a lab page says a run will take against what it takes: `python -m benchmarks.estimates`.

Every network is trained twice for one epoch: the estimate before any run comes from the layer table and this
machine's probe, the one after from the first run; the second run judges both.
"""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import django
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stride.settings")
django.setup()

from labs import costs, speeds  # noqa: E402  needs the settings, as their modules hold rows too
from labs.speeds import Known  # noqa: E402
from nets import machine  # noqa: E402
from nets.specs import TrainSpec  # noqa: E402
from nets.trainer import train  # noqa: E402

LABS: Final = Path(__file__).resolve().parent.parent / "courses" / "content"
MORE: Final = (
    TrainSpec(arch="threeblock", batch_size=128),
    TrainSpec(arch="fourconv_bn", data="shapes", augment="none"),
    TrainSpec(arch="twoconv_bn", data="shapes", augment="none", optimiser="sgd", learning_rate=0.05),
    TrainSpec(arch="resnet20", augment="none"),
)
AIM: Final = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """One network: seconds of a step as estimated before and after a first run, and as the second run took."""

    name: str
    before: float
    after: float
    took: float

    def __str__(self) -> str:
        numbers = (1000 * each for each in (self.before, self.after, self.took))
        before, after, took = (f"{each:9.2f}" for each in numbers)
        ratios = f"{self.before / self.took:6.2f} {self.after / self.took:6.2f}"
        return f"{self.name:<44}{before} {after} {took} {ratios}  {'yes' if self.is_met else 'NO'}"

    @property
    def is_met(self) -> bool:
        """Whether the estimate after a run is within the aim."""
        return abs(self.after / self.took - 1) <= AIM


def measure() -> list[Line]:
    """Estimate and train every lab's starting spec and a few networks more."""
    probe = machine.probe(device=machine.best_device())[" ".join(machine.PLAIN)]
    return [_line(spec, probe=probe) for spec in [*_starting_specs(), *MORE]]


def _starting_specs() -> list[TrainSpec]:
    found = {TrainSpec.from_json(yaml.safe_load(path.read_text())["spec"]) for path in LABS.glob("*/labs/*.yaml")}
    return sorted(found, key=lambda spec: spec.arch)


def _line(spec: TrainSpec, *, probe: float) -> Line:
    short = replace(spec, epochs=1)
    before, _ = costs.seconds_of_a_step(short, known=Known(probe=probe))
    first, second = _seconds(short), _seconds(short)
    after, _ = costs.seconds_of_a_step(short, known=Known({speeds.kind_of(short): first}, probe))
    return Line(f"{spec.arch}, {spec.data}, batch {spec.batch_size}, {spec.augment}", before, after, second)


def _seconds(spec: TrainSpec) -> float:
    *_, last = train(spec)
    seconds = speeds.seconds_of_a_step(spec, summary=last["summary"], attempts=1)
    if seconds is None:
        raise RuntimeError(f"A run of {spec.arch} made no step.")
    return seconds


def main() -> int:
    """Print the table; 1 when an estimate after a run is not within the aim."""
    lines = measure()
    print("Milliseconds of a step: from the layer table and the probe, from a first run, as the second run took")
    print(f"{'':<44}{'table':>9} {'run':>9} {'took':>9} {'ratio':>6} {'ratio':>6}  within {AIM:.0%}")
    print(*lines, sep="\n")
    return int(not all(line.is_met for line in lines))


if __name__ == "__main__":
    sys.exit(main())
