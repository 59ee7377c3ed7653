"""How far someone has come, for their own page: lessons done, what is next, what comes back, what they noted."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from courses.marking import noted_by
from courses.standing import standing_of
from courses.unlocking import State


def progress_of(user: User) -> Mapping[str, Any]:
    """Return what the section of progress shows; the completed lessons themselves stand on the page of the record."""
    standing = standing_of(user)
    states = standing.states
    left = sum(each.minutes for each in standing.outline.lessons if states[each.id] is not State.DONE)
    return {
        "done": sum(state is State.DONE for state in states.values()),
        "total": len(states),
        "minutes": left,
        "next": standing.next_lesson(),
        "notes": len(noted_by(user)),
    }
