"""Every question of every lesson is solved by its reference, fails every wrong answer, and shows nothing of its key."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from courses.grading import Slip
from courses.questions.reading import ReadQuestion
from courses.serving import show
from courses.showing.checks import asked
from tests.content import solving
from tests.content.solving import plain, printed, right_answer, verdict, ways_to_serve

QUESTIONS = solving.questions()
# Of two equally likely outcomes one stays away so often once in sixteen million times.
MOST_RUNS = 24
in_every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
of_kind = {
    kind: pytest.mark.parametrize("question", [q for q in QUESTIONS if q.kind in kind.split()], ids=lambda q: q.id)
    for kind in ("prints", "number drawn", "shape")
}


@in_every_question
def test_its_reference_solves_it(question: ReadQuestion) -> None:
    for served in ways_to_serve(question):
        said = verdict(question, served, right_answer(question, served))
        assert said.is_right
        assert said.tag == ""
        assert all(plain(why).strip() for why in said.whys)


@in_every_question
def test_every_named_wrong_answer_fails_with_its_own_explanation(question: ReadQuestion) -> None:
    for served in ways_to_serve(question):
        for fields, named in solving.named_wrong_answers(question, served):
            said = verdict(question, served, fields)
            assert not said.is_right, fields
            assert said.tag == named["tag"], (fields, served.parameters)


@in_every_question
def test_every_other_wrong_answer_fails_with_an_explanation(question: ReadQuestion) -> None:
    for served in ways_to_serve(question)[:3]:
        for fields in solving.other_wrong_answers(question, served):
            said = verdict(question, served, fields)
            assert not said.is_right, fields
            assert said.whys
            assert said.tag


@in_every_question
def test_nothing_given_is_a_slip_and_no_wrong_answer(question: ReadQuestion) -> None:
    with pytest.raises(Slip):
        verdict(question, ways_to_serve(question)[0], {})


@of_kind["number drawn"]
def test_a_number_may_be_written_in_many_ways(question: ReadQuestion) -> None:
    for served in ways_to_serve(question)[:8]:
        (text,) = right_answer(question, served)["text"]
        value, unit = float(text), question.data["unit"]
        spellings = [text, f" {text} ", f"= {text}", f"{value:.12g}", f"{value:,.10g}", f"{text} {unit}".strip()]
        for spelling in [*spellings, text.replace("-", "−")]:
            assert verdict(question, served, {"text": [spelling]}).is_right, spelling


@of_kind["shape"]
def test_a_shape_may_be_written_in_many_ways(question: ReadQuestion) -> None:
    sizes = [str(size) for size in question.data["answer"]]
    for spelling in (f"({', '.join(sizes)})", f"torch.Size([{', '.join(sizes)}])", " ".join(sizes), "×".join(sizes)):
        assert verdict(question, ways_to_serve(question)[0], {"text": [spelling]}).is_right, spelling


@of_kind["prints"]
def test_the_right_option_is_what_the_code_prints_and_no_wrong_one_is(question: ReadQuestion) -> None:
    """Code that draws at random is run until it prints what the right option says it can."""
    options = {option["id"]: squeezed(plain(option["text"])) for option in question.data["options"]}
    (right,) = [option["id"] for option in question.data["options"] if option["right"]]
    code = plain(question.data["code"])
    outputs: list[str] = []
    while not outputs or (outputs[-1] not in options[right] and len(outputs) < MOST_RUNS):
        outputs.append(squeezed(printed(code)))
    assert outputs[-1] in options.pop(right), f"it prints {outputs[-1]!r}"
    assert not set(outputs) & set(options.values())


def squeezed(text: str) -> str:
    """Return a text without its spaces."""
    return "".join(text.split())


@in_every_question
def test_f24_nothing_of_the_key_is_shown_before_the_answer(question: ReadQuestion) -> None:
    data = question.data
    for served in ways_to_serve(question)[:3]:
        shown = asked(question, served, place=1, total=6, given={})  # type: ignore[arg-type]
        context = {
            "question": shown,
            "slug": "a",
            "attempt": {"pk": "0" * 8 + "-0000-4000-8000-" + "0" * 12},
            "key": "",
        }
        page = render_to_string("courses/_question.html", context, request=RequestFactory().get("/"))
        assert show(question.kind, data, served).text in page
        answers = [*data.get("options", ()), *data.get("wrong", ()), *[data[k] for k in ("otherwise",) if k in data]]
        for secret in (data["explanation"], *(answer["why"] for answer in answers)):
            assert secret not in page
        for answer in answers:
            assert not answer["tag"] or f'"{answer["tag"]}"' not in page
