"""The convolution stepper plays, yields, lights its parts up and keeps what was typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_convolution.html"
People = Callable[..., Person]


def opened(person: Person, address: str, state: str = "") -> Page:
    person.page.goto(address + PAGE + state)
    return person.page


def stepper(page: Page, example: str) -> Locator:
    found = page.locator(f"convolution-stepper[example={example}]")
    found.scroll_into_view_if_needed()
    expect(found.locator(".w-step__answer").first).to_be_visible()
    return found


def answers(found: Locator) -> list[str]:
    return found.locator(".w-step__answer").all_inner_texts()


def test_the_stepper_shows_the_examples_of_the_lesson(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    assert answers(found) == ["4", "3", "4", "2", "4", "3", "2", "3", "4"]
    found.get_by_role("radio", name="b: a single place").check()
    assert answers(found) == ["−6"]
    expect(found.get_by_role("radio", name="b: a single place")).to_be_focused()
    found.get_by_role("radio", name="c: a ramp").check()
    assert answers(found) == ["8"] * 9
    found.get_by_role("radio", name="convolution", exact=True).check()
    assert answers(found) == ["−8"] * 9
    expect(found.get_by_role("img", name="Kernel turned by 180 degrees: 1, 0, −1, 2, 0, −2, 1, 0, −1")).to_be_visible()


def test_the_stepper_plays_until_somebody_touches_it(people: People, address: str) -> None:
    page = opened(people(), address)
    found = stepper(page, "a")
    found.locator(".w-step__stage").scroll_into_view_if_needed()
    expect(found.get_by_role("button", name="Pause")).to_be_visible()
    expect(found.locator(".w-step__answer").nth(1)).to_have_attribute("aria-pressed", "true", timeout=20_000)
    assert answers(found)[2:] == [""] * 7
    found.locator(".w-step__answer").nth(7).hover()
    expect(found.get_by_role("button", name="Play")).to_be_visible()
    assert answers(found) == ["4", "3", "4", "2", "4", "3", "2", "3", "4"]
    expect(found.locator(".w-step__answer").nth(7)).to_have_attribute("aria-pressed", "true")


def test_before_anything_plays_the_first_sum_stands_there_whole(people: People, address: str) -> None:
    page = opened(people(), address)
    page.set_viewport_size({"width": 390, "height": 40})  # too low to show enough of it: nothing begins
    found = page.locator("convolution-stepper[example=a]")
    expect(found.get_by_role("button", name="Play", exact=True)).to_be_attached()
    expect(found.locator(".w-step__sum .w-step__later")).to_have_count(0)
    assert answers(found)[:2] == ["4", ""]


def test_out_of_sight_it_rests_on_a_whole_sum(people: People, address: str) -> None:
    page = opened(people(), address)
    found = stepper(page, "a")
    found.locator(".w-step__stage").scroll_into_view_if_needed()
    later = found.locator(".w-step__sum .w-step__later")
    expect(later).not_to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 40})
    expect(found.get_by_role("button", name="Play", exact=True)).to_be_attached()
    expect(later).to_have_count(0)
    assert answers(found)[0] == "4"


def test_nothing_plays_by_itself_for_those_who_asked_for_less_motion(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    expect(found.get_by_role("button", name="Play")).to_be_visible()
    found.get_by_role("button", name="Play").click()
    expect(found.locator(".w-step__answer").nth(1)).to_have_attribute("aria-pressed", "true")
    found.get_by_role("button", name="Pause").click()
    expect(found.get_by_role("button", name="Play")).to_be_visible()


def test_arrow_keys_walk_over_the_map_and_the_address_keeps_the_place(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    found.locator(".w-step__answer").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(found.locator(".w-step__answer").nth(7)).to_be_focused()
    expect(found.locator(".w-step__sum b")).to_have_text("3")
    expect(found.locator("[aria-live]")).to_have_text("Row 2, column 1 of the map: 3")
    page.wait_for_url("**#step-a=a,correlation,7")


def test_a_product_its_pixel_and_its_weight_light_each_other(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    found.locator(".w-step__term").nth(4).hover()
    lit = found.locator(".w-step__cell--lit input")
    expect(lit.nth(0)).to_have_attribute("aria-label", "image, row 1, column 1")
    expect(lit.nth(1)).to_have_attribute("aria-label", "kernel, row 1, column 1")
    found.get_by_label("kernel, row 0, column 2").hover()
    expect(found.locator(".w-step__term--lit")).to_have_text("1·1")
    expect(lit.nth(0)).to_have_attribute("aria-label", "image, row 0, column 2")
    found.locator(".w-step__term").first.focus()
    page.keyboard.press("ArrowRight")
    expect(lit.nth(0)).to_have_attribute("aria-label", "image, row 0, column 1")


def test_in_a_convolution_the_opposite_weight_lights_up(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address, "#step-a=c,convolution,0")
    found = stepper(page, "a")
    found.locator(".w-step__term").first.hover()
    lit = found.locator(".w-step__cell--lit input")
    expect(lit.nth(0)).to_have_attribute("aria-label", "image, row 0, column 0")
    expect(lit.nth(1)).to_have_attribute("aria-label", "kernel, row 2, column 2")


def test_numbers_can_be_typed_and_undone(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    found.get_by_label("kernel, row 1, column 1").fill("-2.5")
    found.get_by_label("bias", exact=True).fill("1")
    expect(found.locator(".w-step__answer").first).to_have_text("1.5")
    expect(found.locator(".w-step__sum")).to_contain_text("1·(−2.5)")
    page.wait_for_url("**#step-a=a,correlation,0,1,*")
    page.reload()
    expect(stepper(page, "a").locator(".w-step__answer").first).to_have_text("1.5")
    stepper(page, "a").get_by_role("button", name="undo my changes").click()
    expect(stepper(page, "a").locator(".w-step__answer").first).to_have_text("4")


def test_a_pixel_far_away_brings_the_kernel_over_it(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "a")
    found.get_by_label("image, row 4, column 4").click()
    expect(found.locator(".w-step__answer").nth(8)).to_have_attribute("aria-pressed", "true")


def test_three_channels_add_up_to_one_answer(people: People, address: str) -> None:
    page = opened(people(reduced_motion="reduce"), address)
    found = stepper(page, "d")
    expect(found.locator(".w-step__sum p")).to_have_count(4)
    expect(found.locator(".w-step__sum p").first).to_contain_text("red:")
    expect(found.locator(".w-step__sum p").last).to_contain_text("(bias)")
    total = found.locator(".w-step__sum p").last.locator("b").inner_text()
    assert total == answers(found)[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = opened(people(width=width, color_scheme=theme, reduced_motion="reduce"), address, "#step-d=d,convolution,1")
    stepper(page, "a")
    stepper(page, "d")
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
