"""The course map in a real browser: drawn without a jump, walked with the keyboard, readable on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from courses import progress
from courses.models import Attempt
from tests.browser.answers import answer
from tests.browser.conftest import Person, faults_found_by_axe
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(300)]
FIRST, LATER = "images-as-tensors", "your-first-cnn"
SHIFT = """
() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})
"""


@pytest.fixture
def site(house: House) -> str:
    """The real course, published and open."""
    house.manage("publish")
    house.open_site()
    return house.url


def test_the_map_is_drawn_without_a_jump_and_says_what_needs_what(site: str, people: Callable[..., Person]) -> None:
    for width in (1280, 1920):
        page = people(width=width).page
        page.goto(site)
        expect(page.locator(".diagram__drawing")).to_be_visible()
        assert page.evaluate(SHIFT) < 0.02
        assert faults_found_by_axe(page) == []
        box = page.locator(f'[data-lesson="{LATER}"].diagram__box')
        expect(box).to_have_attribute("aria-label", re.compile(r"^8 .* min, locked$"))
        assert page.locator('g.diagram__box[role="img"]').count() > 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_drawing_is_walked_with_the_keyboard(site: str, people: Callable[..., Person]) -> None:
    page = people().page
    page.goto(site)
    page.locator(f'a[data-lesson="{FIRST}"]').focus()
    near = page.locator(".diagram__line--near")
    expect(near).to_have_attribute("data-from", FIRST)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/lessons/{FIRST}/$"))


def test_on_a_phone_the_list_with_its_rails_stands_for_the_drawing(site: str, people: Callable[..., Person]) -> None:
    page = people(width=360, height=740, has_touch=True).page
    page.goto(site)
    expect(page.locator(".diagram")).to_be_hidden()
    expect(page.locator(".map__row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults_found_by_axe(page) == []


def test_a_goal_shows_the_shortest_way_with_its_minutes(site: str, people: Callable[..., Person]) -> None:
    page = people().page
    page.goto(site)
    page.get_by_label("What would you like to reach?").select_option(LATER)
    page.get_by_role("button", name="Show the shortest way").click()
    expect(page.locator(".wayfinder__way")).to_contain_text(re.compile(r"\d+ lessons, about \d+ min"))
    expect(page.locator(".diagram__box--way").last).to_be_visible()
    assert page.locator(".diagram__line--way").count() >= 1
    assert faults_found_by_axe(page) == []


def test_a_challenge_is_taken_from_the_locked_page(site: str, people: Callable[..., Person]) -> None:
    person = people()
    person.allowed_statuses.add(403)
    page = person.page
    page.goto(f"{site}/lessons/{LATER}/")
    page.get_by_role("link", name="Take this lesson’s knowledge check at once").click()
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Begin").click()
    takes_the_check(page)
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    page.goto(f"{site}/me/record/")
    expect(page.get_by_text("(tested without the lesson)")).to_be_visible()
    page.get_by_role("button", name="Make a completion record").click()
    expect(page).to_have_url(re.compile("/records/"))
    assert faults_found_by_axe(page) == []


def takes_the_check(page: Page) -> None:
    """Answer every question rightly and go on to the result."""
    for _ in range(6):
        answer(page, rightly=True)
        page.get_by_role("link", name=re.compile("Next question|See the result")).click()


def begins_with_a_choice(page: Page, site: str) -> Attempt:
    """Begin a check whose first question is answered by choosing."""
    page.goto(f"{site}/lessons/{FIRST}/check/")
    page.get_by_role("button", name="Begin").click()
    attempt = Attempt.objects.get()
    attempt.questions = sorted(attempt.questions, key=lambda each: not each["options"])
    attempt.save()
    return attempt


def test_what_was_chosen_is_there_again_after_the_tab_was_closed(site: str, people: Callable[..., Person]) -> None:
    person = people()
    attempt = begins_with_a_choice(person.page, site)
    page = person.second_tab()
    page.goto(f"{site}/lessons/{FIRST}/check/{attempt.pk}/1/")
    field = page.locator('input[name="choice"], input[name^="place-"]').first
    with page.expect_response(re.compile("/draft/")) as kept:
        field.fill("2") if field.get_attribute("type") == "number" else field.check()
    assert kept.value.status == 204
    page.close()
    person.page.goto(f"{site}/lessons/{FIRST}/check/{attempt.pk}/1/")
    again = person.page.locator('input[name="choice"], input[name^="place-"]').first
    expect(again).to_have_value("2") if again.get_attribute("type") == "number" else expect(again).to_be_checked()
    assert progress.next_place(attempt, list(attempt.answers.all())) == 1
    assert User.objects.get(pk=attempt.learner_id).is_guest


def test_what_was_chosen_before_the_scripts_listen_is_kept_once_they_do(
    site: str, people: Callable[..., Person]
) -> None:
    page = people().page
    attempt = begins_with_a_choice(page, site)
    held: list[Route] = []
    page.route("**/htmx-2*.js", lambda route: held.append(route))
    page.goto(f"{site}/lessons/{FIRST}/check/{attempt.pk}/1/", wait_until="commit")
    field = page.locator('input[name="choice"], input[name^="place-"]').first
    field.fill("2") if field.get_attribute("type") == "number" else field.check()
    with page.expect_response(re.compile("/draft/")) as kept:
        held[0].continue_()
    assert kept.value.status == 204
    assert Attempt.objects.get().draft["place"] == 1
