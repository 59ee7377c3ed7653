"""The course map: sections of lessons with their states in words, and the picture of what opens what. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.outline import Outline, OutlineLesson
from courses.standing import Standing
from courses.unlocking import State

BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP, HEAD = 216, 56, 64, 22, 40
LINE_LETTERS = 24


@dataclass(frozen=True, slots=True)
class MapLesson:
    """One line of the list. `way` says what a locked lesson still needs; `changed`: newer than what was completed."""

    lesson: OutlineLesson
    state: str
    label: str
    way: str
    is_next: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class MapSection:
    """One section of the course with its lessons."""

    id: str
    title: str
    lessons: Sequence[MapLesson]


@dataclass(frozen=True, slots=True)
class Box:
    """One lesson in the picture; x and y are its upper left corner, `middle` the height of its centre."""

    lesson: OutlineLesson
    state: str
    label: str
    x: int
    y: int
    lines: tuple[str, ...]
    is_next: bool

    @property
    def text_x(self) -> int:
        """Where its text starts."""
        return self.x + 14

    @property
    def first_line(self) -> int:
        """The baseline of its first line of title."""
        return self.y + (24 if len(self.lines) > 1 else 33)

    @property
    def second_line(self) -> int:
        """The baseline of its second line of title."""
        return self.y + 43


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a lesson to one that it opens, as an SVG path. `is_done`: the first of the two is done."""

    path: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class SectionHead:
    """A section's title over its column."""

    title: str
    x: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The map as a drawing of `width` by `height`."""

    width: int
    height: int
    heads: Sequence[SectionHead]
    boxes: Sequence[Box]
    edges: Sequence[Edge]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class CourseMap:
    """Everything that the front page shows of the course."""

    title: str
    description: str
    sections: Sequence[MapSection]
    picture: Picture
    next: OutlineLesson | None
    has_begun: bool
    done: int
    total: int
    minutes_left: int


LABELS = {State.DONE: "done", State.OPEN: "open", State.LOCKED: "locked"}


def course_map(standing: Standing) -> CourseMap:
    """Return the map of the published course for one person."""
    outline, states = standing.outline, standing.states
    following = standing.next_lesson()
    done = [lesson for lesson in outline.lessons if states[lesson.id] is State.DONE]
    left = sum(lesson.minutes for lesson in outline.lessons if states[lesson.id] is not State.DONE)
    return CourseMap(
        title=outline.title,
        description=outline.manifest.get("description", ""),
        sections=_sections(standing, following),
        picture=draw(outline, states, following),
        next=following,
        has_begun=bool(done),
        done=len(done),
        total=len(outline.lessons),
        minutes_left=left,
    )


def _sections(standing: Standing, following: OutlineLesson | None) -> list[MapSection]:
    sections = []
    for section in standing.outline.manifest.get("sections", ()):
        lessons = [each for each in standing.outline.lessons if each.section == section["id"]]
        shown = [_line(standing, lesson, is_next=lesson == following) for lesson in lessons]
        sections.append(MapSection(section["id"], section["title"], shown))
    return [section for section in sections if section.lessons]


def _line(standing: Standing, lesson: OutlineLesson, *, is_next: bool) -> MapLesson:
    state = standing.states[lesson.id]
    way = way_sentence(standing, lesson) if state is State.LOCKED else ""
    return MapLesson(lesson, state.value, LABELS[state], way, is_next, standing.changed_since(lesson))


def way_sentence(standing: Standing, lesson: OutlineLesson) -> str:
    """Say what leads into a locked lesson."""
    way = standing.way_in(lesson.id)
    if way.shut or not way.lessons:
        return "Shut by your instructor."
    first = standing.outline.by_id[way.lessons[0]].title
    others = len(way.lessons) - 1
    more = "" if not others else f" and {others} more"
    return f"Opens after “{first}”{more}: about {way.minutes} min."


def draw(outline: Outline, states: Mapping[str, State], following: OutlineLesson | None) -> Picture:
    """Return the drawing: a column for each section, its lessons from top to bottom, lines for what opens what."""
    heads, boxes = [], {}
    columns = [s for s in outline.manifest.get("sections", ()) if any(x.section == s["id"] for x in outline.lessons)]
    for column, section in enumerate(columns):
        x = column * (BOX_WIDTH + COLUMN_GAP)
        heads.append(SectionHead(section["title"], x))
        for row, lesson in enumerate(each for each in outline.lessons if each.section == section["id"]):
            y = HEAD + row * (BOX_HEIGHT + ROW_GAP)
            state = states[lesson.id]
            lines = two_lines(lesson.title)
            boxes[lesson.id] = Box(lesson, state.value, LABELS[state], x + 1, y, lines, lesson == following)
    edges = [
        Edge(_curve(boxes[required], boxes[lesson.id]), states[required] is State.DONE)
        for lesson in outline.lessons
        for required in lesson.requires
        if required in boxes and lesson.id in boxes
    ]
    width = max(1, len(columns)) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP + 2
    height = max((box.y + BOX_HEIGHT for box in boxes.values()), default=HEAD) + 2
    return Picture(width, height, heads, list(boxes.values()), edges)


def _curve(start: Box, end: Box) -> str:
    """Return a path from one box to another: straight down to the next, round the side to a later one."""
    if start.x == end.x:
        middle = start.x + BOX_WIDTH // 2
        if 0 < end.y - start.y <= BOX_HEIGHT + ROW_GAP:
            return f"M{middle} {start.y + BOX_HEIGHT}V{end.y}"
        side, bend = start.x + BOX_WIDTH, start.x + BOX_WIDTH + COLUMN_GAP // 2
        from_y, to_y = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
        return f"M{side} {from_y}C{bend} {from_y} {bend} {to_y} {side} {to_y}"
    rightwards = end.x > start.x
    from_x, to_x = (start.x + BOX_WIDTH, end.x) if rightwards else (start.x, end.x + BOX_WIDTH)
    from_y, to_y = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
    middle = (from_x + to_x) // 2
    return f"M{from_x} {from_y}C{middle} {from_y} {middle} {to_y} {to_x} {to_y}"


def two_lines(title: str) -> tuple[str, ...]:
    """Break a title into at most two lines that fit into a box.

    >>> two_lines("Stride, padding and dilation")
    ('Stride, padding and', 'dilation')
    """
    if len(title) <= LINE_LETTERS:
        return (title,)
    words = title.split()
    first = words.pop(0)
    while words and len(f"{first} {words[0]}") <= LINE_LETTERS:
        first = f"{first} {words.pop(0)}"
    rest = " ".join(words)
    return first, rest if len(rest) <= LINE_LETTERS else f"{rest[: LINE_LETTERS - 1].rstrip()}…"
