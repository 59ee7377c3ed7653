"""May this person do this to this lesson? Asked by pages, API, labs and sockets alike."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from courses.models import Attempt
from courses.outline import OutlineLesson, published_outline
from courses.standing import Person, Standing, standing_of


class LockedError(PermissionDenied):
    """A lesson that is still locked for this person; its message says what is missing."""

    def __init__(self, lesson: OutlineLesson, standing: Standing) -> None:
        self.lesson, self.standing = lesson, standing
        self.way = standing.way_in(lesson.id)
        self.missing = [standing.outline.by_id[each] for each in self.way.lessons]
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What is missing, and how long it takes."""
        if self.way.shut or not self.missing:
            return _("“%s” was shut by your instructor. Ask them to open it.") % self.lesson.title
        titles = _(", then ").join(f"“{lesson.title}”" for lesson in self.missing)
        values = {"title": self.lesson.title, "first": titles, "minutes": self.way.minutes}
        return _("“%(title)s” is still locked. Complete %(first)s first: about %(minutes)d minutes.") % values

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        missing = [{"slug": each.slug, "title": each.title, "minutes": each.minutes} for each in self.missing]
        return {"error": self.sentence, "missing": missing, "minutes": self.way.minutes}


def lesson_is_open(person: Person, lesson_id: str) -> bool:
    """Return whether a person may read a lesson, take its check and use its labs."""
    return standing_of(person).is_open(lesson_id)


def require_open(person: Person, lesson_id: str) -> Standing:
    """Return the person's standing when the lesson is open to them.

    Raises LockedError when it is locked, PermissionDenied when the published course has no such lesson.
    """
    standing = require_unlocked(person, lesson_id)
    if lesson_id not in standing.outline.by_id:
        raise PermissionDenied(_("This lesson is not part of the course at present."))
    return standing


def require_unlocked(person: Person, lesson_id: str) -> Standing:
    """Return the person's standing unless the lesson is locked; one that was taken out of the course is not.

    Whoever began a check may finish it, although the lesson was taken out meanwhile. Raises LockedError.
    """
    standing = standing_of(person)
    lesson = standing.outline.by_id.get(lesson_id)
    if lesson is not None and not standing.is_open(lesson_id):
        raise LockedError(lesson, standing)
    return standing


def require_challengeable(person: Person, lesson_id: str) -> Standing:
    """Return the person's standing when they may take a lesson's check, be the lesson open or still locked.

    A challenge shows nothing of the lesson. Passed, it completes that lesson alone and opens what this opens; the
    lessons before it stay as they are. Raises LockedError when an instructor shut the lesson.
    """
    standing = standing_of(person)
    lesson = standing.outline.by_id.get(lesson_id)
    if lesson is None:
        raise PermissionDenied(_("This lesson is not part of the course at present."))
    if not standing.is_open(lesson_id) and not standing.may_challenge(lesson_id):
        raise LockedError(lesson, standing)
    return standing


def require_answerable(person: Person, attempt: Attempt) -> Standing:
    """Return the person's standing when an attempt of theirs may be gone on with, and its result be read.

    Raises LockedError when the lesson is locked and the attempt is no challenge, or an instructor shut the lesson.
    """
    if attempt.is_challenge and attempt.version.lesson_id in published_outline().by_id:
        return require_challengeable(person, attempt.version.lesson_id)
    return require_unlocked(person, attempt.version.lesson_id)
