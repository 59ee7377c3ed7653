"""What only shows when all lessons lie side by side: ids, order, prerequisites, links between lessons. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from courses.content_files import CourseFiles, LessonFile
from courses.faults import Fault
from courses.publishing.edition import EditionLesson
from courses.rendering.context import Reading


def check_together(
    files: CourseFiles, lessons: Sequence[EditionLesson], readings: Sequence[Reading]
) -> Iterator[Fault]:
    """Yield every fault that lies between lessons."""
    yield from _repeated(files.lessons, lessons)
    yield from _repeated_questions(lessons)
    yield from _navigation(files.lessons)
    yield from _prerequisites(files.lessons)
    yield from _anchors(readings, lessons)


def _repeated(files: Sequence[LessonFile], lessons: Sequence[EditionLesson]) -> Iterator[Fault]:
    ids, orders = Counter(each.id for each in lessons), Counter(each.order for each in lessons)
    slugs = Counter(each.slug for each in files)
    for file in files:
        if ids[file.id] > 1:
            yield file.front.fault(f"Two lessons have the id {file.id!r}.", "Give each its own.", "id")
        order = file.front.data.get("order")
        if isinstance(order, int) and orders[order] > 1:
            yield file.front.fault(f"Two lessons have the order {order}.", "Give each its own place.", "order")
        if slugs[file.slug] > 1:
            yield Fault(file.path, 1, f"Two lesson files have the slug {file.slug!r}.", "Rename one of them.")


def _repeated_questions(lessons: Sequence[EditionLesson]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for lesson in lessons:
        for question in lesson.questions:
            where = f"{lesson.path}:{question.line}"
            if question.id in seen:
                text = f"The question id {question.id!r} is already used at {seen[question.id]}."
                yield Fault(lesson.path, question.line, text, "Give each question its own id.")
            seen.setdefault(question.id, where)


def _navigation(files: Sequence[LessonFile]) -> Iterator[Fault]:
    """Compare prevLessonId and nextLessonId with the neighbours that the order gives."""
    ordered = sorted(files, key=lambda file: _order(file.front.data))
    for index, file in enumerate(ordered):
        before = ordered[index - 1].id if index else None
        after = ordered[index + 1].id if index + 1 < len(ordered) else None
        for key, right in (("prevLessonId", before), ("nextLessonId", after)):
            given = file.front.data.get(key)
            if given != right:
                text = f"{key} is {given or 'null'}, but by order it is {right or 'null'}."
                yield file.front.fault(text, f"Write {key}: {right or 'null'}, or correct the order.", key)


def _order(front: Mapping[str, Any]) -> int:
    order = front.get("order")
    return order if isinstance(order, int) else 0


def _prerequisites(files: Sequence[LessonFile]) -> Iterator[Fault]:
    orders = {file.id: _order(file.front.data) for file in files}
    requires = {file.id: _requires(file) for file in files}
    reachable = _reachable(requires)
    for file in files:
        for index, required in enumerate(requires[file.id]):
            at = ("requires", index)
            if required not in requires:
                yield file.front.fault(f"It requires {required!r}, which is no lesson.", "Correct the id.", *at)
            elif file.id not in reachable and (cycle := _cycle(file.id, required, requires)):
                text = f"The prerequisites go round in a circle: {' > '.join(cycle)}."
                yield file.front.fault(text, "Remove one of these requirements.", *at)
            elif orders[required] > orders[file.id]:
                yield file.front.fault(f"It requires {required!r}, which comes later.", "Change one order.", *at)
        if file.id not in reachable:
            text = f"The lesson {file.id!r} can never be reached."
            yield file.front.fault(text, "It must follow from a lesson that requires nothing.", "requires")


def _requires(file: LessonFile) -> list[str]:
    given = file.front.data.get("requires")
    return [str(each) for each in given] if isinstance(given, list) else []


def _reachable(requires: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the lessons that open one after another, starting from those that require nothing."""
    reachable: set[str] = set()
    while True:
        new = {id_ for id_, needed in requires.items() if id_ not in reachable and set(needed) <= reachable}
        if not new:
            return reachable
        reachable |= new


def _cycle(start: str, first: str, requires: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a way from `start` over `first` back to `start`, empty when there is none."""
    ways = [[start, first]]
    seen = {first}
    while ways:
        way = ways.pop()
        for following in requires.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return [start, start] if first == start else []


def _anchors(readings: Sequence[Reading], lessons: Sequence[EditionLesson]) -> Iterator[Fault]:
    anchors = {lesson.id: reading.anchors for lesson, reading in zip(lessons, readings, strict=True)}
    for reading in readings:
        for lesson, anchor, line in reading.lesson_links:
            if anchor not in anchors.get(lesson, {anchor}):
                text = f"The lesson {lesson!r} has no heading with the anchor #{anchor}."
                yield Fault(reading.path, line, text, "Link the heading's own anchor.")
