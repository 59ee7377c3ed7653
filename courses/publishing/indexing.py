"""What search finds in a release, written in the release's own transaction."""

from collections.abc import Iterator

from courses.models import Release, SearchEntry
from courses.plain_text import sections_of, text_of
from courses.publishing.edition import Edition, EditionLesson
from courses.publishing.part_files import reference
from courses.words import words_of

TITLE_CHARACTERS, URL_CHARACTERS = 300, 200


def write_index(release: Release, edition: Edition) -> None:
    """Write what is found in a release; what was found in earlier ones goes."""
    SearchEntry.objects.exclude(release=release).filter(release__course=release.course_id).delete()
    SearchEntry.objects.bulk_create(_with_words(entry, release) for entry in _entries(edition))


def is_indexed(release: Release) -> bool:
    """Whether search finds anything in a release; one that an older Stride published has no index yet."""
    return SearchEntry.objects.filter(release=release).exists()


def _entries(edition: Edition) -> Iterator[SearchEntry]:
    for lesson in edition.lessons:
        yield from _lesson(lesson)
    for term in edition.manifest.get("glossary", ()):
        yield SearchEntry(kind="term", url=f"/glossary/#{term['id']}", title=term["term"], text=text_of(term["html"]))
    for part in edition.parts:
        shown = reference(part)
        if part.kind.folder and shown.url:  # others stand in their lesson and nowhere else
            yield SearchEntry(kind="lab", url=shown.url, title=shown.title, text=shown.summary)


def _lesson(lesson: EditionLesson) -> Iterator[SearchEntry]:
    """Yield the lesson by what anyone may read of it, then its sections, which only those find who may open it."""
    home = f"/lessons/{lesson.slug}/"
    yield SearchEntry(kind="lesson", lesson_id=lesson.id, url=home, title=lesson.title, text=lesson.summary)
    for section in sections_of(lesson.body_html):
        url = f"{home}#{section.anchor}" if section.anchor else home
        title = section.title or lesson.title
        yield SearchEntry(kind="section", lesson_id=lesson.id, url=url, title=title, text=section.text)


def _with_words(entry: SearchEntry, release: Release) -> SearchEntry:
    entry.release = release
    entry.title, entry.url = entry.title[:TITLE_CHARACTERS], entry.url[:URL_CHARACTERS]
    entry.title_words, entry.words = words_of(entry.title), words_of(entry.text)
    return entry
