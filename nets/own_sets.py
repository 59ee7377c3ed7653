"""A learner's own pictures as a spec names them: by the hash of their file, with all that arithmetic must know."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from nets.datasets import DataSet

# What a spec's `data` says when its `pictures` say which.
OWN: Final = "own"
SIDES: Final = (8, 512)
CLASSES: Final = (2, 100)
LEAST_PER_CLASS: Final = 10
MOST_PER_CLASS: Final = 20_000
LONGEST_NAME: Final = 60
# The same shares for everybody's pictures: what is left of them trains.
TEST_SHARE: Final = 0.15
VALIDATION_SHARE: Final = 0.15
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_KEYS: Final = ("sha256", "side", "classes")


class OwnSetError(ValueError):
    """Words that name no data set; the text says what is allowed."""


@dataclass(frozen=True, slots=True)
class OwnSet:
    """One set of pictures: the sha256 of its file, the side of each picture, and (name, pictures) of each class.

    The place of a class is its label. It exists only within the bounds above; OwnSetError says which was broken.
    """

    sha256: str
    side: int
    classes: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        fault = _fault(self)
        if fault:
            raise OwnSetError(fault)

    @classmethod
    def parse(cls, said: object) -> Self:
        """Read JSON text or what it spells; raises OwnSetError."""
        try:
            data = json.loads(said) if isinstance(said, str) else said
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, Mapping) or sorted(map(str, data)) != sorted(_KEYS):
            raise OwnSetError(f"It must be a JSON object of {', '.join(_KEYS)}.")
        return cls(data["sha256"], data["side"], _pairs(data["classes"]))

    @property
    def text(self) -> str:
        """The one text of this set, for a spec."""
        said = {"sha256": self.sha256, "side": self.side, "classes": [list(pair) for pair in self.classes]}
        return json.dumps(said, separators=(",", ":"))

    @property
    def images(self) -> int:
        """How many pictures there are."""
        return sum(count for _, count in self.classes)

    @property
    def splits(self) -> Mapping[str, int]:
        """How many pictures train, validate and test."""
        test = round(self.images * TEST_SHARE)
        rest = self.images - test
        validation = round(rest * VALIDATION_SHARE / (1 - TEST_SHARE))
        return MappingProxyType({"train": rest - validation, "validation": validation, "test": test})

    @property
    def data_set(self) -> DataSet:
        """The set as pages and arithmetic know every other. Its title names no class: scripts quote it."""
        return DataSet(
            name=OWN,
            title="Your own pictures",
            caption=f"{self.images:,} pictures that you brought, in {len(self.classes)} classes of your own.",
            shape=(3, self.side, self.side),
            classes=tuple(name for name, _ in self.classes),
            images=self.images,
            splits=self.splits,
            source="The pictures of whoever trained this network",
        )


def fault_of_name(name: object) -> str:
    """Return what is wrong with the name of a class, or nothing."""
    if not isinstance(name, str) or not name.strip() or name != name.strip():
        return "A class needs a name, without blanks around it."
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"The name of a class may have {LONGEST_NAME} letters, and none that cannot be printed."
    return ""


def _fault(own: OwnSet) -> str:
    """Return the first bound that a set breaks, or nothing."""
    names = [name for name, _ in own.classes]
    if not isinstance(own.sha256, str) or not _SHA256.fullmatch(own.sha256):
        return "Its sha256 must be 64 hex digits."
    if type(own.side) is not int or not SIDES[0] <= own.side <= SIDES[1]:
        return f"Its side must be a whole number from {SIDES[0]} to {SIDES[1]}."
    if not CLASSES[0] <= len(names) <= CLASSES[1] or len(set(names)) < len(names):
        return f"It must have {CLASSES[0]} to {CLASSES[1]} classes, each with a name of its own."
    if any(type(count) is not int or not LEAST_PER_CLASS <= count <= MOST_PER_CLASS for _, count in own.classes):
        return f"Each class must have {LEAST_PER_CLASS} to {MOST_PER_CLASS:,} pictures."
    return next(filter(None, map(fault_of_name, names)), "")


def _pairs(classes: Any) -> tuple[tuple[str, int], ...]:
    """Return a list of [name, pictures] as pairs; raises OwnSetError for anything else."""
    if not isinstance(classes, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in classes
    ):
        raise OwnSetError("Its classes must be a list of [name, number of pictures].")
    return tuple((name, count) for name, count in classes)
