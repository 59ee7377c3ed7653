"""The descent on a surface goes by mouse, finger and keys, and runs away when it should."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_descent.html"
People = Callable[..., Person]


def opened(person: Person, address: str, state: str = "") -> Locator:
    person.page.goto(address + PAGE + state)
    found = person.page.locator("surface-descent")
    found.scroll_into_view_if_needed()
    return found


def said(widget: Locator) -> Locator:
    return widget.locator(".w-descent__said")


def test_the_ravine_is_walked_by_keys_alone(people: People, address: str) -> None:
    person = people()
    widget = opened(person, address)
    expect(widget.locator(".w-descent__axis")).to_have_text(["x", "y"])
    widget.locator("svg[role=application]").focus()
    person.page.keyboard.press("ArrowRight")
    # One step of gradient descent: y goes from 1 to 1 - 0.03 * 25.
    expect(said(widget)).to_contain_text("Step 1 of 100: x = −3.4, y = 0.25,")
    person.page.keyboard.press("PageDown")
    expect(said(widget)).to_contain_text("At the start")
    person.page.keyboard.press("End")
    expect(said(widget)).to_contain_text("Step 100 of 100")
    person.page.wait_for_url("**#descent=ravine,sgd,0.03,0.01,0.3,-3.5,1,100")


def test_above_the_largest_rate_it_diverges_and_says_why(people: People, address: str) -> None:
    person = people()
    widget = opened(person, address, "#descent=ravine,sgd,0.12,0.01,0.3,-3.5,1,0")
    expect(widget).to_contain_text("SGD runs away above a rate of 0.08.")
    widget.locator("svg[role=application]").press("End")
    expect(said(widget)).to_contain_text("Diverged: after")
    widget.get_by_label("learning rate").fill("-1.2")
    widget.locator("svg[role=application]").press("End")
    expect(said(widget)).not_to_contain_text("Diverged")


def test_going_down_plays_to_the_end_and_at_once_with_less_motion(people: People, address: str) -> None:
    for options in ({}, {"reduced_motion": "reduce"}):
        widget = opened(people(**options), address)
        widget.get_by_role("button", name="Go down").click()
        expect(said(widget)).to_contain_text("Step 100 of 100", timeout=15_000)


def test_a_tap_on_the_map_sets_the_start(people: People, address: str) -> None:
    person = people(width=390, has_touch=True)
    widget = opened(person, address)
    box = widget.locator("svg[role=application]").bounding_box()
    assert box is not None
    widget.locator("svg[role=application]").tap(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    x, y = (float(widget.get_by_label(f"start {axis}").input_value()) for axis in "xy")
    assert x == pytest.approx(2, abs=0.1)
    assert y == pytest.approx(1.5, abs=0.1)


def test_each_optimiser_keeps_a_rate_of_its_own(people: People, address: str) -> None:
    widget = opened(people(), address)
    widget.get_by_role("radio", name="Adam").check()
    expect(widget.locator(".w-descent__rate .numeric")).to_have_text("0.3")
    widget.get_by_label("learning rate").press("ArrowRight")
    widget.get_by_role("radio", name="SGD", exact=True).check()
    expect(widget.locator(".w-descent__rate .numeric")).to_have_text("0.03")


def test_the_other_two_are_drawn_beside_it_on_wish(people: People, address: str) -> None:
    widget = opened(people(), address)
    widget.get_by_label("show the other two").check()
    expect(widget.locator(".w-descent__map .w-descent__way")).to_have_count(3)


def test_the_table_holds_the_steps(people: People, address: str) -> None:
    widget = opened(people(), address, "#descent=ravine,sgd,0.03,0.01,0.3,-3.5,1,30")
    widget.get_by_text("The same as a table").click()
    expect(widget.get_by_role("row")).to_have_count(1 + 21 + 1)
    expect(widget.get_by_role("row", name="1 −3.4 0.25")).to_be_visible()


@pytest.mark.parametrize("state", ["#descent=ravine", "#descent=moon,sgd,1,1,1,0,0,0", "#descent=bowl,sgd,0,1,1,0,0,0"])
def test_a_broken_address_is_ignored(people: People, address: str, state: str) -> None:
    widget = opened(people(), address, state)
    expect(said(widget)).to_contain_text("x = −3.5, y = 1, loss 18.6")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    person = people(width=width, color_scheme=theme)
    widget = opened(person, address, "#descent=bend,momentum,0.03,0.01,0.3,-1.3,1.2,60")
    widget.get_by_label("show the other two").check()
    widget.get_by_text("The same as a table").click()
    assert faults_found_by_axe(person.page) == []
    assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
