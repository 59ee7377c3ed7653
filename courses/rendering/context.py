"""What a lesson's text may refer to, and what was found while reading it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.faults import ContentError, Fault
from courses.yaml_lines import Located


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the course folder: its published address and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a text may show beside its own words: title, summary and address of a lab.

    Or an exercise: its HTML as `body`, the custom element that this holds as `widget`, and no address.
    """

    title: str
    summary: str
    url: str
    body: str = ""
    widget: str = ""


def _no_part(kind: str, key: str, located: Located) -> Reference:
    raise ContentError([located.fault(f"The kind {kind!r} is not known.", "Use a kind that is registered.")])


@dataclass(frozen=True, slots=True)
class Course:
    """Everything in a course that a text may refer to, whichever lesson it stands in."""

    lessons: Mapping[str, str]  # id -> slug
    terms: Mapping[str, str]  # id -> explanation as HTML
    pictures: Mapping[str, Picture]  # source -> picture
    widgets: Mapping[str, Mapping[str, Any]]  # name -> what the widget's index says
    parts: Mapping[tuple[str, str], Reference]  # (kind, key) -> reference; kinds that have files
    part_kinds: frozenset[str] = frozenset()
    filed_kinds: frozenset[str] = frozenset()  # the kinds whose parts have files
    # Reads a part that its directive alone describes; raises ContentError.
    read_part: Callable[[str, str, Located], Reference] = _no_part
    is_path: Callable[[str], bool] = lambda path: False  # whether the site has a page at an address


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of a table of contents."""

    level: int
    anchor: str
    html: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part that a text places, in the order of the text."""

    kind: str
    key: str
    title: str
    line: int


@dataclass(slots=True)
class Reading:
    """One lesson while it is read: what its cells computed, and what has been found so far."""

    course: Course
    path: str
    values: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)  # cell id -> what it printed
    faults: list[Fault] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    anchor_links: list[tuple[str, int]] = field(default_factory=list)
    lesson_links: list[tuple[str, str, int]] = field(default_factory=list)  # lesson id, anchor, line
    widgets: list[str] = field(default_factory=list)
    parts: list[ShownPart] = field(default_factory=list)
    term_count: int = 0

    def fault(self, line: int, text: str, remedy: str) -> None:
        """Note something that stands in the way of publication."""
        self.faults.append(Fault(self.path, line, text, remedy))

    def free_anchor(self, wanted: str) -> str:
        """Return an anchor like the wanted one that this lesson has not used yet, and use it."""
        anchor, number = wanted or "section", 1
        while anchor in self.anchors:
            number += 1
            anchor = f"{wanted or 'section'}-{number}"
        self.anchors.add(anchor)
        return anchor
