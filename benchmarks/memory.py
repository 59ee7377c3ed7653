"""What a lab page says a run needs of memory against what it takes: `python -m benchmarks.memory`.

Each network is trained in a fresh process as a worker has it: warmed up, so that libraries and first kernels are there.
What the process holds at its peak above that is the run's.
"""

import gc
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stride.settings")
django.setup()

from labs import costs  # noqa: E402  needs the settings, as its modules hold rows too
from labs.speeds import Known  # noqa: E402
from nets.specs import TrainSpec  # noqa: E402

RUNS: Final = (
    TrainSpec(),
    TrainSpec(batch_size=512),
    TrainSpec(arch="threeblock", batch_size=128),
    TrainSpec(arch="fourconv_bn", data="shapes", augment="none"),
    TrainSpec(arch="fourconv_bn", data="shapes", augment="standard", batch_size=128, precision="float32"),
    TrainSpec(arch="resnet20", data="shapes", augment="none", batch_size=64),
    TrainSpec(arch="resnet20", data="shapes", augment="none", batch_size=128, precision="float32"),
    TrainSpec(arch="plain56", data="shapes", augment="none", batch_size=32),
    TrainSpec(arch="plain56", data="shapes", augment="none", batch_size=128, optimiser="sgd", learning_rate=0.05),
)
AIM: Final = 0.3
SECONDS: Final = 600
STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Line:
    """One run: the bytes that the page says, and those that its process grew by."""

    name: str
    said: int
    took: int

    def __str__(self) -> str:
        said, took = self.said / 1e6, self.took / 1e6
        return f"{self.name:<60}{said:9.1f} {took:9.1f} {said / took:6.2f}  {'yes' if self.is_met else 'NO'}"

    @property
    def is_met(self) -> bool:
        """Whether the estimate is within the aim."""
        return abs(self.said / self.took - 1) <= AIM


def measure() -> list[Line]:
    """Train a few steps and a validation of every network in a process of its own."""
    return [_line(spec) for spec in RUNS]


def _line(spec: TrainSpec) -> Line:
    said = costs.cost_of(spec, known=Known()).memory_bytes
    name = f"{spec.arch}, {spec.data}, batch {spec.batch_size}, {spec.optimiser}, {spec.augment}, {spec.precision}"
    return Line(name, said, _bytes_in_a_fresh_process(spec))


def _bytes_in_a_fresh_process(spec: TrainSpec) -> int:
    command = [sys.executable, "-m", "benchmarks.memory", json.dumps(spec.to_json())]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    return int(answer.stdout.split()[-1])


def growth(spec: TrainSpec) -> int:
    """Return by how many bytes this process grew at the peak of training a first epoch of `spec`."""
    from nets.trainer import train  # PyTorch, which the process that prints the table does not need

    walk = train(TrainSpec(epochs=1))
    next(event for event in walk if event["type"] == "steps")
    walk.close()
    gc.collect()
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    for event in train(spec):
        if event["type"] == "epoch":
            break
    return _status("VmHWM") - before


def _status(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def main(arguments: list[str]) -> int:
    """Print the table, or for the spec in `arguments` what this process grew by; 1 when an estimate misses the aim."""
    if not STATUS.exists():
        print("NOT MEASURED: only Linux tells what a process held at its peak.")
        return 0
    if arguments:
        print(growth(TrainSpec.from_json(json.loads(arguments[0]))))
        return 0
    lines = measure()
    print("Megabytes of a run: as the page says, as its process grew at the peak")
    print(f"{'':<60}{'said':>9} {'took':>9} {'ratio':>6}  within {AIM:.0%}")
    print(*lines, sep="\n")
    return int(not all(line.is_met for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
