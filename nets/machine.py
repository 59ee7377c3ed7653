"""On what a run computes: device, number format, memory layout and threads, chosen once and kept for its resumes."""

import json
import os
import statistics
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor, nn

from nets import checkpoints
from nets.specs import TrainSpec

PROBE_SECONDS: Final = 2.0
# Another way than the plain one must be faster by this much, or noise would choose it.
LEAST_GAIN: Final = 1.1
PLAIN: Final = ("float32", "channels_first")
DTYPES: Final[Mapping[str, torch.dtype]] = MappingProxyType(
    {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
)
FORMATS: Final[Mapping[str, torch.memory_format]] = MappingProxyType(
    {"channels_first": torch.contiguous_format, "channels_last": torch.channels_last}
)

# Seconds of one step of a block of convolutions, by "dtype layout".
Speeds = dict[str, float]


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run computes on, as plain values: a checkpoint holds it, and a resume computes on the same."""

    device: str
    dtype: str
    layout: str
    threads: int

    def to_json(self) -> dict[str, Any]:
        """Return the four as plain values."""
        return asdict(self)

    @property
    def memory_format(self) -> torch.memory_format:
        """Return the layout as torch names it."""
        return FORMATS[self.layout]

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context in which a network computes in this number format; weights and losses stay float32."""
        if self.dtype == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=DTYPES[self.dtype])


def resolve(
    spec: TrainSpec,
    *,
    device: str | None = None,
    threads: int | None = None,
    recorded: Mapping[str, Any] | None = None,
    probes: Path | None = None,
) -> Machine:
    """Say on what `spec` will compute here; `recorded` is what an earlier attempt of the same run computed on.

    What is given beats what is recorded, and that beats what the spec leaves open. "auto" is measured, see `probe`.
    float16 needs a GPU and is float32 elsewhere. Measures on as many threads as this process has set.
    """
    recorded = recorded or {}
    chosen = device or _there(recorded.get("device")) or best_device()
    dtype, layout = recorded.get("dtype"), recorded.get("layout")
    if dtype is None or layout is None:
        dtype, layout = _fastest(spec, device=chosen, probes=probes)
    if dtype == "float16" and torch.device(chosen).type == "cpu":
        dtype = "float32"
    return Machine(chosen, dtype, layout, threads or recorded.get("threads") or usual_threads())


def best_device() -> str:
    """Return "cuda" where there is one, else "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def usual_threads() -> int:
    """Return the cores that this process may use, less one for the web: two spinning pools halve each other."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def probe(*, device: str, kind: str = "convs and pools", file: Path | None = None) -> Speeds:
    """Return the seconds of a training step in each number format and layout, measured once per machine.

    Takes at most PROBE_SECONDS the first time and reads `file` after that; the file is one for all machines that
    share it, because each line names its processor, threads, torch and `kind` of network. Unless given it is the
    one that STRIDE_PROBES names, else in the user's cache folder. A file that cannot be read or written only costs
    another measurement.
    """
    file = file or _usual_file()
    known = _read(file)
    name = f"{kind} on {_processor(device)}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    if name not in known:
        known[name] = _measure(device=device)
        _write(known, file)
    return known[name]


def _there(device: object) -> str | None:
    """Return a recorded device when this machine has one of its kind."""
    if not isinstance(device, str):
        return None
    return device if torch.device(device).type == "cpu" or torch.cuda.is_available() else None


def _fastest(spec: TrainSpec, *, device: str, probes: Path | None) -> tuple[str, str]:
    """Return the fastest number format and layout that the spec allows."""
    # float16 is never chosen for anyone: it needs its loss scaled, and wins nothing over bfloat16.
    dtypes = ("float32", "bfloat16") if spec.precision == "auto" else (spec.precision,)
    layouts = tuple(FORMATS) if spec.layout == "auto" else (spec.layout,)
    ways = list(product(dtypes, layouts))
    if len(ways) == 1:
        return ways[0]
    speeds = probe(device=device, file=probes)
    # The layouts fare in float16 as they do in bfloat16.
    measured = {"float16": "bfloat16"}
    seconds = {(dtype, layout): speeds[f"{measured.get(dtype, dtype)} {layout}"] for dtype, layout in ways}
    plain = PLAIN if PLAIN in seconds else ways[0]
    best = min(seconds, key=lambda way: seconds[way])
    return best if seconds[best] * LEAST_GAIN <= seconds[plain] else plain


def _measure(*, device: str) -> Speeds:
    """Time the ways by turns, so that whatever else the machine does meanwhile falls on all of them alike."""
    until = time.perf_counter() + PROBE_SECONDS
    taken: dict[tuple[str, str], list[float]] = {way: [] for way in product(("float32", "bfloat16"), FORMATS)}
    with torch.random.fork_rng(), torch.enable_grad():
        blocks = {way: _Block(Machine(device, *way, threads=1)) for way in taken}
        for block in blocks.values():
            block.step()  # what a first step makes ready is not counted
        for _ in range(9):
            for way, block in blocks.items():
                begun = time.perf_counter()
                block.step()
                taken[way].append(time.perf_counter() - begun)
            if time.perf_counter() > until - sum(map(statistics.median, taken.values())):
                break
    return {" ".join(way): statistics.median(seconds) for way, seconds in taken.items()}


class _Block:
    """Convolutions with norm, ReLU and pooling, of the sizes that most layers of the course's networks have.

    Without the pools both layouts seem alike, which in a whole network differ by a third.
    """

    def __init__(self, machine: Machine) -> None:
        layers = [*_layer(3, 32), nn.MaxPool2d(2), *_layer(32, 64), nn.MaxPool2d(2), *_layer(64, 64)]
        self._machine = machine
        self._model = nn.Sequential(*layers).to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
        images = torch.rand(32, 3, 32, 32, device=machine.device)  # (N, C, H, W)
        self._images = images.contiguous(memory_format=machine.memory_format)

    def step(self) -> None:
        """Go forward and backward once, and wait for it."""
        with self._machine.autocast():
            outputs: Tensor = self._model(self._images)  # (N, 64, 8, 8)
        outputs.float().square().mean().backward()  # type: ignore[no-untyped-call]
        if torch.device(self._machine.device).type == "cuda":
            torch.cuda.synchronize()


def _layer(channels: int, out: int) -> list[nn.Module]:
    return [nn.Conv2d(channels, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU()]


def _usual_file() -> Path:
    named = os.environ.get("STRIDE_PROBES")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "stride" / "probes.json"


def _processor(device: str) -> str:
    """Name what computes, so that a file shared by several machines is right for each."""
    if torch.device(device).type == "cuda":
        return str(torch.cuda.get_device_name(device))
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        lines = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
        return f"{lines[0]} ({torch.backends.cpu.get_cpu_capability()})"
    except (OSError, IndexError):
        return torch.backends.cpu.get_cpu_capability()


def _read(file: Path) -> dict[str, Speeds]:
    """Return what `file` knows; one that is absent or damaged knows nothing."""
    ways = {" ".join(way) for way in product(("float32", "bfloat16"), FORMATS)}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): {way: float(speeds[way]) for way in ways} for name, speeds in found.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _write(known: Mapping[str, Speeds], file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        checkpoints.write(json.dumps(known, indent=1).encode(), file)
    except OSError:
        return
