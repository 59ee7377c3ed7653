"""How the learning rate moves during a run: the share of it that each step takes. Needs the standard library only."""

import math


def share(schedule: str, *, position: int, steps: int, warmup: float = 0.0) -> float:
    """Return the share of the learning rate that the step after `position` steps takes, out of `steps` in all.

    The first `warmup` of all steps, a fraction, climb in a straight line (Goyal et al. 2017, arXiv:1706.02677,
    section 2.2), and the schedule has the rest. "cosine" falls to zero along half a cosine (Loshchilov and Hutter
    2017, arXiv:1608.03983, equation 5). "step" divides by ten after a half and after three quarters, as He et al.
    did (arXiv:1512.03385, section 4.2). "one_cycle" climbs over the first 0.3 and falls to almost nothing (Smith and
    Topin 2018, arXiv:1708.07120), with the numbers of torch's OneCycleLR. Raises KeyError for another word.

    >>> [share("cosine", position=position, steps=4) for position in range(3)]
    [1.0, 0.8535533905932737, 0.5]
    """
    climb = round(warmup * steps)
    if position < climb:
        return (position + 1) / (climb + 1)
    return _SHARES[schedule](position - climb, steps - climb)


def _constant(_position: int, _steps: int) -> float:
    return 1.0


def _cosine(position: int, steps: int) -> float:
    return (1 + math.cos(math.pi * position / steps)) / 2


def _step(position: int, steps: int) -> float:
    return 1.0 if 2 * position < steps else 0.1 if 4 * position < 3 * steps else 0.01


def _one_cycle(position: int, steps: int) -> float:
    # torch's numbers: begin at 1/25, peak after three tenths, end at 1/250,000; both ways along half a cosine.
    peak, last = max(0.3 * steps - 1, 0.0), max(steps - 1, 1)
    if position <= peak and peak > 0:
        return _between(1 / 25, 1.0, position / peak)
    return _between(1.0, 1 / 250_000, (position - peak) / (last - peak))


def _between(start: float, end: float, way: float) -> float:
    """Return the height after `way`, from 0 to 1, on half a cosine from `start` to `end`."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * way))


_SHARES = {"constant": _constant, "cosine": _cosine, "step": _step, "one_cycle": _one_cycle}
