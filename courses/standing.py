"""How far learners have come in the published course: one learner, or many in the same number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from courses.models import Completion, UnlockGrant
from courses.outline import Outline, OutlineLesson, published_outline
from courses.unlocking import Record, State, Way, states, way_in

Person = User | AnonymousUser


@dataclass(frozen=True)
class Standing:
    """One person in the published course. `versions`: which version of a lesson they completed, the latest last."""

    outline: Outline
    record: Record
    versions: Mapping[str, int]
    reads_all: bool = False

    @cached_property
    def states(self) -> Mapping[str, State]:
        """The state of every lesson; someone who teaches may open all of them."""
        found = states(self.outline.nodes, self.record)
        if self.reads_all:
            return {key: State.OPEN if state is State.LOCKED else state for key, state in found.items()}
        return found

    def is_open(self, lesson_id: str) -> bool:
        """Return whether the lesson may be read; one that is not published may not."""
        return self.states.get(lesson_id, State.LOCKED) is not State.LOCKED

    def may_challenge(self, lesson_id: str) -> bool:
        """Return whether the check of a locked lesson may be taken: always, unless an instructor shut the lesson."""
        return self.states.get(lesson_id) is State.LOCKED and self.record.grants.get(lesson_id) is not False

    def way_in(self, lesson_id: str) -> Way:
        """Return the shortest way into a locked lesson."""
        return way_in(self.outline.nodes, self.record, lesson_id)

    def next_lesson(self) -> OutlineLesson | None:
        """Return where to go on: the first open lesson after the one completed last, else the first open one."""
        waiting = [each for each in self.outline.lessons if self.states[each.id] is State.OPEN]
        completed = [self.outline.by_id[each] for each in self.versions if each in self.outline.by_id]
        after = [each for each in waiting if completed and each.order > completed[-1].order]
        return next(iter(after or waiting), None)

    def changed_since(self, lesson: OutlineLesson) -> bool:
        """Return whether a completed lesson has a newer text than the one that was completed."""
        return lesson.id in self.versions and self.versions[lesson.id] != lesson.version


def standing_of(person: Person) -> Standing:
    """Return how one person stands: 4 queries for someone with an account, 1 for a visitor."""
    outline = published_outline()
    if not isinstance(person, User):
        return Standing(outline, Record(), {})
    completed = Completion.objects.filter(learner=person).order_by("completed_at", "pk")
    versions = dict(completed.values_list("lesson_id", "version_id"))
    record = Record(frozenset(versions), _grants([person.pk])[person.pk])
    return Standing(outline, record, versions, reads_all=reads_all(person))


def reads_all(person: Person) -> bool:
    """Return whether a person may read every lesson because they teach, write or run the course."""
    return (
        isinstance(person, User)
        and not person.is_guest
        and (person.is_staff or person.role_grants.filter(role__in=("instructor", "author", "operator")).exists())
    )


def records(learners: Iterable[UUID]) -> dict[UUID, Record]:
    """Return the record of each learner, in two queries however many they are."""
    ids: Sequence[UUID] = list(learners)
    done: dict[UUID, set[str]] = {each: set() for each in ids}
    for learner, lesson in Completion.objects.filter(learner__in=ids).values_list("learner_id", "lesson_id"):
        done[learner].add(lesson)
    grants = _grants(ids)
    return {each: Record(frozenset(done[each]), grants[each]) for each in ids}


def _grants(ids: Sequence[UUID]) -> dict[UUID, dict[str, bool]]:
    """Return what the latest grant of each lesson says, for each learner."""
    grants: dict[UUID, dict[str, bool]] = {each: {} for each in ids}
    rows = UnlockGrant.objects.filter(learner__in=ids).order_by("created_at", "pk")
    for learner, lesson, is_open in rows.values_list("learner_id", "lesson_id", "is_open"):
        grants[learner][lesson] = is_open  # the latest row of a lesson wins
    return grants
