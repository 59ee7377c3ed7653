"""What all benchmarks share: medians, percentiles, and one table of figures with their aims."""

import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

_MET = {True: "yes", False: "NO", None: "not judged"}
PACKAGES = ("django", "celery", "channels", "redis", "uvicorn", "torch", "torchvision", "pillow")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: what, the value with its unit and spread, and the aim with whether it was met.

    `is_met` is None where this machine cannot meet the aim: then the line only shows that the benchmark runs.
    """

    name: str
    value: str
    spread: str
    aim: str
    is_met: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `values` lie, by nearest rank.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def spread(values: Sequence[float], *, unit: str) -> str:
    """Return minimum, median and maximum as text.

    >>> spread([3.0, 1.0, 2.0], unit="ms")
    'min 1, median 2, max 3 ms (3)'
    """
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"min {low:.4g}, median {middle:.4g}, max {high:.4g} {unit} ({len(values)})"


def show(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table, with the machine and the versions above it."""
    head = f"{platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
    head += ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rows = [f"| {f.name} | {f.value} | {f.spread} | {f.aim} | {_MET[f.is_met]} |" for f in figures]
    return "\n".join([head, "", "| What | Measured | Spread | Aim | Met |", "|---|---|---|---|---|", *rows])
