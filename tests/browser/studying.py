"""What learners do by keyboard in the browser, and how tests sign them in without a form."""

from django.test import Client
from playwright.sync_api import Locator, Page

from accounts.models import User
from courses.models import Review
from courses.reviewing import served_in
from courses.serving import CHOICES
from tests.browser.answers import written
from tests.browser.conftest import Person

MOST_STOPS = 90


def sign_in(person: Person, user: User, address: str) -> Page:
    """Give a person's browser the session of a user; return the page."""
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
    person.context.add_cookies([cookie])  # type: ignore[list-item]
    return person.page


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus, as someone without a mouse does."""
    wanted.wait_for(state="attached")
    for _ in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_STOPS} times Tab did not lead to {wanted}.")


def press(page: Page, wanted: Locator) -> None:
    """Reach a link or a button by Tab and press Enter on it."""
    reach(page, wanted)
    page.keyboard.press("Enter")


def answer_by_keys(page: Page, review: Review, *, rightly: bool) -> None:
    """Fill in the question of the review that the page shows, and press Answer, by keyboard alone."""
    question, served = review.question, served_in(review)
    if question.kind in CHOICES:
        right = {option["id"] for option in question.data["options"] if option["right"]}
        wanted = right if rightly else {next(each for each in served.options if each not in right)}
        _choose(page, [number for number, option in enumerate(served.options) if option in wanted])
    elif question.kind == "order":
        order = [item["id"] for item in question.data["items"]]
        for number, option in enumerate(served.options, start=1):
            place = order.index(option) + 1 if rightly else len(order) - order.index(option)
            reach(page, page.locator(f'input[name="place-{number}"]'))
            page.keyboard.type(str(place))
    elif question.kind == "pixel":
        cells = page.locator('input[name="cell"]')
        values = [cells.nth(at).get_attribute("value") for at in range(cells.count())]
        keys = {f"{row},{column}" for row, column in question.data["answer"]}
        _walk(page, cells, next(at for at, value in enumerate(values) if (value in keys) is rightly))
    else:
        reach(page, page.locator("#answer-text"))
        page.keyboard.type(written(question, served, rightly=rightly))
    press(page, page.get_by_role("button", name="Answer", exact=True))


def _choose(page: Page, places: list[int]) -> None:
    choices = page.locator('input[name="choice"]')
    if choices.first.get_attribute("type") == "radio":
        _walk(page, choices, places[0])
        return
    for place in places:
        reach(page, choices.nth(place))
        page.keyboard.press("Space")


def _walk(page: Page, radios: Locator, place: int) -> None:
    """Choose one of several radio buttons: Tab leads to the first, the arrows to the others."""
    reach(page, radios.first)
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
