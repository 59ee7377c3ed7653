"""The course's questions and lessons keep their promises; read straight from the files, without the publisher."""

import itertools
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from courses.grading.deciding import filled_in, worked
from courses.tracing.sums import sums
from nets.reference import FUNCTIONS, MISTAKES

COURSE = Path(__file__).parents[2] / "courses" / "content" / "cnn"
LESSONS = sorted((COURSE / "lessons").glob("*.md"))
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\{\{ (\w+)(?::[^}]*?)? \}\}")
OPTION_KINDS = {"one", "several", "prints"}
KINDS = OPTION_KINDS | {"number", "drawn", "shape", "order", "pixel"}
POOL, KINDS_AT_LEAST, WORDS, VISIBLE_CELLS = 12, 4, 1_200, 3
CODE_COLUMNS = 68  # what fits into the text column of a lesson without scrolling sideways


def questions_of(lesson: Path) -> list[dict[str, Any]]:
    check = lesson.read_text(encoding="utf-8").split("## Knowledge Check")[1]
    return [yaml.safe_load(found["text"]) for found in FENCE.finditer(check) if found["info"] == "question"]


def prose_of(lesson: Path) -> str:
    body = lesson.read_text(encoding="utf-8").split("---\n", 2)[2].split("## Sheet")[0]
    return re.sub(r"^:\w+:.*$", "", FENCE.sub("", body), flags=re.MULTILINE)


QUESTIONS = [question for lesson in LESSONS for question in questions_of(lesson)]
in_every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
in_every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
in_every_drawn = pytest.mark.parametrize(
    "question", [question for question in QUESTIONS if question["kind"] == "drawn"], ids=lambda question: question["id"]
)


def test_there_are_lessons() -> None:
    assert [lesson.stem for lesson in LESSONS] == [
        "01-images-as-tensors",
        "02-neurons-and-layers",
        "03-why-convolution",
        "04-the-convolution",
        "05-kernels",
        "06-stride-padding-dilation",
        "07-pooling",
        "08-your-first-cnn",
        "09-loss-and-backpropagation",
        "10-optimisers",
        "11-the-training-loop",
        "12-augmentation",
        "13-batch-norm",
    ]


def test_no_question_id_is_used_twice() -> None:
    assert [name for name, times in Counter(question["id"] for question in QUESTIONS).items() if times > 1] == []


@in_every_lesson
def test_a_lesson_has_a_pool_of_many_kinds(lesson: Path) -> None:
    questions = questions_of(lesson)
    assert len(questions) >= POOL
    assert len({question["kind"] for question in questions}) >= KINDS_AT_LEAST


@in_every_question
def test_a_question_is_whole(question: dict[str, Any]) -> None:
    assert question["kind"] in KINDS
    assert question["text"].strip()
    assert question["explanation"].strip()


@in_every_question
def test_every_answer_is_explained_and_every_wrong_one_tagged(question: dict[str, Any]) -> None:
    if question["kind"] in OPTION_KINDS:
        wrong = [option for option in question["options"] if not option.get("right")]
        assert all(option["why"].strip() for option in question["options"])
        assert len({option["id"] for option in question["options"]}) == len(question["options"])
    else:
        wrong = [*question["wrong"], question["otherwise"]]
        assert all(answer["why"].strip() for answer in wrong)
    assert wrong
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", answer["tag"]) for answer in wrong)


@in_every_question
def test_explanations_of_one_question_differ(question: dict[str, Any]) -> None:
    reasons = [answer["why"] for answer in question.get("options") or question["wrong"]]
    assert len(set(reasons)) == len(reasons)


@in_every_question
def test_a_choice_has_as_many_right_options_as_its_kind_allows(question: dict[str, Any]) -> None:
    if question["kind"] not in OPTION_KINDS:
        return
    right = sum(bool(option.get("right")) for option in question["options"])
    assert right >= 1 if question["kind"] == "several" else right == 1
    assert right < len(question["options"])


def draws(question: dict[str, Any]) -> list[dict[str, Any]]:
    names = question["parameters"]
    return [dict(zip(names, drawn, strict=True)) for drawn in itertools.product(*names.values())]


@in_every_drawn
def test_a_mistake_never_gives_the_right_answer(question: dict[str, Any]) -> None:
    margin = question["tolerance"]["absolute"]
    for drawn in draws(question):
        right = FUNCTIONS[question["function"]](**drawn)
        for wrong in question["wrong"]:
            assert abs(FUNCTIONS[wrong["function"]](**drawn) - right) > 2 * margin, (wrong["function"], drawn)


@in_every_drawn
def test_two_mistakes_never_give_the_same_answer(question: dict[str, Any]) -> None:
    for drawn in draws(question):
        answers = [FUNCTIONS[wrong["function"]](**drawn) for wrong in question["wrong"]]
        assert len(set(answers)) == len(answers), drawn


@in_every_drawn
def test_a_drawn_question_shows_every_parameter_and_no_other(question: dict[str, Any]) -> None:
    shown = set(re.findall(r"\{(\w+)\}", question["text"]))
    constant = {name for name, choices in question["parameters"].items() if len(choices) == 1}
    assert shown | constant == set(question["parameters"])
    assert question["function"] not in MISTAKES
    assert {wrong["function"] for wrong in question["wrong"]} <= MISTAKES


@in_every_drawn
def test_the_explanation_works_the_answer_out(question: dict[str, Any]) -> None:
    for drawn in draws(question):
        said = worked(question, drawn)
        assert re.search(r"\{\w+\}", said) is None
        assert filled_in("{answer}", {"answer": FUNCTIONS[question["function"]](**drawn)}) in said
        wrong = [found.text for found in sums(said) if not found.holds]
        assert wrong == []


def test_most_explanations_are_sums_that_are_computed_again() -> None:
    drawn = [question for question in QUESTIONS if question["kind"] == "drawn"]
    counted = [question["id"] for question in drawn if list(sums(worked(question, draws(question)[0])))]
    assert len(counted) > 0.7 * len(drawn)


@in_every_question
def test_no_listed_wrong_answer_is_the_right_one(question: dict[str, Any]) -> None:
    if question["kind"] == "order":
        right: Any = [item["id"] for item in question["items"]]
        wrong = [answer["order"] for answer in question["wrong"]]
        assert all(sorted(order) == sorted(right) for order in wrong)
    else:
        right = question.get("answer", object())
        wrong = [answer.get("value", answer.get("cells")) for answer in question.get("wrong", [])]
    assert right not in wrong


@in_every_lesson
def test_a_lesson_is_long_enough_and_runs_code(lesson: Path) -> None:
    words = re.findall(r"[A-Za-z'’-]+", prose_of(lesson))
    cells = [found["info"] for found in FENCE.finditer(lesson.read_text(encoding="utf-8")) if "{cell=" in found["info"]]
    assert len(words) >= WORDS
    assert len([info for info in cells if " hidden" not in info]) >= VISIBLE_CELLS


@in_every_lesson
def test_shown_code_fits_the_column(lesson: Path) -> None:
    shown = [found for found in FENCE.finditer(lesson.read_text(encoding="utf-8")) if "{cell=" in found["info"]]
    lines = [line for found in shown if " hidden" not in found["info"] for line in found["text"].splitlines()]
    assert [line for line in lines if len(line) > CODE_COLUMNS] == []


@in_every_lesson
def test_every_number_in_braces_is_exported_by_a_cell(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    exported = {name for found in re.findall(r"exports=([\w,]+)", text) for name in found.split(",")}
    used = set(NAME.findall(text))
    assert used <= exported
    assert exported <= used, "exported and never used"
    assert text.count("{{") == len(NAME.findall(text)), "braces that are no name"


@in_every_lesson
def test_results_hold_every_exported_value(lesson: Path) -> None:
    cells = json.loads(lesson.with_suffix(".results.json").read_text(encoding="utf-8"))["cells"]
    values = {name for cell in cells.values() for name in cell["values"]}
    assert set(NAME.findall(lesson.read_text(encoding="utf-8"))) <= values


@in_every_lesson
def test_every_term_is_in_the_glossary(lesson: Path) -> None:
    glossary = yaml.safe_load((COURSE / "glossary.yaml").read_text(encoding="utf-8"))
    terms = {entry["id"] for entry in glossary}
    assert len(terms) == len(glossary)
    assert set(re.findall(r"\]\(term:([\w-]+)\)", lesson.read_text(encoding="utf-8"))) <= terms


@in_every_lesson
def test_every_picture_is_there_and_described(lesson: Path) -> None:
    for alt, path in re.findall(r"!\[(.*?)\]\((.*?)\)", lesson.read_text(encoding="utf-8")):
        assert len(alt) > 20
        assert (COURSE / path).is_file()


@in_every_lesson
def test_every_footnote_is_used_and_written(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    written = set(re.findall(r"^\[\^([\w-]+)\]:", text, flags=re.MULTILINE))
    used = set(re.findall(r"\[\^([\w-]+)\](?!:)", text))
    assert used == written
