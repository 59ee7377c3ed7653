"""Part kinds: what other apps contribute to a lesson. They register here in their app's `ready()`.

A kind with a `folder` is described by files (`labs/first-run.yaml` is the part `first-run` of kind `lab`); a lesson
places one with a directive (`:::{lab} first-run`). A kind without a folder is described by the directive alone: its
options are the data.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from courses.faults import Fault
from courses.models import Release
from courses.yaml_lines import Located


@dataclass(frozen=True, slots=True)
class PartSource:
    """One part as it stands in the course folder. `located.data` is the mapping that its file or directive holds.

    No `file`: a directive alone describes it.
    """

    kind: str
    key: str
    located: Located
    file: Path | None = None

    def fault(self, text: str, remedy: str, *keys: str | int) -> Fault:
        """Return a fault that points at the line of the value under `keys`."""
        return self.located.fault(text, remedy, *keys)


class ParsedPart(Protocol):
    """What a kind's `parse` returns; it may hold whatever else the kind needs."""

    @property
    def title(self) -> str: ...

    @property
    def summary(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PartContext:
    """What a kind may check a part against."""

    lessons: frozenset[str]


@dataclass(frozen=True, slots=True)
class PartKind:
    """How one kind of part is read, checked and stored.

    parse(source) -> part: raises ContentError with the faults of what cannot be read.
    validate(part, source, context) -> faults: what is readable but wrong; empty when the part may be published.
    store(part, source, release): writes the part's rows inside the release's transaction; must do nothing when the
        rows already say the same. Called for every part of the kind at every publication that writes a release,
        after the lessons' rows exist.
    """

    name: str
    parse: Callable[[PartSource], Any]
    validate: Callable[[Any, PartSource, PartContext], Iterable[Fault]]
    store: Callable[[Any, PartSource, Release], None]
    folder: str | None = None


_kinds: dict[str, PartKind] = {}


def register_part_kind(
    kind: str,
    *,
    parse: Callable[[PartSource], Any],
    validate: Callable[[Any, PartSource, PartContext], Iterable[Fault]],
    store: Callable[[Any, PartSource, Release], None],
    folder: str | None = None,
) -> None:
    """Make a kind of part known. `folder`: where in the course folder its files lie (`labs` for `labs/*.yaml`).

    Registering a kind again replaces it, so that `ready()` may run twice.
    """
    _kinds[kind] = PartKind(kind, parse, validate, store, folder)


def part_kinds() -> dict[str, PartKind]:
    """Return every kind that has been registered, by name."""
    return dict(_kinds)
