"""One lesson file, checked and rendered on its own. Pure but for what it is given."""

import re
from collections.abc import Sequence
from typing import Any

from courses.content_cells import stale
from courses.content_files import LessonFile
from courses.publishing.edition import EditionLesson
from courses.questions.reading import read_question
from courses.questions.source import SLUG
from courses.rendering.context import Course, Reading
from courses.rendering.resolving import check_anchor_links, resolve
from courses.rendering.writing import block_html

TYPES = ("lesson", "lab", "review")
RULE = {"served": 6, "to_pass": 5}
SMALLEST_POOL, FEWEST_KINDS = 10, 3
_FIELDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "id": (str, "Write id: followed by lower-case words with hyphens; it is never changed again."),
    "title": (str, "Write title: and the lesson's title."),
    "type": (str, f"Use one of {', '.join(TYPES)}."),
    "duration": (int, "Give the minutes that the lesson takes: duration: 12."),
    "order": (int, "Give the lesson's place in the course: order: 3."),
    "section": (str, "Name the id of a section of course.yaml."),
    "requires": (list, "List the ids of the lessons that open this one: requires: []."),
    "objectives": (list, "List what someone can do afterwards."),
    "summary": (str, "Say in one or two sentences what the lesson is about."),
}
_IDS = re.compile(r'\b(id|popovertarget)="')
# Read elsewhere: the neighbours when all lessons lie side by side, what was decided when numbers are traced.
_ELSEWHERE = {"prevLessonId", "nextLessonId", "decided"}


def render_lesson(file: LessonFile, course: Course, *, sections: Sequence[str]) -> tuple[EditionLesson, Reading]:
    """Return a lesson rendered as far as its faults allow, and the reading that holds them."""
    values = {name: value for result in file.results.values() for name, value in result.values.items()}
    outputs = {key: result.stdout for key, result in file.results.items()}
    reading = Reading(course, file.path, values=values, outputs=outputs, faults=list(file.faults))
    reading.faults += stale(file.cells, file.results, path=file.path)
    front = _front(file, reading, sections)
    resolve(file.body, reading, first_line=file.first_line)
    questions = [read_question(located, reading) for located in file.questions]
    check_anchor_links(reading)
    _check_pool(file, [question.kind for question in questions], reading)
    contents = [{"level": h.level, "anchor": h.anchor, "html": h.html} for h in reading.headings if h.level in (2, 3)]
    lesson = EditionLesson(
        slug=file.slug,
        path=file.path,
        body_html=block_html(file.body),
        sheet_html=_sheet(file, reading),
        contents=contents,
        widgets=sorted(reading.widgets),
        parts=reading.parts,
        questions=questions,
        rule=RULE,
        **front,
    )
    return lesson, reading


def _sheet(file: LessonFile, reading: Reading) -> str:
    """Return the sheet as the course sheet shows it, its ids apart from those of other lessons' sheets."""
    if not file.sheet:
        reading.fault(1, "The lesson has no sheet.", 'Add a section "## Sheet" before the Knowledge Check.')
    html = block_html(file.sheet)
    if "footnote-ref" in html:
        reading.fault(1, "The sheet holds a footnote, which the printed course sheet leaves out.", "Cite above it.")
    return _IDS.sub(rf'\1="sheet-{file.id}-', html)


def _front(file: LessonFile, reading: Reading, sections: Sequence[str]) -> dict[str, Any]:
    """Return the fields of the front matter, each of the right type; what does not fit becomes a fault."""
    data = file.front.data
    for key in sorted(set(data) - set(_FIELDS) - _ELSEWHERE):
        reading.faults.append(file.front.fault(f"{key!r} means nothing here.", "Remove it or correct it.", key))
    for key, (kind, remedy) in _FIELDS.items():
        if not isinstance(data.get(key), kind) or isinstance(data.get(key), bool):
            reading.faults.append(file.front.fault(f"{key} is missing or does not fit.", remedy, key))
    _check_front(file, reading, sections)
    return {
        "id": file.id,
        "title": str(data.get("title", "")),
        "summary": " ".join(str(data.get("summary", "")).split()),
        "minutes": _whole(data.get("duration")),
        "section": str(data.get("section", "")),
        "type": str(data.get("type", "")),
        "order": _whole(data.get("order")),
        "objectives": [str(each) for each in _listed(data.get("objectives"))],
        "requires": [str(each) for each in _listed(data.get("requires"))],
    }


def _check_front(file: LessonFile, reading: Reading, sections: Sequence[str]) -> None:
    data, fault = file.front.data, file.front.fault
    if not SLUG.match(file.id) or len(file.id) > 50:
        reading.faults.append(fault(f"The id {file.id!r} cannot be used.", _FIELDS["id"][1], "id"))
    if isinstance(data.get("type"), str) and data["type"] not in TYPES:
        reading.faults.append(fault(f"The type {data['type']!r} is not known.", _FIELDS["type"][1], "type"))
    if isinstance(data.get("section"), str) and data["section"] not in sections:
        remedy = f"Use one of {', '.join(sections)}, or add it to course.yaml."
        reading.faults.append(fault(f"There is no section {data['section']!r}.", remedy, "section"))
    if isinstance(data.get("duration"), int) and not 1 <= data["duration"] <= 240:
        reading.faults.append(fault("The duration is not between 1 and 240 minutes.", "Give minutes.", "duration"))


def _check_pool(file: LessonFile, kinds: Sequence[str], reading: Reading) -> None:
    line = file.questions[0].line() if file.questions else file.first_line
    if len(kinds) < SMALLEST_POOL:
        reading.fault(line, f"The pool has {len(kinds)} questions.", f"Write at least {SMALLEST_POOL}.")
    elif len(set(kinds)) < FEWEST_KINDS:
        reading.fault(line, f"The pool has {len(set(kinds))} kinds of question.", f"Use at least {FEWEST_KINDS} kinds.")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
