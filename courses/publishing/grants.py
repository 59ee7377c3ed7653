"""The grants that a publication opens: what people gain by it, and what they must not lose by it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from accounts.models import User
from courses.models import UnlockGrant
from courses.outline import read_outline
from courses.publishing.edition import EditionLesson
from courses.standing import records
from courses.unlocking import Node, Record, State, states

BATCH = 500


def grant_what_opens(*, before: int | None, after: int) -> int:
    """Write, for everyone, a grant for each lesson that is open to them before or after. Returns how many.

    Whoever could open a lesson yesterday can open it tomorrow, whatever was put in front of it meanwhile.
    """
    old, new = (() if before is None else read_outline(before).nodes), read_outline(after).nodes
    count = 0
    for learner, record in everyone():
        lessons = to_grant(old, new, record)
        UnlockGrant.objects.bulk_create(
            UnlockGrant(learner_id=learner, lesson_id=lesson, reason="publication") for lesson in lessons
        )
        count += len(lessons)
    return count


def to_grant(old: Sequence[Node], new: Sequence[Node], record: Record) -> list[str]:
    """Return the lessons for which one learner needs a grant: open by rule, required something, not decided yet."""
    now, was = states(new, record), states(old, record)
    return [
        node.id
        for node in new
        if node.requires
        and node.id not in record.grants
        and (now[node.id] is State.OPEN or was.get(node.id) is State.OPEN)
    ]


def nodes_of(lessons: Sequence[EditionLesson]) -> list[Node]:
    """Return the lessons of an edition as unlocking will see them once it is published."""
    return [Node(lesson.id, tuple(sorted(lesson.requires)), lesson.minutes) for lesson in lessons]


def everyone() -> Iterator[tuple[UUID, Record]]:
    """Yield every person with what is known of them, a batch at a time."""
    ids = list(User.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield from records(ids[start : start + BATCH]).items()
