"""What a learner does before a run, in a real browser: by pointer, by keys alone, and with nothing for axe to find."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from labs import submission
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


def test_what_is_chosen_before_the_scripts_listen_is_heard_once_they_do(house: House, page: Page) -> None:
    held: list[Route] = []
    page.route("**/htmx-2*.js", lambda route: held.append(route))
    page.goto(f"{house.url}/labs/free/", wait_until="commit")
    page.locator("#knob-arch").select_option("threeblock")
    assert held, "The script was not held back."
    expect(page.locator("#beside")).to_contain_text("LeNet-5, layer by layer")
    held[0].continue_()
    expect(page.locator("#beside")).to_contain_text("128 × 4 × 4")
    # On the way back the browser fills the form in again: what stands beside it says the same.
    page.unroute_all()
    page.goto(f"{house.url}/runs/")
    page.go_back()
    expect(page.locator("#knob-arch")).to_have_value("threeblock")
    expect(page.locator("#beside")).to_contain_text("128 × 4 × 4")


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


def test_the_draws_and_a_range_test_come_side_by_side(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.get_by_role("button", name="Run a range test").click()
    page.get_by_role("button", name="Show 24 draws").click()
    expect(page.get_by_role("img", name=re.compile("24 draws"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Mark this rate")).to_be_visible(timeout=60_000)


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


def test_a_layer_is_dragged_to_another_place_and_into_a_block(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/build/?arch=lenet5")
    layers, whole = page.locator(".builder__layer"), page.locator(".builder__whole")
    expect(whole).to_contain_text("It fits")
    drag(page, layers.nth(0), below=layers.nth(1))
    expect(layers.nth(1)).to_have_attribute("aria-current", "true")
    expect(layers.nth(1).locator("b")).to_have_text("conv1")
    expect(layers.nth(1)).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Begin with a network of the course").select_option("resnet20")
    nested = page.locator(".builder__line[data-depth='1']")
    expect(whole).to_contain_text("269,434 parameters")
    before = nested.count()
    # The last line of a block's body: as far to the right as its own are, the layer goes into it.
    drag(page, layers.nth(0), below=nested.first.locator(".builder__layer"), right=30)
    expect(nested).to_have_count(before + 1)
    page.get_by_role("button", name="Undo").click()
    expect(nested).to_have_count(before)


def test_escape_lets_go_of_a_layer_and_a_press_only_chooses_it(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/build/?arch=lenet5")
    layers = page.locator(".builder__layer")
    expect(page.locator(".builder__whole")).to_contain_text("It fits")
    carry(page, layers.nth(0), below=layers.nth(3))
    expect(page.locator(".builder__mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".builder__mark")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    layers.nth(3).click()
    expect(layers.nth(3)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_finger_takes_a_layer_by_its_grip(house: House, people: People, page: Page) -> None:
    phone = people(width=390, height=800, has_touch=True, is_mobile=True).page
    phone.goto(f"{house.url}/labs/free/build/?arch=lenet5")
    expect(phone.locator(".builder__whole")).to_contain_text("It fits")
    layers = phone.locator(".builder__layer")
    layers.nth(1).evaluate("layer => layer.scrollIntoView({ block: 'center' })")
    grip, there = phone.locator(".builder__grip").nth(0).bounding_box(), layers.nth(2).bounding_box()
    assert grip is not None
    assert there is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    touch = phone.context.new_cdp_session(phone)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for share in (0.3, 0.7, 1.0):
        to = y + share * (there["y"] + there["height"] - 2 - y)
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": to}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(layers.nth(2)).to_have_attribute("aria-current", "true")
    expect(layers.nth(2).locator("b")).to_have_text("conv1")
    assert faults_found_by_axe(phone) == []


def test_keys_take_a_layer_into_a_block_and_out_of_it(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/build/?arch=lenet5")
    layers, nested = page.locator(".builder__layer"), page.locator(".builder__line[data-depth='1']")
    layers.nth(0).focus()
    page.get_by_label("Kind of layer").select_option("residual")
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(nested).to_have_count(1)
    layers.nth(3).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowRight")
    expect(nested).to_have_count(2)
    expect(page.locator(".builder__layer[aria-current]")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(nested).to_have_count(1)
    page.get_by_role("button", name="Into the block above").press("Enter")
    expect(nested).to_have_count(2)
    page.get_by_role("button", name="Out of its block").press("Enter")
    expect(nested).to_have_count(1)


def test_several_values_are_one_group_that_one_button_stops(house: House, page: Page) -> None:
    page.goto(f"{house.url}/labs/free/")
    page.get_by_text("Try several values of one setting").press("Enter")
    page.get_by_label("The setting that differs").select_option("learning_rate")
    values = page.get_by_label("Learning rate, several values")
    values.fill("0.1 0.1")
    expect(page.locator("#several-error")).to_contain_text("Two of these values are the same")
    values.fill("0.1, 0.01, 0.001")
    expect(page.locator("#cost")).to_contain_text("3 runs of")
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Train 3 runs").press("Enter")
    page.wait_for_url("**/groups/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Learning rate: 0.1, 0.01, 0.001")
    assert faults_found_by_axe(page) == []
    # Somebody stops one of them elsewhere: this page hears of it by itself.
    submission.request_stop(Run.objects.earliest("queued_at"))
    expect(page.locator("#compare-group")).to_contain_text("2 runs of this group wait or train.")
    expect(page.locator("#compare-lines")).to_contain_text("cancelled")
    page.get_by_role("button", name="Stop them all").press("Enter")
    expect(page.locator("#compare-group")).to_contain_text("All runs of this group have ended.")
    assert {run.state for run in Run.objects.all()} == {"cancelled"}


def carry(page: Page, layer: Locator, *, below: Locator, right: int = 0) -> None:
    """Take a layer with the mouse and hold it just below another, `right` pixels aside."""
    here, there = layer.bounding_box(), below.bounding_box()
    assert here is not None
    assert there is not None
    x, y = here["x"] + 200, here["y"] + here["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, there["y"] + there["height"] - 2, steps=5)


def drag(page: Page, layer: Locator, *, below: Locator, right: int = 0) -> None:
    """Carry a layer there and let it go."""
    carry(page, layer, below=below, right=right)
    page.mouse.up()
