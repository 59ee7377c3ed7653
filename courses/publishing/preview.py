"""Say what a publication would change and whom it would touch, without writing anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from courses.models import Attempt, Completion, Course, LessonVersion, Release, ReleaseLesson
from courses.outline import EMPTY, Outline, read_outline
from courses.publishing.edition import Edition
from courses.publishing.grants import everyone, nodes_of, to_grant
from courses.unlocking import Node, Record, State, states


@dataclass(slots=True)
class Touched:
    """How many people one publication would touch, each counted once a line."""

    people: int = 0
    new_check: int = 0
    inside: int = 0
    told: int = 0
    gain: int = 0
    lose: int = 0


@dataclass(slots=True)
class _Changes:
    """Which lessons change, by id: their text, their pool of questions."""

    text: set[str] = field(default_factory=set)
    pool: set[str] = field(default_factory=set)


def preview(edition: Edition) -> Iterator[str]:
    """Yield one sentence per thing that would change, then whom that would touch."""
    course = Course.objects.select_related("published").filter(pk=edition.id).first()
    release = course.published if course else None
    if release is not None and release.content_hash == edition.content_hash:
        yield "Nothing would change: the published release says the same."
        return
    changes = _Changes()
    yield from _lessons(release, edition, changes)
    old = EMPTY if release is None else read_outline(release.pk)
    yield from _order_and_edges(old, edition)
    yield sentence(touched(old, edition, changes.text, changes.pool))


def _lessons(release: Release | None, edition: Edition, changes: _Changes) -> Iterator[str]:
    entries = ReleaseLesson.objects.filter(release=release).select_related("version").prefetch_related("questions")
    published = {entry.version.lesson_id: entry for entry in entries} if release is not None else {}
    for lesson in edition.lessons:
        entry = published.pop(lesson.id, None)
        if entry is None:
            yield f"New lesson: {lesson.title}."
            continue
        pool = {question.content_hash for question in lesson.questions}
        if entry.version.content_hash != lesson.content_hash:
            changes.text.add(lesson.id)
            yield f"Changed text: {lesson.title}. {_inside_and_done(entry.version)}"
        if {question.content_hash for question in entry.questions.all()} != pool:
            changes.pool.add(lesson.id)
            yield f"Changed questions: {lesson.title}. {_inside_and_done(entry.version)}"
    for entry in published.values():
        yield f"Taken out: {entry.version.title}. {_inside_and_done(entry.version)}"


def _inside_and_done(version: LessonVersion) -> str:
    inside = Attempt.objects.filter(version__lesson_id=version.lesson_id, passed__isnull=True).count()
    done = Completion.objects.filter(lesson_id=version.lesson_id).count()
    return (
        f"{inside} learners are inside its check and finish on what they saw; {done} have completed it and keep that."
    )


def _order_and_edges(old: Outline, edition: Edition) -> Iterator[str]:
    titles = {lesson.id: lesson.title for lesson in edition.lessons}
    kept = [lesson for lesson in edition.lessons if lesson.id in old.by_id]
    if [lesson.id for lesson in kept] != [
        lesson.id for lesson in old.lessons if lesson.id in {each.id for each in kept}
    ]:
        yield f"New order: {', '.join(lesson.title for lesson in edition.lessons)}."
    for lesson in kept:
        before, after = set(old.by_id[lesson.id].requires), set(lesson.requires)
        slug = old.by_id[lesson.id].slug
        if slug != lesson.slug:
            yield f"New address: {lesson.title} moves to /lessons/{lesson.slug}/; /lessons/{slug}/ leads there."
        if before != after:
            needs = ", ".join(titles[each] for each in sorted(after)) or "nothing"
            yield f"New prerequisites: {lesson.title} requires {needs}. Whoever could open it still can."


def touched(old: Outline, edition: Edition, text: Iterable[str], pool: Iterable[str]) -> Touched:
    """Return how many people would meet something new, gain a lesson or lose one, by asking for each of them."""
    new = nodes_of(edition.lessons)
    text, pool, inside, count = set(text), set(pool), _inside(), Touched()
    for learner, record in everyone():
        before = states(old.nodes, record)
        after = _after(old.nodes, new, record)
        mine = inside.get(learner, set())
        readable = {id_ for id_, state in before.items() if state is not State.LOCKED}
        still = {id_ for id_, state in after.items() if state is not State.LOCKED}
        count.people += 1
        count.new_check += any(before.get(each) is State.OPEN and each not in mine for each in pool)
        count.inside += bool(mine & (text | pool))
        count.told += bool(record.done & text)
        count.gain += bool(still - readable)
        count.lose += bool(readable - still)
    return count


def _after(old: Sequence[Node], new: Sequence[Node], record: Record) -> Mapping[str, State]:
    """Return the states after publication, with the grants that it would write."""
    granted = dict.fromkeys(to_grant(old, new, record), True)
    return states(new, Record(record.done, {**record.grants, **granted}))


def _inside() -> dict[UUID, set[str]]:
    """Return, for each learner, the lessons whose checks they are inside."""
    found: dict[UUID, set[str]] = {}
    rows = Attempt.objects.filter(passed__isnull=True).values_list("learner_id", "version__lesson_id")
    for learner, lesson in rows:
        found.setdefault(learner, set()).add(lesson)
    return found


def sentence(count: Touched) -> str:
    """Return the last line of a preview."""
    return (
        f"Of {count.people} people, {count.new_check} would see a new check, "
        f"{count.inside} finish a check as they saw it, "
        f"{count.told} would be told that a lesson they completed has changed, "
        f"{count.gain} gain a lesson, {count.lose} lose anything."
    )
