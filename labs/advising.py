"""What can be said of a set of pictures before anything is trained on it: too few, too uneven. Pure.

static/js/labs/own-classes.js says the same while pictures are gathered.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from nets.own_sets import LEAST_PER_CLASS

# Below this a network learns the few pictures by heart; a decision of ours.
ENOUGH_PER_CLASS: Final = 30
# More uneven than this, always naming the largest class looks like skill.
MOST_UNEVEN: Final = 3
NAMED_AT_MOST: Final = 6

# (name, pictures) of each class.
Classes = Sequence[tuple[str, int]]


def advice(classes: Classes) -> list[str]:
    """Return a sentence for each thing that will limit what a network can learn from these classes; mostly none.

    >>> advice([("cup", 12), ("pen", 3)])
    ['12 pictures of “cup” and 3 of “pen”: every class needs at least 10. Bring 7 more of “pen”.']
    """
    if len(classes) < 2:
        return ["A network needs at least two classes to tell apart: name another one."]
    missing = [(name, LEAST_PER_CLASS - count) for name, count in classes if count < LEAST_PER_CLASS]
    if missing:
        more = _and(f"{count} more of “{name}”" for name, count in missing)
        return [f"{_told(classes)}: every class needs at least {LEAST_PER_CLASS}. Bring {more}."]
    return [*_few(classes), *_uneven(classes)]


def counted(classes: Classes) -> str:
    """Return how many pictures there are of which class.

    >>> counted([("cup", 1), ("pen", 30)])
    '1 picture of “cup” and 30 of “pen”'
    """
    return _told(classes)


def _few(classes: Classes) -> list[str]:
    if all(count >= ENOUGH_PER_CLASS for _, count in classes):
        return []
    return [
        f"{_told(classes)}: enough to begin with, and few to learn from. With {ENOUGH_PER_CLASS} of each, taken from "
        "different sides and in different light, a network learns the thing and not the pictures."
    ]


def _uneven(classes: Classes) -> list[str]:
    (most, largest), (least, smallest) = (pick(classes, key=lambda pair: pair[1]) for pick in (max, min))
    if largest <= MOST_UNEVEN * smallest:
        return []
    share = round(100 * largest / sum(count for _, count in classes))
    return [
        f"{largest:,} pictures of “{most}” and only {smallest:,} of “{least}”: a network that always says “{most}” "
        f"would be right on {share}\xa0%. Bring more of “{least}”, or leave some of “{most}” out."
    ]


def _told(classes: Classes) -> str:
    """Return how many pictures there are of which class, the fewest first where not all can be named."""
    shown = list(classes)
    if len(classes) > NAMED_AT_MOST:
        shown = sorted(classes, key=lambda pair: pair[1])[:NAMED_AT_MOST]
    parts = [f"{count:,} of “{name}”" for name, count in shown]
    first, rest = parts[0].replace(" of ", " picture of " if shown[0][1] == 1 else " pictures of ", 1), parts[1:]
    more = len(classes) - len(shown)
    return _and([first, *rest, *([f"{more} classes more"] if more else [])])


def _and(parts: Iterable[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
