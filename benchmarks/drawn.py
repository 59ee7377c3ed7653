"""How late a browser draws a chunk, and how old its newest point is, while a crowd watches and the run trains.

Run it with `python -m benchmarks.drawn`. The browser is one of the crowd.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from benchmarks import watchers
from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.live import WATCH
from benchmarks.site import browser, opened, prepare

if TYPE_CHECKING:
    from tests.house import House

CROWD: Final = 50
DRAWN_AIM_MS: Final = 80
AGE_AIM_MS: Final = 300
# How often the age of what stands on the chart is read off.
SAMPLE_MS: Final = 10.0
JOIN_SECONDS: Final = 60.0

# When something was drawn, and when the newest of it was made; both in milliseconds since 1970.
Drawing = tuple[float, float]


def measure() -> list[Drawing]:
    """Let a browser and a crowd watch one run for a while; return what the browser drew, in its order."""
    prepare()
    from labs import submission
    from labs.models import Chunk

    with opened("train", "sweeper") as house, browser() as chromium:
        run = watchers.begin_run(house)
        cookies = watchers.cookies(CROWD)
        with _crowd(house, run.pk, cookies=cookies):
            drawn = _drawn(house, run.pk, chromium=chromium, cookie=cookies[0])
        written = dict(Chunk.objects.filter(run=run).values_list("seq", "created_at"))
        submission.request_stop(run)
    made = {seq: moment.timestamp() * 1000 for seq, moment in written.items()}
    # What the page came with was no frame: only what was drawn after it counts.
    return [(one["at"], made[one["seq"]]) for one in drawn[1:] if one["seq"] in made]


@contextmanager
def _crowd(house: "House", run: Any, *, cookies: list[str]) -> Iterator[None]:
    """Let all but one of the crowd watch from a thread while the block lasts."""
    is_there, is_over = threading.Event(), threading.Event()
    crowd = watchers.stay(house, run, number=CROWD - 1, cookies=cookies, is_there=is_there, is_over=is_over)
    thread = threading.Thread(target=asyncio.run, args=(crowd,), daemon=True)
    thread.start()
    try:
        if not is_there.wait(JOIN_SECONDS):
            raise RuntimeError(f"{CROWD - 1} watchers did not come within {JOIN_SECONDS:g} s.")
        yield
    finally:
        is_over.set()
        thread.join(JOIN_SECONDS)


def _drawn(house: "House", run: Any, *, chromium: Any, cookie: str) -> list[dict[str, Any]]:
    context = chromium.new_context()
    context.add_cookies([{"name": "sessionid", "value": cookie.partition("=")[2], "url": house.url}])
    page = context.new_page()
    page.goto(f"{house.url}/runs/{run}/")
    page.evaluate(WATCH)
    page.wait_for_timeout(watchers.LISTEN_SECONDS * 1000)
    drawn: list[dict[str, Any]] = page.evaluate("window.watched.drawn")
    context.close()
    return drawn


def ages(drawings: Sequence[Drawing]) -> list[float]:
    """Return how old the newest drawn point was, in milliseconds, every SAMPLE_MS from the first drawing to the last.

    >>> ages([(1000.0, 990.0), (1030.0, 1025.0)])
    [10.0, 20.0, 30.0]
    """
    found = []
    for (at, made), (until, _) in pairwise(drawings):
        moment = at
        while moment < until:
            found.append(moment - made)
            moment += SAMPLE_MS
    return found


def figures(drawings: Sequence[Drawing]) -> list[Figure]:
    """Return the measured lines against their aims."""
    late, old = [at - made for at, made in drawings], ages(drawings)
    slowest, oldest = percentile(late, 0.95), percentile(old, 0.95)
    return [
        Figure(
            f"Commit of a chunk to drawn frame, {CROWD} watchers, while it trains",
            f"p95 {slowest:.0f} ms",
            spread(late, unit="ms"),
            f"p95 under {DRAWN_AIM_MS} ms",
            slowest < DRAWN_AIM_MS,
        ),
        Figure(
            f"Age of the newest drawn point, {CROWD} watchers, while it trains",
            f"p95 {oldest:.0f} ms",
            spread(old, unit="ms"),
            f"p95 under {AGE_AIM_MS} ms",
            oldest < AGE_AIM_MS,
        ),
    ]


if __name__ == "__main__":
    sys.stdout.write(show(figures(measure())) + "\n")
