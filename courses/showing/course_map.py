"""The course map: sections of lessons with their states in words, a diagram of what opens what, the way to a goal.

What stays the same for everyone who sees a release is made once per release (`courses.showing.drawn_map`); what differs
from person to person is made here, in one pass over the lessons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from courses.outline import ComingLesson, Outline, OutlineLesson
from courses.showing.changes import changes_for
from courses.showing.drawn_map import COMING, MapLine, Pieces
from courses.standing import Standing
from courses.unlocking import State, distances, way_in


@dataclass(frozen=True, slots=True)
class MapSection:
    """One section of the course: its title with what runs past it, and its lessons as list items."""

    id: str
    title: str
    passing: SafeString
    rows: SafeString


@dataclass(frozen=True, slots=True)
class GoalWay:
    """The shortest way to a goal: the lessons still to complete, the goal last, and their minutes together.

    `coming` counts those among them that are not written yet and have no minutes; `is_shut`: an instructor shut one.
    """

    id: str
    title: str
    state: str
    lessons: Sequence[OutlineLesson | ComingLesson]
    minutes: int
    coming: int
    is_shut: bool


@dataclass(frozen=True, slots=True)
class CourseMap:
    """Everything that the front page shows of the course."""

    title: str
    description: str
    sections: Sequence[MapSection]
    drawing: SafeString
    width: int
    height: int
    options: SafeString
    has_begun: bool
    done: int
    total: int
    coming: int
    minutes_left: int
    goal: GoalWay | None


def course_map(standing: Standing, *, goal: str = "") -> CourseMap:
    """Return the map of the published course for one person; `goal` is the id of the lesson they want to reach."""
    outline, states = standing.outline, standing.states
    done = [lesson for lesson in outline.lessons if states[lesson.id] is State.DONE]
    left = sum(lesson.minutes for lesson in outline.lessons if states[lesson.id] is not State.DONE)
    way = goal_way(standing, goal)
    lines, pieces = _lines(standing, {each.id for each in way.lessons} if way else set()), Pieces(outline)
    return CourseMap(
        title=outline.title,
        description=outline.manifest.get("description", ""),
        sections=_sections(outline, lines, pieces),
        drawing=pieces.drawing(lines),
        width=outline.diagram.width,
        height=outline.diagram.height,
        options=pieces.options(chosen=goal if way else ""),
        has_begun=bool(done),
        done=len(done),
        total=len(outline.lessons),
        coming=len(outline.coming),
        minutes_left=left,
        goal=way,
    )


def goal_way(standing: Standing, goal: str) -> GoalWay | None:
    """Return the shortest way to a lesson, written or coming; None when there is no such lesson."""
    outline = standing.outline
    lessons = outline.known
    if goal not in lessons:
        return None
    state = standing.states.get(goal, COMING)
    ahead = () if state == State.OPEN else way_in(outline.all_nodes, standing.record, goal).lessons
    ids = [] if state == State.DONE else [*ahead, goal]
    written = [outline.by_id[each] for each in ids if each in outline.by_id]
    return GoalWay(
        id=goal,
        title=lessons[goal].title,
        state=state,
        lessons=[lessons[each] for each in ids],
        minutes=sum(each.minutes for each in written),
        coming=len(ids) - len(written),
        is_shut=any(standing.record.grants.get(each) is False for each in ids),
    )


def _sections(outline: Outline, lines: Mapping[str, MapLine], pieces: Pieces) -> list[MapSection]:
    sections, before = [], ""
    for section in outline.manifest.get("sections", ()):
        ids = outline.in_sections[section["id"]]
        if ids:
            shown = pieces.rows(lines[each] for each in ids)
            sections.append(MapSection(section["id"], section["title"], pieces.rail_past(before), shown))
            before = ids[-1]
    return sections


def _lines(standing: Standing, on_way: set[str]) -> dict[str, MapLine]:
    """Return what is personal about every lesson, by id, in the order of the course."""
    states, changed, ways = standing.states, changes_for(standing), _ways(standing)
    following, shut = standing.next_lesson(), _("Shut by your instructor.")
    lines = {}
    for node in standing.outline.all_nodes:
        state = states.get(node.id, COMING)
        said = ways.get(node.id, shut) if state == State.LOCKED else ""
        if node.id in changed:
            said = _("It has changed since you completed it.") + " " + changed[node.id].sentence
        is_next = following is not None and node.id == following.id
        lines[node.id] = MapLine(node.id, state, said, is_next, node.id in on_way)
    return lines


def _ways(standing: Standing) -> dict[str, str]:
    """Say what leads into each locked lesson."""
    titles = {id_: lesson.title for id_, lesson in standing.outline.by_id.items()}
    one = _("Opens after “%(title)s”: about %(minutes)d min.")
    more = _("Opens after “%(title)s” and %(others)d more: about %(minutes)d min.")
    return {
        id_: (one if far.count == 1 else more)
        % {"title": titles[far.first], "others": far.count - 1, "minutes": far.minutes}
        for id_, far in distances(standing.outline.nodes, standing.record).items()
    }
