"""Read a course folder: course.yaml, glossary.yaml and the lessons, each split into its parts. Renders nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from courses.content_cells import Cell, CellResult, read_cells, read_results
from courses.faults import ContentError, Fault
from courses.rendering.syntax import parser
from courses.yaml_lines import Located, load

LESSON_FILE = re.compile(r"^(?P<order>\d{2,3})-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md$")
CHECK_TITLE, SHEET_TITLE = "Knowledge Check", "Sheet"


@dataclass(frozen=True, slots=True)
class LessonFile:
    """One lesson as it stands in its file. Tokens carry lines of the body; `first_line` is where the body starts."""

    path: str
    slug: str
    front: Located
    first_line: int
    body: Sequence[Token]  # everything above the Knowledge Check
    sheet: Sequence[Token]  # what stands below the heading "Sheet"; also a part of the body
    questions: Sequence[Located]
    cells: Sequence[Cell]
    results: dict[str, CellResult]
    faults: Sequence[Fault]

    @property
    def id(self) -> str:
        """The stable id; the slug when the front matter names none (which is a fault)."""
        return str(self.front.data.get("id") or self.slug)


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """A course folder as read. `root` is the folder; paths in faults are relative to `base`."""

    root: Path
    base: Path
    course: Located
    glossary: Located
    lessons: Sequence[LessonFile]

    def shown(self, path: Path) -> str:
        """Return a path as faults show it."""
        return shown_path(path, self.base)


def shown_path(path: Path, base: Path) -> str:
    """Return a path relative to the base when it lies inside."""
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def read_course(root: Path, *, base: Path) -> CourseFiles:
    """Read every file of a course folder. Raises ContentError with all that cannot be read at all."""
    faults: list[Fault] = []
    course = _yaml(root / "course.yaml", base, dict, faults)
    glossary = _yaml(root / "glossary.yaml", base, list, faults)
    lessons = list(_lessons(root, base, faults))
    if faults or course is None or glossary is None:
        raise ContentError(faults)
    return CourseFiles(root, base, course, glossary, lessons)


def read_yaml(path: Path, *, base: Path, kind: type) -> Located:
    """Read one YAML file that must hold a mapping or a list. Raises ContentError."""
    shown = shown_path(path, base)
    if not path.is_file():
        raise ContentError([Fault(shown, 1, "This file is missing.", "Add it; the content README says what it holds.")])
    located = load(_text(path, shown), path=shown)
    if not isinstance(located.data, kind):
        what = "a list" if kind is list else "a mapping of keys to values"
        raise ContentError([Fault(shown, 1, f"This file must hold {what}.", "Compare it with another course's file.")])
    return located


def read_lesson(path: Path, *, base: Path) -> LessonFile:
    """Read one lesson file. Raises ContentError when front matter or text cannot be read."""
    shown, text = shown_path(path, base), _text(path, shown_path(path, base))
    named = LESSON_FILE.match(path.name)
    if not named:
        raise ContentError([Fault(shown, 1, "The file's name is not NN-slug.md.", "Rename it: 03-why-convolution.md.")])
    front, body, first_line = _front_matter(text, shown)
    tokens = parser().parse(body, {})
    above, check, sheet = _sections(tokens)
    cells, faults = read_cells(above, path=shown, first_line=first_line)
    results = read_results(path.with_suffix(".results.json"), shown=shown.removesuffix(".md") + ".results.json")
    questions, unread = _questions(check, shown, first_line)
    faults += unread
    return LessonFile(shown, named["slug"], front, first_line, above, sheet, questions, cells, results, faults)


def _lessons(root: Path, base: Path, faults: list[Fault]) -> Iterator[LessonFile]:
    for path in sorted((root / "lessons").glob("*.md")):
        try:
            yield read_lesson(path, base=base)
        except ContentError as error:
            faults += error.faults


def _yaml(path: Path, base: Path, kind: type, faults: list[Fault]) -> Located | None:
    try:
        return read_yaml(path, base=base, kind=kind)
    except ContentError as error:
        faults += error.faults
        return None


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ContentError([Fault(shown, line, "This file is not UTF-8.", "Save it as UTF-8.")]) from error


def _front_matter(text: str, shown: str) -> tuple[Located, str, int]:
    lines = text.splitlines(keepends=True)
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if not lines or lines[0].rstrip() != "---" or end is None:
        raise ContentError(
            [Fault(shown, 1, "The front matter is missing.", "Start with ---, id: ..., and a closing ---.")]
        )
    front = load("".join(lines[1:end]), path=shown, first_line=2)
    if not isinstance(front.data, dict):
        raise ContentError(
            [Fault(shown, 2, "The front matter holds no keys.", "Write id: ..., title: ... and the rest.")]
        )
    return front, "".join(lines[end + 1 :]), end + 2


def _sections(tokens: Sequence[Token]) -> tuple[list[Token], list[Token], list[Token]]:
    """Split the body into what is read, the Knowledge Check, and the sheet (which is also read)."""
    starts = [
        (index, tokens[index + 1].content.strip())
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0
    ]
    check = next((index for index, title in starts if title == CHECK_TITLE), len(tokens))
    footnotes = next((i for i, token in enumerate(tokens) if token.type == "footnote_block_open"), len(tokens))
    sheet = next((index for index, title in starts if title == SHEET_TITLE), None)
    after = next((i for i, _ in starts if sheet is not None and i > sheet), footnotes)
    sheet_tokens = [] if sheet is None else list(tokens[sheet + 3 : min(after, footnotes)])
    return [*tokens[:check], *tokens[max(check, footnotes) :]], list(tokens[check + 3 : footnotes]), sheet_tokens


def _questions(tokens: Sequence[Token], shown: str, first_line: int) -> tuple[list[Located], list[Fault]]:
    questions: list[Located] = []
    faults: list[Fault] = []
    for token in tokens:
        if token.type != "fence" or token.info.strip() != "question" or token.map is None:
            continue
        line = token.map[0] + first_line + 1
        try:
            located = load(token.content, path=shown, first_line=line)
        except ContentError as error:
            faults += error.faults
            continue
        if isinstance(located.data, dict):
            questions.append(located)
        else:
            faults.append(Fault(shown, line, "This question holds no keys.", "Write id:, kind:, text: and the rest."))
    return questions, faults


def text_of(located: Located, *keys: str | int) -> Any:
    """Return a value deep inside located data, None when any step is missing."""
    value = located.data
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value
