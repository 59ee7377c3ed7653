"""Images per second of the trainer that streams against the same trainer that tells nobody.

Streaming is what a worker does with each event: a chunk is a row of the site's own database, written in a
transaction of its own, and rings through a real Redis. Both train in turns. Run it with
`python -m benchmarks.streaming`.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure, show
from benchmarks.site import opened

ROUNDS: Final = 15
EPOCHS: Final = 12
AIM: Final = 0.98

# Images per second without streaming and with it.
Pair = tuple[float, float]


def measure(*, rounds: int = ROUNDS, epochs: int = EPOCHS) -> list[Pair]:
    """Return the two speeds of each round; a busy machine slows both, for one runs right after the other."""
    with opened():
        _speed(None, epochs=1)  # what a first pass makes ready is not counted
        return [_pair(is_first=number % 2 == 0, epochs=epochs) for number in range(rounds)]


def _pair(*, is_first: bool, epochs: int) -> Pair:
    """Train with and without streaming; `is_first` says that streaming comes first."""
    if is_first:
        streamed = _speed_streamed(epochs=epochs)
        return _speed(None, epochs=epochs), streamed
    alone = _speed(None, epochs=epochs)
    return alone, _speed_streamed(epochs=epochs)


def _speed_streamed(*, epochs: int) -> float:
    """Train once as a worker does; the run goes afterwards, or the sweeper of the next benchmark would find it lost."""
    recorder = _recorder()
    try:
        return _speed(recorder, epochs=epochs)
    finally:
        recorder.run.delete()


def _recorder() -> Any:
    """Return the writer of a new run's chunks, the run claimed as a worker claims it."""
    from accounts.models import User
    from labs import queueing, submission
    from labs.models import Lab
    from labs.recording import Recorder

    submission.submit(owner=User.objects.create_guest(), lab=Lab.objects.get(pk="taster"), fields={})
    run = queueing.claim(worker="the benchmark")
    if run is None:
        raise RuntimeError("The run that was just submitted could not be claimed.")
    return Recorder(run)


def _speed(recorder: Any, *, epochs: int) -> float:
    """Train once from the first event on, telling the recorder if there is one; returns images per second."""
    from nets import machine
    from nets.specs import TrainSpec
    from nets.trainer import train

    with tempfile.TemporaryDirectory() as folder:
        walk = train(
            TrainSpec(epochs=epochs), device="cpu", threads=machine.usual_threads(), checkpoint_to=Path(folder)
        )
        started = next(walk)
        begun = time.perf_counter()
        for event in walk:
            if recorder is not None and event["type"] != "finished":
                recorder.add(event)
                recorder.flush_when_due()
        if recorder is not None:
            recorder.flush()
        return float(epochs * started["dataset"]["train"] / (time.perf_counter() - begun))


def figure(pairs: list[Pair]) -> Figure:
    """Return the measured line against its aim: the median of the ratios of the rounds."""
    ratios = [streamed / alone for alone, streamed in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    alone, streamed = (statistics.median(each) for each in zip(*pairs, strict=True))
    return Figure(
        "Trainer with streaming against without (the first-run default)",
        f"{middle:.3f} ({streamed:,.0f} against {alone:,.0f} images/s)",
        f"quartiles {low:.3f} to {high:.3f} ({len(ratios)} pairs)",
        f"at least {AIM}",
        middle >= AIM,
    )


if __name__ == "__main__":
    sys.stdout.write(show([figure(measure())]) + "\n")
