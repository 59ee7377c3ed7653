"""Every benchmark, one after another on an otherwise idle machine, as one table. Run it with `make bench`."""

import sys

from benchmarks import (
    appended,
    board,
    drawn,
    live,
    nets,
    nets_gpu,
    pages,
    redraw,
    streaming,
    trainer,
    waiting,
    watchers,
)
from benchmarks.figures import Figure, show


def stream() -> list[Figure]:
    """Return the lines of the live stream, the simplest usual design beside them."""
    crowds, drawings = watchers.measure_all(), drawn.measure()
    usual = appended.figure(appended.measure(), delays=crowds[appended.WATCHERS]["delays"], drawings=drawings)
    return [*watchers.figures(crowds), *drawn.figures(drawings), usual]


def main() -> None:
    """Measure everything and print the table."""
    site = [*live.figures(live.measure()), *stream(), streaming.figure(streaming.measure())]
    site += [waiting.figure(waiting.measure()), board.figure(board.measure()), redraw.figure(redraw.measure())]
    site += pages.figures(pages.measure())
    engine = [trainer.figure(trainer.measure()), *nets.figures(), *nets_gpu.figures()]
    sys.stdout.write(show([*site, *engine]) + "\n")


if __name__ == "__main__":
    main()
