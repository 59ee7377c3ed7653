"""Exercises in a real Chromium: fetched when touched, tried in Python, stopped when endless, kept after a reload."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import RoleGrant, User
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.test_story import PASSWORD, signs_in
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(300)]
People = Callable[..., Person]

AUTHOR: Final = "author@example.org"
LESSONS: Final = {
    "convolve2d": "the-convolution",
    "output-size": "stride-padding-dilation",
    "max-pool": "pooling",
    "softmax": "loss-and-backpropagation",
}
RIGHT: Final = """\
import math

def softmax(logits):
    largest = max(logits)
    powers = [math.exp(z - largest) for z in logits]
    return [power / sum(powers) for power in powers]
"""
ENDLESS: Final = "print('before')\nwhile True:\n    pass\n"
FETCHED: Final = re.compile(r"/vendor/(editor|pyodide)|/exercise/(editor|python)")
# The longest calls and the longest decimals.
WIDEST: Final = ("convolve2d", "softmax")
STICKING_OUT: Final = """
  [...document.querySelectorAll(".part--exercise, .part--exercise :not(pre *)")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 80))
"""
LOAD_MS, STOP_MS = 60_000, 8_000


@pytest.fixture
def learner(house: House, people: People) -> Callable[..., Person]:
    """Make someone who may read every lesson."""
    house.manage("publish")
    house.open_site()
    if not User.objects.filter(email=AUTHOR).exists():
        RoleGrant.objects.create(user=User.objects.create_user(AUTHOR, PASSWORD), role="author")

    def make(**options: object) -> Person:
        person = people(**options)
        signs_in(person.page, house, AUTHOR)
        return person

    return make


def opens(page: Page, house: House, key: str) -> Locator:
    page.goto(f"{house.url}/lessons/{LESSONS[key]}/")
    cell = page.locator(f'exercise-cell[key="{key}"]')
    expect(cell.get_by_role("button", name="Run the tests")).to_be_visible()
    return cell


def types(cell: Locator, code: str) -> None:
    """Replace the code: through the clipboard's way, so that the editor indents nothing by itself."""
    editor = cell.get_by_role("textbox")
    if not editor.is_visible():
        cell.locator("pre").first.click()
    editor.focus()
    cell.page.keyboard.press("ControlOrMeta+a")
    cell.page.keyboard.insert_text(code)


def runs(cell: Locator) -> None:
    cell.get_by_role("button", name="Run the tests").click()


def state(cell: Locator) -> Locator:
    return cell.locator(".exercise__state")


def test_nothing_is_fetched_before_the_first_touch(house: House, learner: Callable[..., Person]) -> None:
    person = learner()
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    cell = opens(person.page, house, "softmax")
    person.page.wait_for_load_state("networkidle")
    assert [url for url in asked if FETCHED.search(url)] == []
    cell.locator("pre").first.focus()
    expect(cell.get_by_role("textbox")).to_be_focused(timeout=LOAD_MS)
    assert any("/vendor/editor/" in url for url in asked)
    assert not any("pyodide" in url for url in asked)
    runs(cell)
    expect(state(cell)).to_have_text("0 of 5 tests pass.", timeout=LOAD_MS)
    wasm = [url for url in asked if url.endswith(".wasm")]
    assert len(wasm) == 1
    assert all(url.startswith((house.url, "blob:", "data:")) for url in asked)


def test_a_wrong_answer_is_told_what_was_expected_and_a_right_one_passes(
    house: House, learner: Callable[..., Person]
) -> None:
    person = learner()
    posted: list[str] = []
    cell = opens(person.page, house, "softmax")
    person.page.on("request", lambda request: posted.append(request.url) if request.method != "GET" else None)
    types(cell, RIGHT.replace("z - largest", "z"))
    runs(cell)
    expect(state(cell)).to_have_text("4 of 5 tests pass.", timeout=LOAD_MS)
    expect(cell.get_by_role("listitem").nth(3)).to_contain_text(
        "softmax([1000, 1001, 999]) stopped at line 5: OverflowError"
    )
    types(cell, RIGHT.replace("power / sum(powers)", "power"))
    runs(cell)
    expect(cell.get_by_role("listitem").first).to_have_text(
        "✗ Not yet. softmax([0, 0]) gave [1.0, 1.0], but [0.5, 0.5] was expected."
    )
    types(cell, RIGHT)
    runs(cell)
    expect(state(cell)).to_have_text("All 5 tests pass.")
    expect(cell.locator(".visually-hidden")).to_have_text("All 5 tests pass.")
    assert [url for url in posted if "/place" not in url] == []


def test_an_endless_loop_is_stopped_and_the_page_goes_on(house: House, learner: Callable[..., Person]) -> None:
    person = learner()
    cell = opens(person.page, house, "softmax")
    types(cell, "def softmax(logits):\n    return logits\n")
    runs(cell)
    expect(state(cell)).to_have_text(re.compile("of 5 tests pass"), timeout=LOAD_MS)
    types(cell, ENDLESS)
    runs(cell)
    expect(state(cell)).to_have_text("Running…")
    begun = person.page.evaluate("performance.now()")
    expect(state(cell)).to_have_text(re.compile("^Stopped after 5 seconds: "), timeout=STOP_MS)
    assert person.page.evaluate("performance.now()") - begun < STOP_MS
    expect(cell.locator(".exercise__printed")).to_have_text("before\n")
    expect(cell.get_by_role("textbox")).to_contain_text("while True:")
    types(cell, RIGHT)
    runs(cell)
    expect(state(cell)).to_have_text("All 5 tests pass.", timeout=LOAD_MS)


def test_a_print_in_a_loop_freezes_nothing(house: House, learner: Callable[..., Person]) -> None:
    cell = opens(learner().page, house, "softmax")
    types(cell, "while True:\n    print('again')\n")
    runs(cell)
    expect(cell.locator(".exercise__printed")).to_contain_text("again", timeout=LOAD_MS)
    expect(state(cell)).to_have_text(re.compile("^Stopped after"), timeout=STOP_MS)
    assert len(cell.locator(".exercise__printed").inner_text()) < 5_000


def test_code_reaches_nothing_of_the_site(house: House, learner: Callable[..., Person]) -> None:
    cell = opens(learner().page, house, "softmax")
    types(cell, "import js\njs.fetch('/me/')\n")
    runs(cell)
    expect(state(cell)).to_have_text(re.compile("^Python stopped at line 2: "), timeout=LOAD_MS)


def test_code_is_kept_after_a_reload_until_one_starts_again(house: House, learner: Callable[..., Person]) -> None:
    person = learner()
    cell = opens(person.page, house, "max-pool")
    start = cell.locator("pre").first.inner_text()
    types(cell, "mine = 1")
    expect(cell.get_by_role("textbox")).to_have_text("mine = 1")
    cell = opens(person.page, house, "max-pool")
    assert cell.locator("pre").first.inner_text() == "mine = 1"
    cell.get_by_role("button", name="Start again").click()
    cell.get_by_role("button", name="No, keep it").click()
    assert cell.locator("pre").first.inner_text() == "mine = 1"
    cell.get_by_role("button", name="Start again").click()
    cell.get_by_role("button", name="Yes, start again").click()
    assert cell.locator("pre").first.inner_text() == start
    assert opens(person.page, house, "max-pool").locator("pre").first.inner_text() == start


def test_tab_indents_and_after_escape_it_leaves(house: House, learner: Callable[..., Person]) -> None:
    person = learner()
    cell = opens(person.page, house, "output-size")
    types(cell, "x")
    person.page.keyboard.press("Home")
    person.page.keyboard.press("Tab")
    expect(cell.get_by_role("textbox")).to_have_text("    x")
    person.page.keyboard.press("Escape")
    person.page.keyboard.press("Tab")
    expect(cell.get_by_role("button", name="Run the tests")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(state(cell)).to_have_text(re.compile("line 1: NameError|IndentationError"), timeout=LOAD_MS)


def test_without_python_it_says_so_and_tries_again(house: House, learner: Callable[..., Person]) -> None:
    person = learner()
    cell = opens(person.page, house, "softmax")
    types(cell, RIGHT)
    person.allowed_statuses.add(503)
    cell = opens(person.page, house, "softmax")
    person.page.route("**/pyodide.mjs", lambda route: route.fulfill(status=503))
    runs(cell)
    expect(state(cell)).to_have_text(re.compile("^Python could not be fetched"), timeout=LOAD_MS)
    person.page.unroute("**/pyodide.mjs")
    runs(cell)
    expect(state(cell)).to_have_text("All 5 tests pass.", timeout=LOAD_MS)


def test_without_javascript_the_code_is_there_to_read(
    house: House, learner: Callable[..., Person], people: People
) -> None:
    signed_in = learner().context.storage_state()
    page = people(java_script_enabled=False, storage_state=signed_in).page
    page.goto(f"{house.url}/lessons/{LESSONS['convolve2d']}/")
    cell = page.locator("exercise-cell")
    expect(cell).to_contain_text("def convolve2d(image, kernel):")
    expect(cell).to_contain_text("needs JavaScript")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    house: House, learner: Callable[..., Person], width: int, scheme: str
) -> None:
    page = learner(width=width, color_scheme=scheme).page
    for key in LESSONS:
        cell = opens(page, house, key)
        cell.locator("pre").first.click()
        expect(cell.get_by_role("textbox")).to_be_visible(timeout=LOAD_MS)
        if key in WIDEST:
            runs(cell)
            expect(state(cell)).to_have_text(re.compile("of . tests pass"), timeout=LOAD_MS)
        assert faults_found_by_axe(page) == []
        assert page.evaluate(STICKING_OUT) == []
