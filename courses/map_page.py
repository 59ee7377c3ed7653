"""The course map as its template shows it: sections, lessons, what needs what, in words and as rails."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from courses.outline import Outline, OutlineLesson
from courses.rails import Rail, rails
from courses.standing import Standing
from courses.unlocking import State

TONES: Mapping[State, str] = {State.OPEN: "accent", State.DONE: "good", State.LOCKED: ""}


@dataclass(frozen=True, slots=True)
class MapRow:
    """One lesson on the map. `needs` are the lessons that it requires, `opens` those that require it."""

    lesson: OutlineLesson
    number: int
    state: State
    word: str
    tone: str
    needs: tuple[OutlineLesson, ...]
    opens: tuple[OutlineLesson, ...]
    rail: Rail
    has_changed: bool


@dataclass(frozen=True, slots=True)
class MapSection:
    """One section of the course with its lessons. `rail` is what runs past its heading."""

    title: str
    rows: tuple[MapRow, ...]
    rail: Rail


@dataclass(frozen=True, slots=True)
class MapPage:
    """The whole map for one person. `onward` is the lesson to go on with, None when all is done."""

    title: str
    description: str
    sections: tuple[MapSection, ...]
    done: int
    total: int
    minutes_left: int
    onward: OutlineLesson | None


def map_page(standing: Standing) -> MapPage:
    """Return the map of the published course for one person."""
    outline = standing.outline
    rows = [_row(standing, lesson, rail) for lesson, rail in zip(outline.lessons, rails(outline.nodes), strict=True)]
    left = [row for row in rows if row.state is not State.DONE]
    return MapPage(
        title=outline.title,
        description=str(outline.manifest.get("description", "")),
        sections=_sections(outline, rows),
        done=len(rows) - len(left),
        total=len(rows),
        minutes_left=sum(row.lesson.minutes for row in left),
        onward=standing.next_lesson(),
    )


def _row(standing: Standing, lesson: OutlineLesson, rail: Rail) -> MapRow:
    outline = standing.outline
    state = standing.states[lesson.id]
    return MapRow(
        lesson=lesson,
        number=outline.lessons.index(lesson) + 1,
        state=state,
        word={State.OPEN: _("open"), State.DONE: _("done"), State.LOCKED: _("locked")}[state],
        tone=TONES[state],
        needs=tuple(outline.by_id[each] for each in lesson.requires if each in outline.by_id),
        opens=tuple(other for other in outline.lessons if lesson.id in other.requires),
        rail=rail,
        has_changed=standing.changed_since(lesson),
    )


def _sections(outline: Outline, rows: list[MapRow]) -> tuple[MapSection, ...]:
    titles = {each["id"]: each["title"] for each in outline.manifest.get("sections", [])}
    names = list(dict.fromkeys(row.lesson.section for row in rows))
    sections = [(name, tuple(row for row in rows if row.lesson.section == name)) for name in names]
    start = replace(rows[0].rail, head="", tail="") if rows else Rail(0, 0, "", "")
    passing = [start, *(within[-1].rail for _name, within in sections)]
    return tuple(
        MapSection(titles.get(name, name), within, rail)
        for (name, within), rail in zip(sections, passing, strict=False)
    )
