"""Where someone goes on: the check that they are inside, else the next lesson."""

from dataclasses import dataclass

from django.urls import reverse

from courses.models import Attempt
from courses.standing import Person, Standing


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next; `minutes` is 0 for a check that is begun."""

    url: str
    title: str
    minutes: int
    is_check: bool


def next_step(person: Person, standing: Standing) -> Step | None:
    """Return where a person goes on; None when everything that is open is done. One query for someone signed in."""
    attempt = _unfinished(person)
    lesson = standing.outline.by_id.get(attempt.version.lesson_id) if attempt else None
    if lesson is not None and attempt is not None:
        name = "courses:challenge" if attempt.is_challenge and not standing.is_open(lesson.id) else "courses:check"
        if standing.is_open(lesson.id) or standing.may_challenge(lesson.id):
            return Step(reverse(name, args=[lesson.slug]), lesson.title, 0, True)
    following = standing.next_lesson()
    if following is None:
        return None
    return Step(standing.outline.urls[following.id], following.title, following.minutes, False)


def _unfinished(person: Person) -> Attempt | None:
    if not person.is_authenticated:
        return None
    attempts = Attempt.objects.filter(learner=person.pk, passed__isnull=True).select_related("version")
    return attempts.order_by("-started_at").first()
