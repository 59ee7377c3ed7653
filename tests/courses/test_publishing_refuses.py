"""Every refusal of publication names its file and line, and says what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from courses.faults import ContentError
from tests.courses.course_folder import line_of, read, replace, write_results

Change = Callable[[Path], tuple[str, int]]


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as refused:
        read(folder)
    return [str(fault) for fault in refused.value.faults]


def test_a_good_course_is_not_refused(folder: Path) -> None:
    assert [lesson.id for lesson in read(folder).lessons] == ["first", "second", "third"]


# What is changed in which file, at which text the fault must point, what its sentence must hold.
REFUSALS = {
    "duplicate lesson id": ("02-second", "id: second", "id: first", "id: first", "Two lessons have the id 'first'"),
    "unusable lesson id": ("01-first", "id: first", "id: First One", "id: First One", "cannot be used"),
    "duplicate order": ("02-second", "order: 2", "order: 1", "order: 1", "Two lessons have the order 1"),
    "unknown section": ("01-first", "section: seeing", "section: hearing", "section: hearing", "no section 'hearing'"),
    "unknown type": ("01-first", "type: lesson", "type: film", "type: film", "The type 'film' is not known"),
    "no title": ("01-first", "title: First", "title: 7", "title: 7", "title is missing"),
    "unknown key": ("01-first", "summary:", "sumary:", "sumary:", "'sumary' means nothing here"),
    "repeated key": ("01-first", "order: 1", "order: 1\norder: 1 # again", "# again", "The key 'order' is given twice"),
    "broken front matter": ("01-first", "requires: []", "requires: [", "- Count what", "not valid YAML"),
    "unknown prerequisite": (
        "02-second",
        "[first]",
        "[zero]",
        "requires: [zero]",
        "requires 'zero', which is no lesson",
    ),
    "prerequisite that comes later": ("01-first", "[]", "[third]", "requires: [third]", "in a circle: first > third"),
    "prev disagrees": (
        "02-second",
        "prevLessonId: first",
        "prevLessonId: null",
        "prevLessonId",
        "by order it is first",
    ),
    "next disagrees": (
        "01-first",
        "nextLessonId: second",
        "nextLessonId: third",
        "nextLessonId",
        "by order it is second",
    ),
    "option without explanation": (
        "01-first",
        ", why: zq-secret-why, tag",
        ", tag",
        "text: The second",
        "why is missing",
    ),
    "wrong option without tag": ("01-first", ", tag: zq-secret-tag}", "}", "text: The second", "tag is None"),
    "two right options": ("01-first", "text: The second,", "text: B, right: true,", "options:", "2 options are right"),
    "duplicate question id": ("01-first", "first-one-1", "first-one-0 # again", "# again", "already used at"),
    "unknown kind": ("01-first", "kind: shape", "kind: shpae", "kind: shpae", "The kind 'shpae' is not known"),
    "unknown question key": ("01-first", "kind: shape", "kind: shape\nhint: no", "hint: no", "'hint' means nothing"),
    "no explanation": (
        "01-first",
        "explanation: zq-secret-explanation",
        "",
        "id: first-one-0",
        "explanation is missing",
    ),
    "no otherwise": (
        "01-first",
        "otherwise: {why: zq-secret-why, tag: zq-secret-tag}\n",
        "",
        "id: first-number",
        "otherwise.why is missing",
    ),
    "wrong value counts as right": ("01-first", "value: 50176", "value: 150528", "150528, why", "counts as right"),
    "unknown function": (
        "01-first",
        "function: image_values\n",
        "function: zap\n",
        "function: zap",
        "no function 'zap'",
    ),
    "parameter that does not fit": (
        "01-first",
        "channels: [1, 3]}",
        "depth: [1]}",
        "function: image_values",
        "fails for",
    ),
    "text that uses what is not drawn": ("01-first", "with {channels}", "with {chans}", "with {chans}", "{chans}"),
    "shape that is none": ("01-first", "answer: [8, 3", "answer: [8, x", "answer: [8, x", "answer is no shape"),
    "cell outside the picture": (
        "01-first",
        "answer: [[1, 1]]",
        "answer: [[5, 1]]",
        "[[5, 1]]",
        "no cells of the picture",
    ),
    "order that is right": (
        "01-first",
        "[zq-secret-second, zq-secret-first,",
        "[zq-secret-first, zq-secret-second,",
        "order: [zq-secret-first",
        "not a wrong order",
    ),
    "prints without code": ("01-first", "code: |\n  print(1 + 1)\n", "", "kind: prints", "no code to print"),
    "image without alt text": ("01-first", "![A grey square.]", "![]", "![]", "has no alt text"),
    "missing image": ("01-first", "square.png", "circle.png", "circle.png", "not in the course folder"),
    "unknown widget": ("01-first", "pixel-inspector", "pixel-eater", "{widget}", "no widget 'pixel-eater'"),
    "script as widget option": ("01-first", ":image: digit", ":onclick: x", "{widget}", "takes no option 'onclick'"),
    "option that the widget lacks": (
        "01-first",
        ":image: digit",
        ":picture: x",
        "{widget}",
        "takes no option 'picture'",
    ),
    "value that the option lacks": ("01-first", ":image: digit", ":image: cat", "{widget}", "'image' cannot be 'cat'"),
    "unknown lab": (
        "01-first",
        "Look closely.\n:::",
        "Look.\n:::\n\n:::{lab} nothing\n:::",
        "{lab}",
        "no lab 'nothing'",
    ),
    "unknown directive": ("01-first", ":::{widget}", ":::{wigdet}", "{wigdet}", "directive 'wigdet' is not known"),
    "dead lesson link": ("01-first", "(#going-on)", "(lesson:nothing)", "lesson:nothing", "no lesson 'nothing'"),
    "dead anchor": ("01-first", "(#going-on)", "(#going-off)", "going-off", "has the anchor #going-off"),
    "dead anchor elsewhere": (
        "01-first",
        "(#going-on)",
        "(lesson:second#no)",
        "second#no",
        "heading with the anchor #no",
    ),
    "dead path": ("01-first", "(#going-on)", "(/nowhere/)", "/nowhere/", "leads nowhere on this site"),
    "dead lesson by address": ("01-first", "(#going-on)", "(/lessons/no/)", "/lessons/no/", "address that may change"),
    "lesson by address": ("01-first", "(#going-on)", "(/lessons/second/)", "/lessons/second/", "Link lesson:ID"),
    "dead term by address": ("01-first", "(#going-on)", "(/glossary/#voxel)", "/glossary/#voxel", "no term of"),
    "question that names no heading": (
        "01-first",
        "kind: shape",
        "kind: shape\nreread: nowhere",
        "reread: nowhere",
        "has the anchor #nowhere",
    ),
    "order that the neighbours contradict": (
        "02-second",
        "order: 2",
        "order: 9",
        "nextLessonId: third",
        "by order it is null",
    ),
    "relative link": ("01-first", "(#going-on)", "(02-second.md)", "02-second.md", "leads nowhere"),
    "unknown term": ("01-first", "term:pixel", "term:voxel", "term:voxel", "no term 'voxel'"),
    "lost footnote": ("01-first", "before.[^said]", "before.[^lost]", "[^lost]", "footnote [^lost] is not defined"),
    "unknown value": ("01-first", "{{ width }}", "{{ depth }}", "{{ depth }}", "exports a value named 'depth'"),
    "format that does not fit": (
        "01-first",
        "{{ width }}",
        "{{ width:zz }}",
        "{{ width:zz }}",
        "format 'zz' does not fit",
    ),
    "unknown command in a formula": ("01-first", "\\cdot", "\\cdoot", "$$", "\\cdoot, which is not known"),
    "no sheet": ("01-first", "## Sheet", "## Sheeet", "---", "has no sheet"),
    "question above the check": (
        "01-first",
        "## Going on",
        "```question\nid: x\n```\n",
        "```question",
        "outside the Knowledge",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_publication_refuses(name: str, folder: Path) -> None:
    file, old, new, at, said = REFUSALS[name]
    path = folder / "lessons" / f"{file}.md"
    replace(path, old, new)
    if "cell=" not in old:
        write_results_where_readable(path)
    line = line_of(path, at)
    found = [fault for fault in faults_of(folder) if said in fault]
    assert found, f"nobody said {said!r}: {faults_of(folder)}"
    assert any(fault.startswith(f"lessons/{file}.md:{line}: ") for fault in found), found
    assert all(fault.rstrip().endswith((".", ")", "]", "}")) for fault in found)


def write_results_where_readable(path: Path) -> None:
    try:
        write_results(path)
    except ContentError:
        return  # what cannot be read has no results either


def test_a_changed_cell_makes_its_results_and_all_below_stale(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    replace(path, "width = 224", "width = 225")
    (fault,) = faults_of(folder)
    assert fault.startswith(
        f"lessons/01-first.md:{line_of(path, 'width = 225')}: The results of cell 'count' are stale"
    )


def test_a_lesson_without_results_is_refused(folder: Path) -> None:
    (folder / "lessons" / "01-first.results.json").unlink()
    line = line_of(folder / "lessons" / "01-first.md", "width = 224")
    assert any(f"01-first.md:{line}: The cell 'count' has no results yet." in fault for fault in faults_of(folder))


def test_a_lesson_that_can_never_be_reached_is_refused(folder: Path) -> None:
    replace(folder / "lessons" / "01-first.md", "requires: []", "requires: [second]")
    said = faults_of(folder)
    lines = {name: line_of(folder / "lessons" / f"{name}.md", "requires:") for name in ("01-first", "03-third")}
    assert f"lessons/03-third.md:{lines['03-third']}: The lesson 'third' can never be reached." in "\n".join(said)
    circle = "The prerequisites go round in a circle: first > second > first."
    assert f"lessons/01-first.md:{lines['01-first']}: {circle}" in "\n".join(said)


def test_a_small_pool_is_refused(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    text = path.read_text()
    path.write_text(text[: text.index("```question\nid: first-prints")])
    assert any("The pool has 7 questions." in fault for fault in faults_of(folder))


def test_a_file_that_is_not_utf8_is_refused_at_its_line(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    path.write_bytes(b"---\nid: first\ntitle: \xff\n---\n")
    assert any(fault.startswith("lessons/01-first.md:3: This file is not UTF-8.") for fault in faults_of(folder))


def test_missing_files_are_named(folder: Path) -> None:
    (folder / "glossary.yaml").unlink()
    assert faults_of(folder)[0].startswith("glossary.yaml:1: This file is missing.")


def test_a_term_that_stands_twice_is_refused(folder: Path) -> None:
    path = folder / "glossary.yaml"
    path.write_text(path.read_text() * 2)
    assert faults_of(folder) == ["glossary.yaml:4: The term 'pixel' stands here twice. Keep one."]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    replace(folder / "lessons" / "01-first.md", "![A grey square.]", "![]")
    replace(folder / "lessons" / "02-second.md", "term:pixel", "term:voxel")
    replace(folder / "lessons" / "03-third.md", "section: building", "section: cooking")
    assert len(faults_of(folder)) == 3
