"""Turn a course folder into an edition: every file read, rendered and checked, all faults collected."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from courses.content_files import CourseFiles, read_course, read_yaml, shown_path
from courses.faults import ContentError, Fault
from courses.publishing.checks import check_together
from courses.publishing.edition import Edition, EditionLesson, EditionPart
from courses.publishing.lessons import render_lesson
from courses.publishing.parts import PartContext, PartKind, PartSource, part_kinds
from courses.publishing.pictures import read_pictures
from courses.questions.source import SLUG
from courses.rendering.context import Course, Reading, Reference
from courses.rendering.fragments import fragment


def read_edition(root: Path, *, base: Path, widgets: Path, is_path: Callable[[str], bool]) -> Edition:
    """Return the edition that a course folder holds. Raises ContentError with every fault in it.

    `widgets` is the index of the widgets that exist; `is_path` says whether the site has a page at an address.
    """
    files = read_course(root, base=base)
    faults: list[Fault] = []
    parts = _parts(files, faults)
    pictures, stored = read_pictures(root, shown_root=shown_path(root, base), faults=faults)
    course = Course(
        lessons={lesson.id: lesson.slug for lesson in files.lessons},
        terms=_terms(files, faults),
        pictures=pictures,
        widgets=read_widgets(widgets),
        parts={(part.kind.name, part.source.key): _reference(part) for part in parts},
        part_kinds=frozenset(part_kinds()),
        filed_kinds=frozenset(name for name, kind in part_kinds().items() if kind.folder),
        is_path=is_path,
    )
    sections = _sections(files, faults)
    rendered = [render_lesson(file, course, sections=[section["id"] for section in sections]) for file in files.lessons]
    lessons, readings = [lesson for lesson, _ in rendered], [reading for _, reading in rendered]
    faults += [fault for reading in readings for fault in reading.faults]
    faults += check_together(files, lessons, readings)
    if faults:
        raise ContentError(faults)
    return _edition(
        files, sections, course, lessons, parts, list({each.name: each for each in stored.values()}.values())
    )


def _edition(
    files: CourseFiles,
    sections: Sequence[dict[str, str]],
    course: Course,
    lessons: Sequence[EditionLesson],
    parts: Sequence[EditionPart],
    stored: Sequence[Any],
) -> Edition:
    data = files.course.data
    names = {entry["id"]: entry["term"] for entry in files.glossary.data}
    manifest = {
        "sections": list(sections),
        "description": str(data.get("description", "")),
        "language": str(data.get("language", "en")),
        "glossary": [{"id": key, "term": names[key], "html": html} for key, html in course.terms.items()],
    }
    ordered = sorted(lessons, key=lambda lesson: lesson.order)
    return Edition(str(data["id"]), str(data["title"]), manifest, ordered, parts, stored)


def read_widgets(path: Path) -> dict[str, dict[str, Any]]:
    """Return the widgets by name; the index is a list of names or an object by name. No index: no widgets."""
    if not path.is_file():
        return {}
    index = json.loads(path.read_text(encoding="utf-8"))
    return {name: {} for name in index} if isinstance(index, list) else dict(index)


def _sections(files: CourseFiles, faults: list[Fault]) -> list[dict[str, str]]:
    course = files.course
    for key in ("id", "title"):
        if not isinstance(course.data.get(key), str):
            faults.append(course.fault(f"{key} is missing.", f"Write {key}: at the top.", key))
    given = course.data.get("sections")
    sections = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    if not sections or any(not isinstance(each.get(key), str) for each in sections for key in ("id", "title")):
        faults.append(
            course.fault("A section needs id and title.", "List them: - {id: seeing, title: Seeing}", "sections")
        )
        return []
    return [{"id": section["id"], "title": section["title"]} for section in sections]


def _terms(files: CourseFiles, faults: list[Fault]) -> dict[str, str]:
    """Return the glossary's explanations as HTML by id."""
    glossary = files.glossary
    bare = Reading(Course({}, {}, {}, {}, {}), glossary.path)
    terms: dict[str, str] = {}
    for index, entry in enumerate(glossary.data):
        fits = isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("id", "term", "text"))
        if not fits or not SLUG.match(entry["id"]):
            faults.append(glossary.fault("A term needs id, term and text.", "The id is lower-case words.", index))
            continue
        if entry["id"] in terms:
            faults.append(glossary.fault(f"The term {entry['id']!r} stands here twice.", "Keep one.", index, "id"))
        terms[entry["id"]] = fragment(entry["text"], bare, line=glossary.line(index, "text"))
    faults += bare.faults
    return terms


def _parts(files: CourseFiles, faults: list[Fault]) -> list[EditionPart]:
    context = PartContext(frozenset(lesson.id for lesson in files.lessons))
    parts = []
    for kind in part_kinds().values():
        if kind.folder is None:
            continue
        for path in sorted((files.root / kind.folder).glob("*.yaml")):
            try:
                parts.append(_part(kind, path, files.base, context))
            except ContentError as error:
                faults += error.faults
    return parts


def _part(kind: PartKind, path: Path, base: Path, context: PartContext) -> EditionPart:
    source = PartSource(kind.name, path.stem, read_yaml(path, base=base, kind=dict))
    if not SLUG.match(path.stem):
        raise ContentError([source.fault("The file's name is no slug.", "Use lower-case words with hyphens.")])
    parsed = kind.parse(source)
    wrong = list(kind.validate(parsed, source, context))
    if wrong:
        raise ContentError(wrong)
    return EditionPart(kind, source, parsed)


def _reference(part: EditionPart) -> Reference:
    return Reference(str(part.parsed.title), str(part.parsed.summary))
