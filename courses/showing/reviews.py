"""What the pages of the spaced review show: how much is due in which lesson, and when the next comes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from courses.models import ReviewCard
from courses.outline import OutlineLesson
from courses.reviewing import due_by
from courses.spacing import AHEAD
from courses.standing import Standing


@dataclass(frozen=True, slots=True)
class LessonDue:
    """One lesson: how many of its ideas are due now, how many come later. Which, is told after an answer."""

    lesson: OutlineLesson
    due: int
    later: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What one learner has to review. `next_at` is empty while something is due, or when nothing ever comes back."""

    due: int
    later: int
    lessons: Sequence[LessonDue]
    next_at: datetime | None


EMPTY = Queue(0, 0, (), None)


def queue_of(person: User, standing: Standing) -> Queue:
    """Return what one person has to review, in the order of the course. One query."""
    rows = ReviewCard.objects.filter(learner=person).askable().values_list("lesson_id", "due_at")
    cards = [(lesson, due_at) for lesson, due_at in rows if standing.is_open(lesson)]
    by = due_by()
    due = Counter(lesson for lesson, due_at in cards if due_at <= by)
    later = Counter(lesson for lesson, due_at in cards if due_at > by)
    lessons = [LessonDue(each, due[each.id], later[each.id]) for each in standing.outline.lessons]
    shown = [each for each in lessons if each.due or each.later]
    coming = [due_at for _lesson, due_at in cards if due_at > by]
    next_at = min(coming) - AHEAD if coming and not due else None
    return Queue(due.total(), later.total(), shown, next_at)


def days_until(moment: datetime, *, now: datetime) -> int:
    """Return how many days lie between, by the calendar (UTC): 0 is today, 1 is tomorrow.

    >>> days_until(datetime(2026, 3, 2, 1), now=datetime(2026, 3, 1, 23))
    1
    """
    return max(0, (moment.date() - now.date()) // timedelta(days=1))
