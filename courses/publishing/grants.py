"""The grants that a publication opens: what people gain by it, and what they must not lose by it."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from accounts.models import User
from courses.models import UnlockGrant
from courses.outline import Outline, read_outline
from courses.standing import records
from courses.unlocking import Record, State, states

BATCH = 500


def grant_what_opens(*, before: int | None, after: int) -> int:
    """Write, for everyone, a grant for each lesson that is open to them before or after. Returns how many.

    Whoever could open a lesson yesterday can open it tomorrow, whatever was put in front of it meanwhile.
    """
    old, new = (None if before is None else read_outline(before)), read_outline(after)
    count = 0
    for learner, record in _everyone():
        lessons = to_grant(old, new, record)
        UnlockGrant.objects.bulk_create(
            UnlockGrant(learner_id=learner, lesson_id=lesson, reason="publication") for lesson in lessons
        )
        count += len(lessons)
    return count


def to_grant(old: Outline | None, new: Outline, record: Record) -> list[str]:
    """Return the lessons for which one learner needs a grant: open by rule, required something, not decided yet."""
    now = states(new.nodes, record)
    was: Mapping[str, State] = states(old.nodes, record) if old is not None else {}
    return [
        node.id
        for node in new.nodes
        if node.requires
        and node.id not in record.grants
        and (now[node.id] is State.OPEN or was.get(node.id) is State.OPEN)
    ]


def _everyone() -> Iterator[tuple[UUID, Record]]:
    ids = list(User.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield from records(ids[start : start + BATCH]).items()
