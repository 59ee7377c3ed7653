"""Several values of one setting, as a lab's form asks for them: what was typed, and the run for each value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from labs import specs
from labs.models import LabVersion
from labs.owning import Visitor
from nets.catalog import Field, Option
from nets.specs import SpecError, TrainSpec

# What may differ among the runs of one wish: numbers that are typed, and words that are ticked.
KINDS: Final = frozenset({"whole", "real", "choice", "flag"})
# Nobody needs more to name twenty values; a longer text would only fill the page that quotes it.
MOST_TYPED: Final = 300
MOST_NAME: Final = 60
# A comma before three digits parts thousands, not values: 1,024 is one number that is typed wrongly.
_BETWEEN: Final = re.compile(r"[;\s]+|,(?!\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Sweepable:
    """A setting of which several values can be tried: numbers are typed as `text`, of `options` some are `chosen`."""

    field: Field
    options: tuple[Option, ...]
    text: str
    chosen: tuple[str, ...]

    @property
    def name(self) -> str:
        """What its inputs are called in the form."""
        return name_of(self.field.name)


class SeveralForm:
    """The setting of which several values are tried. `field` is empty when one run is asked for, which is usual.

    `specs` holds a run for each value unless something is wrong; `error` says what is wrong with the values.
    """

    def __init__(self, version: LabVersion, knobs: Sequence[tuple[Field, tuple[Option, ...]]], data: Any) -> None:
        self._version = version
        self.sweepable = [_sweepable(field, options, data) for field, options in knobs if field.kind in KINDS]
        asked = str(data.get("several", ""))
        self.chosen = next((each for each in self.sweepable if each.field.name == asked), None)
        self.field = asked[:MOST_NAME]
        self.specs: list[TrainSpec] = []
        self.error = specs.closed(self.field, version) if asked and self.chosen is None else ""

    @property
    def values(self) -> list[object]:
        """The values that were asked for, as the numbers and words that they spell."""
        if self.chosen is None:
            return []
        return [specs.read_form({self.field: said})[self.field] for said in self.chosen.chosen]

    def read(self, fields: Mapping[str, object], *, owner: Visitor | None) -> None:
        """Make the run for each value, the other settings being `fields`; what is wrong with those is said there."""
        if self.chosen is None:
            return
        try:
            self.specs = specs.several(self._version, fields, owner=owner, field=self.field, values=self.values)
        except SpecError as error:
            self.error = error.errors.get("values", "")


def name_of(field: str) -> str:
    """Return what the inputs of a setting's several values are called.

    >>> name_of("learning_rate")
    'several_learning_rate'
    """
    return f"several_{field}"


def parted(text: str) -> list[str]:
    """Return the values that someone typed in a line, parted by commas, semicolons or spaces.

    >>> parted("0.1, 0.01;0.001"), parted("32 64"), parted("1,024"), parted("")
    (['0.1', '0.01', '0.001'], ['32', '64'], ['1,024'], [])
    """
    return [part for part in _BETWEEN.split(text) if part]


def _sweepable(field: Field, options: tuple[Option, ...], data: Any) -> Sweepable:
    name = name_of(field.name)
    # Ticked words come one by one from a form, and together in the link that was made of it.
    said = data.getlist(name) if isinstance(data, QueryDict) else [str(data[name])] if name in data else []
    text = ", ".join(said)[:MOST_TYPED]
    # An augmentation of the learner's own steps is no word that can be ticked.
    words = tuple(option for option in options if not option.name.startswith("["))
    return Sweepable(field=field, options=words, text=text, chosen=tuple(parted(text)))
