"""Part images so that every class has the same share in both parts, exactly as scikit-learn would.

The very numbers of its `train_test_split(..., stratify=labels, random_state=0)`, which the scripts that learners take
home still call. Importing it costs two seconds, because scipy's statistics come along: more than drawing a data set.
"""

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


def parted(labels: Places, *, held_out: int) -> tuple[Places, Places]:
    """Return the places in `labels` (N,) of the images that are kept, and of `held_out` others, both shuffled.

    Raises ValueError when a class has one image only, or a part would be smaller than the number of classes.
    """
    _, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2 or min(held_out, len(labels) - held_out) < len(counts):
        raise ValueError("Every class needs two images at least, and a place in both parts.")
    dice = np.random.RandomState(0)
    keep = _quota(counts, len(labels) - held_out, dice)
    hold = _quota(counts - keep, held_out, dice)
    by_class = np.split(np.argsort(numbers, kind="stable"), np.cumsum(counts)[:-1])
    kept, held = [], []
    for places, first, second in zip(by_class, keep, hold, strict=True):
        shuffled = places[dice.permutation(len(places))]
        kept.append(shuffled[:first])
        held.append(shuffled[first : first + second])
    return dice.permutation(np.concatenate(kept)), dice.permutation(np.concatenate(held))


def _quota(counts: Places, wanted: int, dice: np.random.RandomState) -> Places:
    """Say how many of each class make up `wanted`: its share rounded down, the rest to the largest remainders."""
    shares = counts / counts.sum() * wanted
    quota = np.floor(shares)
    missing, remainders = int(wanted - quota.sum()), shares - quota
    for remainder in np.unique(remainders)[::-1]:
        (tied,) = np.where(remainders == remainder)
        more = dice.choice(tied, size=min(len(tied), missing), replace=False) if missing else tied[:0]
        quota[more] += 1
        missing -= len(more)
    return np.asarray(quota, dtype=np.int64)
