"""Say what a publication would change and whom it would touch, without writing anything."""

from collections.abc import Iterator

from accounts.models import User
from courses.models import Attempt, Completion, Course, LessonVersion, ReleaseLesson
from courses.publishing.edition import Edition


def preview(edition: Edition) -> Iterator[str]:
    """Yield one sentence per thing that would change."""
    course = Course.objects.select_related("published").filter(pk=edition.id).first()
    release = course.published if course else None
    if release is not None and release.content_hash == edition.content_hash:
        yield "Nothing would change: the published release says the same."
        return
    entries = ReleaseLesson.objects.filter(release=release).select_related("version").prefetch_related("questions")
    published = {entry.version.lesson_id: entry for entry in entries} if release is not None else {}
    for lesson in edition.lessons:
        entry = published.pop(lesson.id, None)
        pool = {question.content_hash for question in lesson.questions}
        if entry is None:
            yield f"New lesson: {lesson.title}."
        elif entry.version.content_hash != lesson.content_hash:
            yield f"Changed text: {lesson.title}. {_touched(entry.version)}"
        elif {question.content_hash for question in entry.questions.all()} != pool:
            yield f"Changed questions: {lesson.title}. {_touched(entry.version)}"
    for entry in published.values():
        yield f"Taken out: {entry.version.title}. {_touched(entry.version)}"
    yield f"{User.objects.count()} people keep every lesson that is open to them now."


def _touched(version: LessonVersion) -> str:
    inside = Attempt.objects.filter(version__lesson_id=version.lesson_id, passed__isnull=True).count()
    done = Completion.objects.filter(lesson_id=version.lesson_id).count()
    return (
        f"{inside} learners are inside its check and finish on what they saw; {done} have completed it and keep that."
    )
