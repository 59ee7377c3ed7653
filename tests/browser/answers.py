"""Answer the questions of a knowledge check in the browser, knowing the keys from the rows."""

from typing import Any, Final

from playwright.sync_api import Page

from courses.grading.deciding import shown_number
from courses.models import Attempt, QuestionVersion
from courses.serving import CHOICES, Served
from courses.showing.checks import verdict_of
from nets.reference import FUNCTIONS

# HTML as the text that someone sees in the feedback on an answer.
SHOWN: Final = """
  (html) => {
    const made = Object.assign(document.createElement("div"), { innerHTML: html });
    document.querySelector(".feedback").append(made);
    const text = made.innerText;
    made.remove();
    return text;
  }
"""


def answer(page: Page, *, rightly: bool) -> None:
    """Fill in the question that the page shows, rightly or wrongly, and press Answer."""
    served, question = _served(page), question_of(page)
    if question.kind in CHOICES:
        _choose(page, question, served, rightly=rightly)
    elif question.kind == "order":
        _put_in_order(page, question, served, rightly=rightly)
    elif question.kind == "pixel":
        _pick(page, question.data, rightly=rightly)
    else:
        page.locator("#answer-text").fill(written(question, served, rightly=rightly))
    page.get_by_role("button", name="Answer", exact=True).click()
    page.locator(".feedback").wait_for()


def question_of(page: Page) -> QuestionVersion:
    """Return the question that the page shows, with its keys and explanations."""
    return QuestionVersion.objects.get(pk=_served(page).version)


def explanations(page: Page) -> list[str]:
    """Return what grading says about the answer just given, as the page would show it."""
    attempt_id = page.url.rstrip("/").split("/")[-2]
    given = Attempt.objects.get(pk=attempt_id).answers.latest("pk")
    return [page.evaluate(SHOWN, why) for why in verdict_of(given, given.question, _served(page)).whys]


def _served(page: Page) -> Served:
    attempt_id, place = page.url.rstrip("/").split("/")[-2:]
    return Served.from_json(Attempt.objects.get(pk=attempt_id).questions[int(place) - 1])


def _choose(page: Page, question: QuestionVersion, served: Served, *, rightly: bool) -> None:
    right = {option["id"] for option in question.data["options"] if option["right"]}
    chosen = right if rightly else {next(each for each in served.options if each not in right)}
    for number, option in enumerate(served.options, start=1):
        if option in chosen:
            page.locator(f'input[name="choice"][value="{number}"]').check()


def _put_in_order(page: Page, question: QuestionVersion, served: Served, *, rightly: bool) -> None:
    order = [item["id"] for item in question.data["items"]]
    if not rightly:
        order.reverse()
    for number, option in enumerate(served.options, start=1):
        page.locator(f'input[name="place-{number}"]').fill(str(order.index(option) + 1))


def _pick(page: Page, data: dict[str, Any], *, rightly: bool) -> None:
    grid = data["picture"]["grid"]
    cells = [[row, column] for row in range(len(grid)) for column in range(len(grid[0]))]
    row, column = next(cell for cell in cells if (cell in data["answer"]) is rightly)
    page.locator(f'input[name="cell"][value="{row},{column}"]').check(force=True)


def written(question: QuestionVersion, served: Served, *, rightly: bool) -> str:
    """Return what is typed into the field of a question: a number or a shape, right or wrong."""
    data = question.data
    if question.kind == "shape":
        return ", ".join(str(size) for size in data["answer"]) if rightly else "2, 2, 2, 2, 2"
    value = FUNCTIONS[data["function"]](**served.parameters) if question.kind == "drawn" else data["answer"]
    # Away from 0: seven times -0.5 and 3 would be -0.5 again.
    return shown_number(value if rightly else value * 7 + (3 if value >= 0 else -3))
