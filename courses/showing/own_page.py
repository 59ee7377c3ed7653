"""How far someone has come, for their own page: lessons done, what is next, what comes back, what they noted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from courses.marking import noted_by
from courses.models import Completion
from courses.outline import OutlineLesson
from courses.standing import standing_of
from courses.unlocking import State


def progress_of(user: User) -> Mapping[str, Any]:
    """Return what the section of progress shows. What was completed and taken out since is still completed."""
    standing = standing_of(user)
    states = standing.states
    left = sum(each.minutes for each in standing.outline.lessons if states[each.id] is not State.DONE)
    return {
        "done": sum(state is State.DONE for state in states.values()),
        "total": len(states),
        "minutes": left,
        "next": standing.next_lesson(),
        "record": _record(user, standing.outline.by_id),
        "notes": len(noted_by(user)),
    }


def _record(user: User, lessons: Mapping[str, OutlineLesson]) -> list[tuple[str, str, datetime]]:
    """Return title, slug (empty for a lesson that was taken out) and day of all that someone completed."""
    done = Completion.objects.filter(learner=user).order_by("completed_at")
    rows = done.values_list("lesson_id", "version__title", "completed_at")
    return [(title, lessons[lesson].slug if lesson in lessons else "", at) for lesson, title, at in rows]
