"""The course map: sections of lessons with their states in words, and rails of what opens what beside them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from courses.outline import OutlineLesson
from courses.rails import EMPTY, Rail, rails
from courses.standing import Standing
from courses.unlocking import State


@dataclass(frozen=True, slots=True)
class MapLesson:
    """One line of the list. `way` says what a locked lesson still needs; `changed`: newer than what was completed."""

    lesson: OutlineLesson
    requires: Sequence[OutlineLesson]
    rail: Rail
    state: str
    label: str
    way: str
    is_next: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class MapSection:
    """One section of the course with its lessons; `rail` is what runs past its title."""

    id: str
    title: str
    lessons: Sequence[MapLesson]
    rail: Rail


@dataclass(frozen=True, slots=True)
class CourseMap:
    """Everything that the front page shows of the course."""

    title: str
    description: str
    sections: Sequence[MapSection]
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
        next=following,
        has_begun=bool(done),
        done=len(done),
        total=len(outline.lessons),
        minutes_left=left,
    )


def _sections(standing: Standing, following: OutlineLesson | None) -> list[MapSection]:
    outline = standing.outline
    drawn = dict(zip((each.id for each in outline.lessons), rails(outline.nodes), strict=True))
    passing = replace(next(iter(drawn.values()), EMPTY), head="", tail="")
    sections = []
    for section in outline.manifest.get("sections", ()):
        lessons = [each for each in outline.lessons if each.section == section["id"]]
        if lessons:
            shown = [_line(standing, each, drawn[each.id], is_next=each == following) for each in lessons]
            sections.append(MapSection(section["id"], section["title"], shown, passing))
            passing = drawn[lessons[-1].id]
    return sections


def _line(standing: Standing, lesson: OutlineLesson, rail: Rail, *, is_next: bool) -> MapLesson:
    state = standing.states[lesson.id]
    way = way_sentence(standing, lesson) if state is State.LOCKED else ""
    requires = [standing.outline.by_id[each] for each in lesson.requires if each in standing.outline.by_id]
    changed = standing.changed_since(lesson)
    return MapLesson(lesson, requires, rail, state.value, LABELS[state], way, is_next, changed)


def way_sentence(standing: Standing, lesson: OutlineLesson) -> str:
    """Say what leads into a locked lesson."""
    way = standing.way_in(lesson.id)
    if way.shut or not way.lessons:
        return "Shut by your instructor."
    first = standing.outline.by_id[way.lessons[0]].title
    others = len(way.lessons) - 1
    more = "" if not others else f" and {others} more"
    return f"Opens after “{first}”{more}: about {way.minutes} min."
