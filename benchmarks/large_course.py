"""A course of any size as rows, without files: what the map is measured with."""

from courses.models import Course, Lesson, LessonVersion, Prerequisite, Release, ReleaseLesson

SECTIONS = 4


def publish_large_course(lessons: int) -> Release:
    """Write and publish a course of so many lessons; each needs the one before it and one further back."""
    course, _ = Course.objects.get_or_create(pk="large", defaults={"title": "A large course"})
    ids = [f"lesson-{number:04}" for number in range(lessons)]
    Lesson.objects.bulk_create(Lesson(pk=id_, slug=id_, course=course) for id_ in ids)
    sections = [{"id": f"part-{number}", "title": f"Part {number}"} for number in range(SECTIONS)]
    versions = LessonVersion.objects.bulk_create(
        LessonVersion(
            lesson_id=id_,
            number=1,
            content_hash=id_,
            title=f"A lesson on one more thing, {at}",
            summary="What it is about, in a sentence as long as those of the real course, which says what you will do.",
            minutes=5 + at % 11,
            section=f"part-{at * SECTIONS // lessons}",
            type="lesson",
            body_html="<p>Text.</p>",
            rule={"served": 6, "to_pass": 5},
        )
        for at, id_ in enumerate(ids)
    )
    manifest = {"sections": sections, "description": "Many lessons.", "glossary": []}
    release = Release.objects.create(course=course, number=1, content_hash="large", manifest=manifest)
    ReleaseLesson.objects.bulk_create(
        ReleaseLesson(release=release, version=version, order=order) for order, version in enumerate(versions, 1)
    )
    edges = {(at, at - 1) for at in range(1, lessons)} | {(at, at - 7) for at in range(7, lessons, 5)}
    Prerequisite.objects.bulk_create(
        Prerequisite(release=release, lesson_id=ids[a], requires_id=ids[b]) for a, b in sorted(edges)
    )
    Course.objects.filter(pk="large").update(published=release)
    Course.objects.exclude(pk="large").update(published=None)
    return release
