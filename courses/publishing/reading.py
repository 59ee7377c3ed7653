"""Turn a course folder into an edition: every file read, rendered and checked, all faults collected."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from courses.content_files import CourseFiles, read_course, shown_path
from courses.faults import ContentError, Fault
from courses.publishing.checks import check_together
from courses.publishing.coming import read_coming
from courses.publishing.edition import Edition, EditionLesson
from courses.publishing.frame import read_sections, read_terms, read_widgets
from courses.publishing.lessons import render_lesson
from courses.publishing.part_files import PartReader
from courses.publishing.parts import part_kinds
from courses.publishing.pictures import read_pictures
from courses.rendering.context import Course


def read_edition(root: Path, *, base: Path, widgets: Path, is_path: Callable[[str], bool]) -> Edition:
    """Return the edition that a course folder holds. Raises ContentError with every fault in it.

    `widgets` is the index of the widgets that exist; `is_path` says whether the site has a page at an address.
    """
    files = read_course(root, base=base)
    parts = PartReader(files)
    faults = list(parts.read_files())
    sections = read_sections(files, faults)
    coming = read_coming(files, sections=[section["id"] for section in sections], faults=faults)
    pictures, stored = read_pictures(root, shown_root=shown_path(root, base), faults=faults)
    course = Course(
        lessons={lesson.id: lesson.slug for lesson in files.lessons},
        terms=read_terms(files, faults),
        pictures=pictures,
        widgets=read_widgets(widgets),
        parts=parts.references(),
        part_kinds=frozenset(part_kinds()),
        filed_kinds=frozenset(name for name, kind in part_kinds().items() if kind.folder),
        read_part=parts.read_directive,
        is_path=is_path,
    )
    rendered = [render_lesson(file, course, sections=[section["id"] for section in sections]) for file in files.lessons]
    lessons, readings = [lesson for lesson, _ in rendered], [reading for _, reading in rendered]
    faults += [fault for reading in readings for fault in reading.faults]
    faults += check_together(files, lessons, readings)
    _refuse(faults)
    return Edition(
        id=str(files.course.data["id"]),
        title=str(files.course.data["title"]),
        manifest={**_manifest(files, sections, course.terms, lessons), "coming": coming},
        lessons=sorted(lessons, key=lambda lesson: lesson.order),
        parts=parts.parts,
        pictures=list({each.name: each for each in stored.values()}.values()),
    )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise ContentError(faults)


def _manifest(
    files: CourseFiles, sections: list[dict[str, str]], terms: Mapping[str, str], lessons: Sequence[EditionLesson]
) -> dict[str, Any]:
    data = files.course.data
    names = {entry["id"]: entry["term"] for entry in files.glossary.data}
    return {
        "sections": sections,
        "description": str(data.get("description", "")),
        "language": str(data.get("language", "en")),
        "glossary": [
            {"id": key, "term": names[key], "html": html, "lessons": _naming(key, lessons)}
            for key, html in terms.items()
        ],
    }


def _naming(term: str, lessons: Sequence[EditionLesson]) -> list[str]:
    """Return the lessons that name a term, in the order of the course."""
    link = f'href="/glossary/#{term}"'
    return [each.id for each in sorted(lessons, key=lambda lesson: lesson.order) if link in each.body_html]
