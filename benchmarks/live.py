"""How long after Train the first point stands on the chart, and how old a chunk is when it is drawn.

Real Chromium, web, worker and Redis, on a database of its own; both clocks are this machine's. Run it with
`python -m benchmarks.live`.
"""

import statistics
import sys
from typing import Any, Final

from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.site import browser, opened

WARM_UPS: Final = 2
RUNS: Final = 10
FIRST_POINT_AIM_MS: Final = 500
DRAWN_AIM_MS: Final = 120
STOPS: Final = 5
STOP_AIM_MS: Final = 1000
# The moment after the paint: a task posted from the frame in which the charts were drawn.
WATCH: Final = """
() => {
  const now = () => performance.timeOrigin + performance.now();
  window.watched = { clicked: null, drawn: [] };
  document.addEventListener("submit", () => { window.watched.clicked ??= now(); }, true);
  document.addEventListener("run-drawn", (event) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.watched.drawn.push({ at: now(), ...event.detail });
    channel.port2.postMessage(0);
  });
}
"""


def measure() -> dict[str, list[float]]:
    """Train the taster again and again; return milliseconds: "first_point" and "stop" per run, "drawn" per chunk."""
    measured: dict[str, list[float]] = {"first_point": [], "drawn": [], "stop": []}
    with opened("train", "sweeper") as house, browser() as chromium:
        for number in range(WARM_UPS + RUNS):
            watched = _one_run(chromium, house.url)
            if number >= WARM_UPS:
                first = next(drawn for drawn in watched["drawn"] if drawn["step"] >= 1)
                measured["first_point"].append(first["at"] - watched["clicked"])
                measured["drawn"] += _ages(watched["run"], watched["drawn"])
        measured["stop"] += [_one_stop(chromium, house.url) for _ in range(STOPS)]
    return measured


def _one_run(chromium: Any, url: str) -> dict[str, Any]:
    """Press Train on the front page as a guest of a new browser profile, and watch the run to its end."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(url)
    page.evaluate(WATCH)
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("() => window.watched.drawn.length > 0")
    page.locator("live-run [data-progress]").wait_for(state="hidden", timeout=120_000)
    watched: dict[str, Any] = page.evaluate("window.watched")
    watched["run"] = page.evaluate("JSON.parse(document.getElementById('live-start').textContent).frame.run")
    context.close()
    return watched


def _one_stop(chromium: Any, url: str) -> float:
    """Press Stop in the middle of a run; return the milliseconds from the request's row to the row of the end."""
    from labs.models import Run

    context = chromium.new_context()
    page = context.new_page()
    page.goto(url)
    page.evaluate(WATCH)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("() => window.watched.drawn.length > 5")
    page.get_by_role("button", name="Stop after this step").click()
    page.locator("live-run [data-progress]").wait_for(state="hidden", timeout=60_000)
    run = Run.objects.filter(stop_requested_at__isnull=False).latest("queued_at")
    context.close()
    if run.ended_at is None or run.stop_requested_at is None:
        raise RuntimeError(f"Run {run.pk} was stopped and has no end.")
    return (run.ended_at - run.stop_requested_at).total_seconds() * 1000


def _ages(run: str, drawn: list[dict[str, Any]]) -> list[float]:
    """Return, for each chunk, the milliseconds from its row to the end of the first frame that shows it."""
    from labs.models import Chunk

    written = dict(Chunk.objects.filter(run_id=run).values_list("seq", "created_at"))
    # What the page came with was no frame: only chunks after the first drawing count.
    known = drawn[0]["seq"]
    shown = {seq: next((frame["at"] for frame in drawn if frame["seq"] >= seq), None) for seq in written if seq > known}
    return [at - written[seq].timestamp() * 1000 for seq, at in shown.items() if at is not None]


def figures(measured: dict[str, list[float]]) -> list[Figure]:
    """Return the measured lines against their aims."""
    first, stop = statistics.median(measured["first_point"]), statistics.median(measured["stop"])
    drawn = percentile(measured["drawn"], 0.95)
    return [
        Figure(
            "Train pressed to first point drawn (warm worker)",
            f"median {first:.0f} ms",
            spread(measured["first_point"], unit="ms"),
            f"median under {FIRST_POINT_AIM_MS} ms",
            first < FIRST_POINT_AIM_MS,
        ),
        Figure(
            "Commit of a chunk to drawn frame, while it trains",
            f"p95 {drawn:.0f} ms",
            spread(measured["drawn"], unit="ms"),
            f"p95 under {DRAWN_AIM_MS} ms",
            drawn < DRAWN_AIM_MS,
        ),
        Figure(
            "Stop asked for to run ended, network usable",
            f"median {stop:.0f} ms",
            spread(measured["stop"], unit="ms"),
            f"median under {STOP_AIM_MS} ms",
            stop < STOP_AIM_MS,
        ),
    ]


if __name__ == "__main__":
    sys.stdout.write(show(figures(measure())) + "\n")
