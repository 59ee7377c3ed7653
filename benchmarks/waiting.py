"""Do eight learners with long runs wait equally long for one worker? Run it with `python -m benchmarks.waiting`.

All submit at once and train for longer than is measured. After some rounds of slices each has waited the time
that they were not served in; whoever was served once more than another has waited one slice less.
"""

import sys
import time
from itertools import pairwise
from typing import Any, Final

from benchmarks.figures import Figure, show, spread
from benchmarks.site import opened, prepare

LEARNERS: Final = 8
SLICE_SECONDS: Final = 4
# Two rounds and a half: whoever is in the middle of a third turn then makes the waits differ.
WINDOW_SECONDS: Final = 2.5 * LEARNERS * SLICE_SECONDS
EPOCHS: Final = 200

# The seconds that each learner waited within the window, the turns that each had, and the seconds from the beginning
# of each turn to that of the next.
Waits = tuple[list[float], list[int], list[float]]


def measure() -> Waits:
    """Let the learners share one worker for a while; return their waits, their turns, and how long those lasted."""
    prepare()
    from accounts.models import User

    with opened("train", "sweeper", environment={"STRIDE_SLICE_SECONDS": str(SLICE_SECONDS)}) as house:
        runs = [_submit(User.objects.create_user(f"waiting{number}@class.example")) for number in range(LEARNERS)]
        begun = runs[-1].queued_at
        until = time.monotonic() + WINDOW_SECONDS
        house.until(lambda: time.monotonic() > until, seconds=2 * WINDOW_SECONDS, what="the window to end")
        return _waits(runs, begun=begun)


def _submit(learner: Any) -> Any:
    from labs import submission
    from labs.models import Lab, Run

    run = submission.submit(owner=learner, lab=Lab.objects.get(pk="taster"), fields={})
    Run.objects.filter(pk=run.pk).update(spec=run.spec | {"epochs": EPOCHS})
    return run


def _waits(runs: list[Any], *, begun: Any) -> Waits:
    from django.utils import timezone

    from labs import submission

    now = timezone.now()
    window, waits, counts, beginnings = (now - begun).total_seconds(), [], [], []
    for run in runs:
        turns = list(run.turns.order_by("attempt"))
        served = [((turn.ended_at or now) - turn.began_at).total_seconds() for turn in turns]
        beginnings += [turn.began_at for turn in turns]
        waits.append(window - sum(served))
        counts.append(len(turns))
        submission.request_stop(run)
    return waits, counts, [(after - before).total_seconds() for before, after in pairwise(sorted(beginnings))]


def figure(measured: Waits) -> Figure:
    """Return the measured line against its aim."""
    waits, counts, whole = measured
    fewest, most = min(counts), max(counts)
    return Figure(
        f"{LEARNERS} learners, one worker, slices of {SLICE_SECONDS} s: how far their waits lie apart",
        f"{max(waits) - min(waits):.2f} s, after {fewest} to {most} turns each;"
        f" from turn to turn {min(whole):.2f} to {max(whole):.2f} s",
        spread(waits, unit="s"),
        "at most one turn",
        most - fewest <= 1,
    )


if __name__ == "__main__":
    sys.stdout.write(show([figure(measure())]) + "\n")
