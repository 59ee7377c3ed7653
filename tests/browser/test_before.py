"""What a learner does before a run, in a real browser: by pointer, by keys alone, and with nothing for axe to find."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labs.models import Prediction, RatePick, Run
from tests.browser.conftest import Person, faults_found_by_axe
from tests.house import House
from tests.labs.conftest import make_lab

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
PASSWORD = "a very long password 42"
People = Callable[..., Person]


@pytest.fixture
def page(house: House, people: People) -> Page:
    """The page of a learner who is signed in, beside a lab in which all is open."""
    house.open_site("infer")
    User.objects.create_user("grace@example.com", PASSWORD)
    make_lab()
    made = people().page
    made.goto(f"{house.url}/accounts/login/")
    made.get_by_label("Email").fill("grace@example.com")
    made.get_by_label("Password", exact=True).fill(PASSWORD)
    made.locator("main").get_by_role("button", name="Sign in").click()
    made.wait_for_url(re.compile(rf"{house.url}/(?!accounts)"))
    return made


def test_a_sketch_is_drawn_by_keys_and_by_pointer_and_kept_with_the_run(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.locator(".predict > summary").press("Enter")
    page.get_by_role("slider", name="Accuracy at 0 % of the run").focus()
    for key in ("ArrowUp", "PageUp", "ArrowRight", "PageUp", "PageUp"):
        page.keyboard.press(key)
    # An empty place begins at 50, the next one at its neighbour's height.
    expect(page.locator("#predict_at_0")).to_have_value("61")
    expect(page.locator("#predict_at_1")).to_have_value("81")
    box = page.locator(".sketch__plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.98 * box["width"], box["y"] + 0.1 * box["height"], steps=4)
    page.mouse.up()
    expect(page.locator("#predict_at_4")).to_have_value(re.compile("^(4[5-9]|5[0-5])$"))
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**/runs/**")
    said = Prediction.objects.get(run=Run.objects.get()).data
    assert said["sketch"][:2] == [[0.0, 0.61], [0.125, 0.81]]


def test_a_link_holds_what_the_form_holds(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.get_by_label("Seed", exact=True).fill("4711")
    page.get_by_label("Schedule", exact=True).select_option("step")
    page.get_by_role("link", name="Copy a link to these settings").click()
    expect(page).to_have_url(re.compile("seed=4711"))
    page.reload()
    expect(page.get_by_label("Seed", exact=True)).to_have_value("4711")
    expect(page.locator("schedule-drawing")).to_have_attribute("schedule", "step")
    expect(page.locator(".schedule__line")).to_have_count(1)


def test_a_range_test_is_marked_before_its_suggestion_and_fills_the_form(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.get_by_role("button", name="Run a range test").click()
    slider = page.get_by_role("slider", name="Your mark")
    expect(slider).to_be_visible(timeout=90_000)
    assert "suggests" not in page.locator("range-pick").inner_text()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Mark this rate").press("Enter")
    expect(page.locator("range-pick")).to_contain_text("You marked")
    assert faults_found_by_axe(page) == []
    use = page.get_by_role("link", name=re.compile("^Use your mark"))
    rate = use.get_attribute("data-use-rate")
    use.click()
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value(str(rate))
    assert RatePick.objects.get().rate == pytest.approx(float(str(rate)), rel=0.05)


def test_the_draws_of_an_augmentation_are_shown(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.get_by_role("button", name="Show 24 draws").click()
    picture = page.get_by_role("img", name=re.compile("24 draws"))
    expect(picture).to_be_visible(timeout=60_000)
    page.wait_for_function("() => document.querySelector('.preview__sheet img').naturalWidth > 500")


def test_a_network_is_built_by_keys_alone_and_reaches_the_form(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/build/?arch=lenet5&epochs=3")
    layers, whole = page.locator(".builder__layer"), page.locator(".builder__whole")
    expect(whole).to_contain_text("It fits: 61,706 parameters")
    assert faults_found_by_axe(page) == []
    layers.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(layers.nth(1)).to_be_focused()
    page.keyboard.press("Delete")
    expect(layers).to_have_count(11)
    page.keyboard.press("Control+z")
    expect(layers).to_have_count(12)
    layers.nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(layers.nth(1)).to_be_focused()
    expect(layers.nth(1)).to_contain_text("convolution")
    page.keyboard.press("Control+z")
    page.keyboard.press("ArrowUp")
    page.get_by_label("Kernel", exact=True).fill("40")
    page.keyboard.press("Tab")
    expect(page.locator(".builder__line").first).to_contain_text("too large for 32x32")
    expect(page.get_by_role("link", name="Use it in the lab")).to_have_attribute("aria-disabled", "")
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Undo").press("Enter")
    expect(whole).to_contain_text("It fits")
    page.wait_for_url("**#layers=**")
    page.reload()
    expect(layers).to_have_count(12)
    page.get_by_label("Kind of layer").select_option("norm")
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(whole).to_contain_text("61,718 parameters")
    page.get_by_role("link", name="Use it in the lab").press("Enter")
    page.wait_for_url("**/labs/free/?**")
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("3")
    drawn = json.loads(page.locator("#knob-layers").input_value())
    assert [layer["kind"] for layer in drawn][:2] == ["conv", "norm"]
    expect(page.locator(".ledger tfoot")).to_contain_text("61,718")


def test_blocks_are_shown_nested_and_filled_by_their_own_buttons(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/build/?arch=lenet5")
    page.get_by_label("Begin with a network of the course").select_option("resnet20")
    nested = page.locator(".builder__line[data-depth='1']")
    expect(nested.first).to_be_visible()
    before = nested.count()
    page.locator(".builder__layer", has_text="sum of body and shortcut").first.click()
    page.get_by_label("Kind of layer").select_option("dropout")
    page.get_by_role("button", name="Add to its body").click()
    expect(nested).to_have_count(before + 1)
    page.get_by_role("button", name="Undo").click()
    expect(nested).to_have_count(before)
