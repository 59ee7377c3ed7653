"""Every lesson's page on a phone: small, still, accessible, without an error, and no wider than its window."""

import gzip
import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, Route

from accounts import roles
from accounts.models import Role, User
from courses.outline import published_outline
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.studying import sign_in
from tests.browser.test_lab_pages import KEEP_SHIFTS, MOST_SHIFT
from tests.browser.test_story import LESSONS
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
BUDGET_BYTES: Final = 60 * 1024
HEIGHT: Final = 844
WIDTHS: Final = (320, 360, 390)
PHONE: Final = {"width": 390, "height": HEIGHT, "has_touch": True, "is_mobile": True}
# The fonts of another machine, and a sentence that a widget says, break a line earlier or later.
TWO_LINES: Final = 48
WIDGET_SCRIPT: Final = re.compile(r"/js/widgets/[a-z-]+\.js$")
WEBCAM: Final = {"kernels"}
# The room kept for each widget and what it takes, in CSS pixels.
ROOMS: Final = """
  Object.fromEntries([...document.querySelectorAll(".widget > :not(figcaption)")].map((one, at) => {
    const kept = parseFloat(getComputedStyle(one).minHeight) || 0;
    one.style.setProperty("min-height", "0", "important");
    const needed = one.getBoundingClientRect().height;
    one.style.removeProperty("min-height");
    return [`${at} ${one.localName}`, [kept, needed]];
  }))
"""
# How far the foot of each subscript lies below the foot of what it belongs to, as a share of the height of the letters.
SUBSCRIPTS_BELOW: Final = """
  [...document.querySelectorAll("math msub")].map((whole) => {
    const [base, below] = [...whole.children].map((part) => part.getBoundingClientRect());
    return (below.bottom - base.bottom) / parseFloat(getComputedStyle(whole).fontSize);
  })
"""
FORMULAS_LOADED: Final = (
    "() => [...document.fonts].some((one) => /Formulas/.test(one.family) && one.status === 'loaded')"
)
LEAST_DROP: Final = 0.08
ALL_DEFINED: Final = "() => !document.querySelector('.widget > :not(figcaption):not(:defined)')"


def test_every_lesson_is_small_still_and_accessible_on_a_phone(house: House, people: Callable[..., Person]) -> None:
    person = _opens_every_lesson(house, people)
    assert [lesson.slug for lesson in published_outline().lessons] == LESSONS
    weights: dict[str, int] = {}
    for lesson in LESSONS:
        page = person.second_tab()
        came = _arrives_without_a_jump(page, f"{house.url}/lessons/{lesson}/")
        _is_small(page, came, weights)
        _fits(page)
        assert page.evaluate("document.featurePolicy.allowsFeature('camera')") is (lesson in WEBCAM), lesson
        _fits_unfolded(page)
        assert faults_found_by_axe(page) == []
        page.close()


def _opens_every_lesson(house: House, people: Callable[..., Person]) -> Person:
    """Publish the course, and sign someone in on a phone to whom no lesson is locked."""
    house.manage("publish")
    house.open_site()
    teacher = User.objects.create_user("emmy@example.com", None)
    roles.grant_role(teacher, Role.INSTRUCTOR)
    person = people(**PHONE)
    sign_in(person, teacher, house.url)
    return person


def _arrives_without_a_jump(page: Page, address: str) -> set[str]:
    """Read on to the first widget while its script is on the way, let it come, read to the end; return what came."""
    came: set[str] = set()
    held: list[Route] = []
    page.on("response", lambda response: came.add(response.url))
    page.add_init_script(KEEP_SHIFTS)
    page.route(WIDGET_SCRIPT, lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.locator(".site-footer").wait_for()
    page.evaluate("document.querySelector('.widget > figcaption')?.scrollIntoView({ block: 'center' })")
    for route in held:
        route.continue_()
    page.unroute(WIDGET_SCRIPT)
    page.wait_for_function(ALL_DEFINED)
    page.wait_for_load_state("networkidle")
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 400):
        page.evaluate("top => window.scrollTo(0, top)", top)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) < MOST_SHIFT, f"{address}: {shifts}"
    return came


def _is_small(page: Page, came: set[str], weights: dict[str, int]) -> None:
    """Script and style that come before anything is touched are within the budget, compressed."""
    files = [url for url in came if re.search(r"\.(js|css)(\?|$)", url)]
    for url in files:
        weights.setdefault(url, len(gzip.compress(page.request.get(url).body())))
    sizes = {url: weights[url] for url in files}
    assert sum(sizes.values()) <= BUDGET_BYTES, f"{page.url}: {sum(sizes.values())} bytes: {sizes}"


def _fits(page: Page) -> None:
    """Nothing sticks out at any width of a phone, and every widget fits the room that was kept for it."""
    for width in WIDTHS:
        _is_no_wider(page, width)
        for name, (kept, needed) in page.evaluate(ROOMS).items():
            assert needed - kept <= TWO_LINES, f"{page.url} at {width}: {name} keeps {kept}, needs {needed}"


def _fits_unfolded(page: Page) -> None:
    """Nor does anything stick out of what can be folded out."""
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    for width in WIDTHS:
        _is_no_wider(page, width)


def _is_no_wider(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)


def test_a_device_without_a_font_for_formulas_is_sent_one(house: House, people: Callable[..., Person]) -> None:
    page = _opens_every_lesson(house, people).page
    came: set[str] = set()
    page.on("response", lambda response: came.add(response.url))
    page.goto(f"{house.url}/lessons/neurons-and-layers/")
    # What is left of the list of faces on a phone, which has none of those that are named before.
    page.evaluate("document.documentElement.style.setProperty('--font-math', '\"Stride Formulas\", math, serif')")
    page.wait_for_function(FORMULAS_LOADED)
    assert [url for url in came if "stix-two-math" in url]
    drops = page.evaluate(SUBSCRIPTS_BELOW)
    assert len(drops) > 5
    assert min(drops) >= LEAST_DROP, "Subscripts stand on the line of what they belong to."
