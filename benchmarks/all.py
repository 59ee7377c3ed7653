"""Every benchmark, one after another on an otherwise idle machine, as one table. Run it with `make bench`."""

import sys

from benchmarks import board, live, nets, nets_gpu, redraw, trainer
from benchmarks.figures import show


def main() -> None:
    """Measure everything and print the table."""
    site = [*live.figures(live.measure()), board.figure(board.measure()), redraw.figure(redraw.measure())]
    engine = [trainer.figure(trainer.measure()), *nets.figures(), *nets_gpu.figures()]
    sys.stdout.write(show([*site, *engine]) + "\n")


if __name__ == "__main__":
    main()
