"""What frames the lessons of a course: its sections, its glossary, the widgets that exist."""

import json
from pathlib import Path
from typing import Any

from courses.content_files import CourseFiles
from courses.faults import Fault
from courses.questions.source import SLUG
from courses.rendering.context import Course, Reading
from courses.rendering.fragments import fragment


def read_widgets(path: Path) -> dict[str, dict[str, Any]]:
    """Return the widgets by name; the index is a list of names or an object by name. No index: no widgets."""
    if not path.is_file():
        return {}
    index = json.loads(path.read_text(encoding="utf-8"))
    return {name: {} for name in index} if isinstance(index, list) else dict(index)


def read_sections(files: CourseFiles, faults: list[Fault]) -> list[dict[str, str]]:
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


def read_terms(files: CourseFiles, faults: list[Fault]) -> dict[str, str]:
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
