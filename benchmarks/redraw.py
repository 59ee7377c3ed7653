"""How long one redraw of a live run with very many points takes in a real browser. `python -m benchmarks.redraw`.

The page's own modules draw: a frame with one more point arrives, the log takes it, both charts are drawn anew.
"""

import functools
import http.server
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.site import ROOT, browser

POINTS: Final = 100_000
DRAWS: Final = 60
WARM_UPS: Final = 5
REDRAW_AIM_MS: Final = 16
# Where the site serves what npm brought.
FROM_NPM: Final = {"/static/vendor/uplot/": "/node_modules/uplot/dist/"}
PAGE: Final = '<!doctype html><div id="loss"></div><div id="metric"></div>'
STYLE: Final = "#loss, #metric { width: 860px; height: 240px; }"
DRAW: Final = """
async ([points, draws]) => {
  const { apply, counted, emptyLog } = await import("/static/js/labs/points.js");
  const { Curves } = await import("/static/js/labs/curves.js");
  const log = emptyLog();
  const frame = (from, to) => {
    const step = Array.from({ length: to - from }, (_, index) => from + index);
    const loss = step.map((each) => Math.exp(-each / points) + Math.random() / 2);
    const events = [{ type: "steps", step, loss, metric: loss.map((value) => 1 - value / 2), lr: step.map(() => 0.1) }];
    return { run: "r", attempt: 1, seq: to, state: "running", events };
  };
  const find = (id) => document.getElementById(id);
  const curves = new Curves({ loss: find("loss"), metric: find("metric") }, { onHover: () => {}, onCursor: () => {} });
  for (let from = 1; from <= points; from += 1000) apply(log, frame(from, from + 1000));
  curves.draw(counted(log));
  const took = [];
  for (let draw = 1; draw <= draws; draw += 1) {
    await new Promise(requestAnimationFrame);
    const begun = performance.now();
    apply(log, frame(points + draw, points + draw + 1));
    curves.draw(counted(log));
    // uPlot draws at the end of the task; reading a pixel waits for what was drawn.
    await Promise.resolve();
    for (const canvas of document.querySelectorAll("canvas")) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    took.push(performance.now() - begun);
  }
  return took;
}
"""


class _Files(http.server.SimpleHTTPRequestHandler):
    """The repository's static files under the site's addresses, and one empty page."""

    def translate_path(self, path: str) -> str:
        place = next((name for name in FROM_NPM if path.startswith(name)), None)
        return super().translate_path(path if place is None else path.replace(place, FROM_NPM[place]))

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *unused: Any) -> None:
        """Say nothing: the table is the output."""


def measure() -> list[float]:
    """Return the milliseconds of each redraw, from a frame's arrival until its pixels are there."""
    with served(ROOT) as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.add_style_tag(content=STYLE)
        took: list[float] = page.evaluate(DRAW, [POINTS, WARM_UPS + DRAWS])
    return took[WARM_UPS:]


def figure(took: list[float]) -> Figure:
    """Return the measured line against its aim."""
    slowest = percentile(took, 0.95)
    return Figure(
        f"Redraw of {POINTS:,} points, both charts",
        f"p95 {slowest:.1f} ms, median {statistics.median(took):.1f} ms",
        spread(took, unit="ms"),
        f"p95 under {REDRAW_AIM_MS} ms",
        slowest < REDRAW_AIM_MS,
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve an empty page and the static files of the repository in `folder`; yields the page's address."""
    handler = functools.partial(_Files, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


if __name__ == "__main__":
    sys.stdout.write(show([figure(measure())]) + "\n")
