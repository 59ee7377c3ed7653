"""Write an edition as one release, in one transaction: all of it or nothing."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Manager, Max, QuerySet

from courses.faults import ContentError, Fault
from courses.models import (
    Course,
    FormerAddress,
    Lesson,
    LessonVersion,
    Part,
    Prerequisite,
    Question,
    QuestionVersion,
    Release,
    ReleaseLesson,
)
from courses.publishing.edition import Edition, EditionLesson, StoredPicture
from courses.publishing.grants import grant_what_opens
from courses.publishing.indexing import is_indexed, write_index
from courses.questions.reading import ReadQuestion

PICTURE_FOLDER = "course-images"


def store(edition: Edition) -> Release | None:
    """Publish an edition; returns its release, or None when the published release already says the same.

    Pictures are kept first, under names that hold their hash: one that no release comes to name does no harm.
    """
    _keep_pictures(edition.pictures)
    with transaction.atomic():
        course, _ = Course.objects.select_for_update().get_or_create(pk=edition.id, defaults={"title": edition.title})
        if course.published is not None and course.published.content_hash == edition.content_hash:
            if not is_indexed(course.published):
                write_index(course.published, edition)
            return None
        return _release(course, edition)


def _release(course: Course, edition: Edition) -> Release:
    release = Release.objects.create(
        course=course,
        number=_next_number(course.releases),
        content_hash=edition.content_hash,
        manifest=edition.manifest,
    )
    _store_slugs(course, edition.lessons)
    for lesson in edition.lessons:
        entry = ReleaseLesson.objects.create(release=release, version=_version(lesson), order=lesson.order)
        entry.questions.set(_pool(lesson))
    edges = [(lesson.id, required) for lesson in edition.lessons for required in lesson.requires]
    Prerequisite.objects.bulk_create(Prerequisite(release=release, lesson_id=a, requires_id=b) for a, b in edges)
    for part in edition.parts:
        part.kind.store(part.parsed, part.source, release)
    previous, course.published, course.title = course.published_id, release, edition.title
    course.save(update_fields=["published", "title"])
    write_index(release, edition)
    grant_what_opens(before=previous, after=release.pk)
    return release


def _keep_pictures(pictures: Sequence[StoredPicture]) -> None:
    for picture in pictures:
        name = f"{PICTURE_FOLDER}/{picture.name}"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(picture.path.read_bytes()))


def _store_slugs(course: Course, lessons: Sequence[EditionLesson]) -> None:
    """Make the lessons' rows. Changed slugs are first parked, because two lessons may swap theirs."""
    known = Lesson.objects.in_bulk([lesson.id for lesson in lessons])
    foreign = [lesson for lesson in lessons if lesson.id in known and known[lesson.id].course_id != course.pk]
    if foreign:
        text = "The id {!r} belongs to a lesson of another course."
        raise ContentError(Fault(each.path, 2, text.format(each.id), "Choose another id.") for each in foreign)
    slugs = {lesson.slug for lesson in lessons}
    for parked in Lesson.objects.filter(slug__in=slugs).exclude(pk__in=[each.id for each in lessons]):
        Lesson.objects.filter(pk=parked.pk).update(slug=f"was-{parked.pk}"[:50])
    for lesson in lessons:
        if lesson.id in known and known[lesson.id].slug != lesson.slug:
            FormerAddress.objects.update_or_create(pk=known[lesson.id].slug, defaults={"lesson": known[lesson.id]})
            Lesson.objects.filter(pk=lesson.id).update(slug=f"is-{lesson.id}"[:50])
    for lesson in lessons:
        Lesson.objects.update_or_create(pk=lesson.id, defaults={"slug": lesson.slug, "course": course})


def _version(lesson: EditionLesson) -> LessonVersion:
    """Return the version with this very content: an older one when the text was changed back."""
    old = LessonVersion.objects.filter(lesson_id=lesson.id, content_hash=lesson.content_hash).first()
    if old is not None:
        return old
    number = _next_number(LessonVersion.objects.filter(lesson_id=lesson.id))
    version = LessonVersion.objects.create(
        lesson_id=lesson.id, number=number, content_hash=lesson.content_hash, **lesson.fields
    )
    Part.objects.bulk_create(
        Part(version=version, kind=part.kind, key=part.key, title=part.title, order=order)
        for order, part in enumerate(lesson.parts, 1)
    )
    return version


def _pool(lesson: EditionLesson) -> list[QuestionVersion]:
    versions = QuestionVersion.objects.filter(question__in=[question.id for question in lesson.questions])
    known = {(version.question_id, version.content_hash): version for version in versions}
    Question.objects.bulk_create(
        (Question(pk=question.id, lesson_id=lesson.id) for question in lesson.questions),
        update_conflicts=True,
        update_fields=["lesson"],
        unique_fields=["id"],
    )
    return [
        known.get((question.id, question.content_hash)) or _question_version(question) for question in lesson.questions
    ]


def _question_version(question: ReadQuestion) -> QuestionVersion:
    return QuestionVersion.objects.create(
        question_id=question.id,
        number=_next_number(QuestionVersion.objects.filter(question_id=question.id)),
        content_hash=question.content_hash,
        kind=question.kind,
        data=question.data,
    )


def _next_number(rows: QuerySet[Any] | Manager[Any]) -> int:
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1
