"""The widgets of the lessons on convolution do their job by mouse, finger and keys, under the site's own policy."""

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


def widget(page: Page, name: str) -> Locator:
    """Return a widget once it has drawn itself."""
    found = page.locator(name)
    found.scroll_into_view_if_needed()
    expect(found.locator("table, .w-step").first).to_be_visible()
    return found


def parameters(balance: Locator) -> list[str]:
    row = balance.locator("tr", has=balance.page.get_by_role("rowheader", name="parameters", exact=True))
    return row.locator("td").all_inner_texts()


def test_the_balance_starts_with_the_lesson_s_counts(people: People, address: str) -> None:
    balance = widget(opened(people(), address), "parameter-balance")
    assert parameters(balance) == ["150,529,000", "1,792"]
    expect(balance.locator(".w-balance__sentence")).to_contain_text("84,001 times as many parameters")


def test_without_bias_both_counts_lose_theirs(people: People, address: str) -> None:
    balance = widget(opened(people(), address), "parameter-balance")
    balance.get_by_role("radio", name="without").check()
    assert parameters(balance) == ["150,528,000", "1,728"]


def test_a_slider_is_moved_by_keys_and_the_address_keeps_it(people: People, address: str) -> None:
    page = opened(people(), address)
    balance = widget(page, "parameter-balance")
    side = balance.get_by_role("slider", name="image")
    side.press("Home")
    expect(side).to_have_attribute("aria-valuetext", "8 × 8 pixels")
    assert parameters(balance) == ["193,000", "1,792"]
    page.wait_for_url("**#balance=8,3,1000,64,3,1")
    page.reload()
    assert parameters(widget(page, "parameter-balance")) == ["193,000", "1,792"]
    balance.get_by_role("button", name="the lesson’s example").click()
    assert parameters(balance) == ["150,529,000", "1,792"]


def test_the_convolution_can_be_the_larger_one(people: People, address: str) -> None:
    balance = widget(opened(people(), address, "#balance=8,1,1,512,11,1"), "parameter-balance")
    expect(balance.locator(".w-balance__sentence")).to_contain_text("The convolution has")


def test_arrow_keys_move_the_image_and_only_the_convolution_follows(people: People, address: str) -> None:
    page = opened(people(), address)
    shift = widget(page, "shift-map")
    image = shift.get_by_role("application")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        image.press(key)
    expect(shift.locator("caption")).to_have_text("The image is moved 1 down, 2 to the right")
    expect(shift.locator("tbody tr").first).to_contain_text("yes, all 144")
    expect(shift.locator("tbody tr").first).to_contain_text("no, 144 of 144 differ")
    expect(shift.locator("[aria-live]")).to_contain_text("0 of the convolution and 144 of the dense layer")
    page.wait_for_url("**#shift=arrow,upright,1,2")


def test_the_largest_answer_keeps_its_value_and_changes_its_place(people: People, address: str) -> None:
    shift = widget(opened(people(), address, "#shift=ring,upright,-1,3"), "shift-map")
    rows = shift.locator("tbody tr")
    expect(rows.nth(1).locator("td").first).to_have_text("3 → 3")
    expect(rows.nth(2).locator("td").first).to_have_text("5, 2 → 4, 5")


def test_an_image_pushed_over_the_edge_says_what_broke(people: People, address: str) -> None:
    page = opened(people(), address, "#shift=arrow,random,4,0")
    shift = widget(page, "shift-map")
    expect(shift.locator("tbody tr").first).to_contain_text("yes, all 144")
    shift.get_by_role("button", name="Move the image down").click()
    answers = shift.locator("tbody tr").first.locator("td")
    expect(answers.nth(0)).to_contain_text("as part of the image has left")
    expect(answers.nth(1)).to_have_text("no, 144 of 144 differ")


def test_the_image_is_dragged_by_whole_pixels(people: People, address: str) -> None:
    page = opened(people(), address)
    shift = widget(page, "shift-map")
    box = shift.get_by_role("application").bounding_box()
    assert box is not None
    cell = box["width"] / 12
    page.mouse.move(box["x"] + 6 * cell, box["y"] + 6 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 4 * cell, box["y"] + 7 * cell, steps=5)
    page.mouse.up()
    page.mouse.move(box["x"] + 9 * cell, box["y"] + 9 * cell)
    expect(shift.locator("caption")).to_have_text("The image is moved 1 down, 2 to the left")
    shift.get_by_role("button", name="back to the middle").click()
    expect(shift.locator("caption")).to_have_text("The image is in the middle")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = opened(people(width=width, color_scheme=theme), address, "#shift=letter,lying,2,1")
    for name in ("parameter-balance", "shift-map"):
        widget(page, name)
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
