"""Every benchmark, one after another on an otherwise idle machine, as one table. Run it with `make bench`."""

import sys
from typing import Final

from benchmarks import board, live, redraw, trainer
from benchmarks.figures import Figure, show

TRAINER_AIM: Final = 0.97


def main() -> None:
    """Measure everything and print the table."""
    figures = [
        *live.figures(live.measure()),
        board.figure(board.measure()),
        redraw.figure(redraw.measure()),
        _trainer_figure(),
    ]
    sys.stdout.write(show(figures) + "\n")


def _trainer_figure() -> Figure:
    measured = trainer.measure()
    low, high = measured["ratio_quartiles"]
    ratio, speed = measured["ratio"], measured["trainer_images_per_second"]
    return Figure(
        "Trainer's images per second against the same loop written bare",
        f"ratio {ratio:.3f} ({speed:,.0f} images/s)",
        f"quartiles {low:.3f} to {high:.3f} ({measured['rounds']} pairs)",
        f"at least {TRAINER_AIM}",
        ratio >= TRAINER_AIM,
    )


if __name__ == "__main__":
    main()
